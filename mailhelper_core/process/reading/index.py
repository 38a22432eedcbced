"""An index of cues: which of thousands of words and phrases stand in a text, found by looking up each of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from mailhelper_core.model.mail.words import words
from mailhelper_core.process.reading.language import COMMON

_STEM_KEY = 4
# As many words as a person knows: the frequent ones, which make up most of any text, stay in.
KNOWN_WORDS = 20_000
# Characters within which both parts of `one ... two` stand: half a sentence.
NEAR_CHARACTERS = 60
_GAP, _SURE = "...", "!"
# Who has no umlauts on the keyboard writes two letters.
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that speaks for a group; `sure` says that it does so alone."""

    text: str
    group: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that speak for a group when they stand in a text, part after part; each part has blanks around."""

    words: frozenset[str]
    parts: tuple[str, ...]
    cue: Cue


# What a word says: its cues, and the phrases that it stands in.
_Said = tuple[Sequence[Cue], Sequence[_Phrase]]
_Remembered = TypeVar("_Remembered", set[str], dict[str, _Said])


class CueIndex:
    """Finds cues in words: whole words, stems and phrases by one look at each different word."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._words: defaultdict[str, list[Cue]] = defaultdict(list)
        self._phrases: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self._beginnings: defaultdict[str, list[tuple[str, Cue]]] = defaultdict(list)
        self._endings: defaultdict[str, list[tuple[str, Cue]]] = defaultdict(list)
        self._silent: set[str] = set()
        self._speaking: dict[str, _Said] = {}
        for cue in cues:
            for spelling in dict.fromkeys((cue.text, cue.text.lower().translate(_SPELLED_OUT))):
                self._add(spelling, cue)

    def find(self, found: Sequence[str]) -> list[Cue]:
        """Answer the cues that stand in these words: for each different word one of a group, and each phrase once."""
        cues: list[Cue] = []
        possible: list[_Phrase] = []
        unique = set(found)
        for word in unique - self._silent:
            mine, phrases = self._speaking.get(word) or self._remembered(word)
            cues += mine
            possible += phrases
        cues += _said(possible, unique, found)
        return cues

    @property
    def silent(self) -> int:
        """Answer how many words without a cue are remembered."""
        return len(self._silent)

    def _add(self, spelling: str, cue: Cue) -> None:
        parts = tuple(words(part) for part in spelling.split(_GAP))
        said = [word for part in parts for word in part]
        if len(said) > 1:
            phrase = _Phrase(frozenset(said), tuple(f" {' '.join(part)} " for part in parts), cue)
            self._phrases[max(said, key=_rareness)].append(phrase)
        elif spelling.startswith("*"):
            self._endings[said[0][-_STEM_KEY:]].append((said[0], cue))
        elif spelling.endswith("*"):
            self._beginnings[said[0][:_STEM_KEY]].append((said[0], cue))
        else:
            self._words[said[0]].append(cue)

    def _remembered(self, word: str) -> _Said:
        """Look up a new word and remember it: most of any text are words seen before that say nothing here."""
        said = self._look_up(word), self._phrases.get(word, ())
        if any(said):
            _bounded(self._speaking)[word] = said
        else:
            _bounded(self._silent).add(word)
        return said

    def _look_up(self, word: str) -> tuple[Cue, ...]:
        beginnings, endings = self._beginnings.get(word[:_STEM_KEY]), self._endings.get(word[-_STEM_KEY:])
        alone = self._words.get(word, ())
        if not (beginnings or endings or alone):  # 96 of 100 words: a third of the time
            return ()
        begun = [cue for stem, cue in beginnings or () if word.startswith(stem)]
        ended = [cue for stem, cue in endings or () if word.endswith(stem)]
        mine = sorted((*alone, *begun, *ended), key=lambda cue: cue.sure)
        return tuple({cue.group: cue for cue in mine}.values())


def cues_of(listed: str, group: str) -> list[Cue]:
    """Read a list of cues, divided by commas."""
    return [_cue(text.strip(), group) for text in listed.split(",")]


def _cue(text: str, group: str) -> Cue:
    return Cue(text.removesuffix(_SURE), group, text.endswith(_SURE) or " " in text)


def _bounded(remembered: _Remembered) -> _Remembered:
    """Answer what is remembered, forgotten when it grew too large."""
    if len(remembered) >= KNOWN_WORDS:
        remembered.clear()
    return remembered


def _said(phrases: Sequence[_Phrase], unique: Set[str], found: Sequence[str]) -> list[Cue]:
    """Answer the cues that stand in these words, the parts of each one after the other.

    Most phrases lack a word: looking for each of them in the text would cost five times as much.
    """
    likely = [one for one in phrases if one.words <= unique]
    if not likely:
        return []
    line = f" {' '.join(found)} "
    return [one.cue for one in likely if _stands(one.parts, line)]


def _stands(parts: Sequence[str], line: str) -> bool:
    if len(parts) == 1:
        return parts[0] in line
    begin, end = parts
    at = line.find(begin)
    while at >= 0:
        after = at + len(begin) - 1
        if line.find(end, after, after + NEAR_CHARACTERS) >= 0:
            return True
        at = line.find(begin, after)
    return False


def _rareness(word: str) -> tuple[bool, int]:
    return all(word not in common for common in COMMON.values()), len(word)
