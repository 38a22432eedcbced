"""What a mail is about, as facts: its topics, what it is made of, and what its facts say together; pure."""

from __future__ import annotations

from collections.abc import Set

from mailhelper_core.process.heuristics.shape import shape_of
from mailhelper_core.process.heuristics.topics import topic_facts
from mailhelper_core.process.heuristics.traits import traits_of
from mailhelper_core.process.reading.reading import Reading


def about(reading: Reading, facts: Set[str]) -> frozenset[str]:
    """Answer what a mail is about, which its kind depends on; spam, urgency and importance do not ask it."""
    shape = frozenset(shape_of(reading))
    return shape | traits_of(facts | shape) | topic_facts(reading.topics)
