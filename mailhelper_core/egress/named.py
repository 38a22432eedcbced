"""Where a text has words of names that are known, however it writes them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from mailhelper_core.egress.names import ALSO_WORDS, GROWN, MIN_CHANCE, SMALL_WORDS, edges
from mailhelper_core.egress.spelling import TOKEN, declined, forms, is_cased, keys, stem
from mailhelper_core.model.ai.recognizer import PersonalData

_BETWEEN = re.compile(r"[ ,.'’-]{1,2}|[ ]\w\.[ ]")
# The number of a user belongs to the name ("anna77"), and the apostrophe of a genitive ("Anna's").
_BEHIND = re.compile(r"['’´`]s(?![^\W_])|\d{1,4}(?![^\W_])", re.IGNORECASE)
# What a name of the Cyrillic alphabet grows by, at most.
_MOST_GROWN = 4
# Of two names that are written as one word each has as many letters.
_LEAST_JOINED = 3
_MOST_JOINED = 60


def known(text: str, parts: Set[str]) -> Iterator[PersonalData]:
    """Yield places where words of known names stand, runs of them as one."""
    run: list[_Place] = []
    for place in _places(text, _Named.of(parts)):
        if run and not _BETWEEN.fullmatch(text, run[-1].end, place.start):
            yield from _whole(run)
            run = []
        run.append(place)
    yield from _whole(run)
    if pattern := _uncased(parts):
        for match in pattern.finditer(text):
            yield PersonalData("name", match.start(), match.end())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a word of a name may stand; alone it is one only if it is sure."""

    start: int
    end: int
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Named:
    """The words that are looked for, by their keys."""

    sure: Set[str]  # a name however it is written
    also: Set[str]  # a name where it has a capital
    stems: Set[str]

    @classmethod
    def of(cls, parts: Iterable[str]) -> _Named:
        cased = [part for part in parts if is_cased(part)]
        every = {one for part in cased for one in keys(part)}
        also = {one for one in every if len(one) <= MIN_CHANCE or one in ALSO_WORDS or one in SMALL_WORDS}
        return cls(every - also, also, {found for part in cased if (found := stem(part))})

    def is_name(self, word: str) -> bool | None:
        """Say whether a word is of a name: surely, or only beside another one; None where it is of none."""
        found = forms(word)
        has_capital = not word[0].islower()
        if not self.sure.isdisjoint(found) or self._is_stem(word) or self._is_joined(found):
            return True
        if not self.also.isdisjoint(found):
            return has_capital
        return True if has_capital and not self.sure.isdisjoint(declined(word)) else None

    def _is_stem(self, word: str) -> bool:
        small = word.casefold()
        return any(small[:end] in self.stems for end in range(len(small), len(small) - _MOST_GROWN - 1, -1) if end > 0)

    def _is_joined(self, found: tuple[str, ...]) -> bool:
        """Say whether two names stand here without a blank between: annamüller."""
        return any(
            one[:at] in self.sure and one[at:] in self.sure
            for one in found
            if len(one) <= _MOST_JOINED
            for at in range(_LEAST_JOINED, len(one) - _LEAST_JOINED + 1)
        )


def _places(text: str, named: _Named) -> Iterator[_Place]:
    read: dict[str, bool | None] = {}
    for match in TOKEN.finditer(text):
        word = match[0]
        if word not in read:
            read[word] = named.is_name(word)
        is_sure = read[word]
        if is_sure is None or text[match.start() - 1 : match.start()].isdigit():
            continue
        behind = _BEHIND.match(text, match.end())
        if behind or not text[match.end() : match.end() + 1].isdigit():
            yield _Place(match.start(), behind.end() if behind else match.end(), is_sure)


def _whole(run: list[_Place]) -> Iterator[PersonalData]:
    if len(run) > 1 or any(place.is_sure for place in run):
        yield PersonalData("name", run[0].start, run[-1].end)


def _uncased(parts: Set[str]) -> re.Pattern[str] | None:
    """Answer the pattern of words of scripts without capitals."""
    longest = sorted((part for part in parts if not is_cased(part)), key=len, reverse=True)
    if not longest:
        return None
    within = "|".join(re.escape(word) for word in longest if GROWN.search(word))
    alone = "|".join(re.escape(word) for word in longest if not GROWN.search(word))
    before, behind = edges("")
    runs = [
        rf"{before}(?:{alone})(?:(?:[ ,.'’-]{{1,2}}|[ ]\w\.[ ])(?:{alone}))*{behind}" if alone else "",
        rf"(?:{within})(?:[ ,.・·]?(?:{within}))*" if within else "",
    ]
    return re.compile("|".join(filter(None, runs)), re.IGNORECASE)
