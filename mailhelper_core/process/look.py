"""One look at a message for all built-in classifiers: kept while a batch is asked about, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.process.heuristics.about import About, about
from mailhelper_core.process.heuristics.facts import facts_of
from mailhelper_core.process.reading.reading import Reading, read

# Looks kept at once: a look holds the words of the beginning of a text, up to 40 KiB. A batch has 100 messages.
MOST_LOOKS = 200


@dataclass(slots=True)
class Look:
    """What was read of a message; what it is about is read when somebody asks."""

    reading: Reading
    facts: frozenset[str]
    _about: About | None = None

    def about(self) -> About:
        """Answer what the message is about."""
        if self._about is None:
            self._about = about(self.reading, self.facts)
        return self._about


# By identity: comparing two messages would read both. A look holds its message, so that no other gets its number.
_looks: ContextVar[dict[int, Look] | None] = ContextVar("mailhelper_looks", default=None)


@contextmanager
def looking_once() -> Iterator[None]:
    """Keep the looks at messages until the end, for whoever looks again in this thread."""
    token = _looks.set({})
    try:
        yield
    finally:
        _looks.reset(token)


def look(message: MessageDetail) -> Look:
    """Look at a message, or answer the look at the same object that is kept."""
    looks = _looks.get()
    kept = looks.get(id(message)) if looks else None
    if kept is not None:
        return kept
    reading = read(message)
    new = Look(reading, facts_of(reading))
    if looks is not None and len(looks) < MOST_LOOKS:
        looks[id(message)] = new
    return new
