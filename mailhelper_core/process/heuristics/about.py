"""What a mail is about: its topics, what it is made of, and what its facts say together; pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from mailhelper_core.process.heuristics.shape import shape_of
from mailhelper_core.process.heuristics.topics import topic_facts
from mailhelper_core.process.heuristics.traits import traits_of
from mailhelper_core.process.reading.reading import Reading
from mailhelper_core.process.reading.topics import Topics, topics_of


@dataclass(frozen=True, slots=True)
class About:
    """What a mail is about, as facts, and the topics that some of them come from."""

    facts: frozenset[str]
    topics: Topics


def about(reading: Reading, facts: Set[str]) -> About:
    """Answer what a mail is about, which its kind depends on; spam, urgency and importance do not ask it."""
    topics, shape = topics_of(reading.said), frozenset(shape_of(reading))
    return About(shape | traits_of(facts | shape) | topic_facts(topics), topics)
