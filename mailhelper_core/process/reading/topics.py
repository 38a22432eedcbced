"""What a mail is about: the cues of the lexicon that stand in it, weighed against each other; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mailhelper_core.process.reading.index import Cue, CueIndex, cues_of
from mailhelper_core.process.reading.lexicon import LEXICON

# What a cue says that says its topic alone, and one that says it together with others; less where topics share it.
SURE_POINTS, POINTS = 12, 6


@dataclass(frozen=True, slots=True)
class Topics:
    """What stands in a mail: zone -> topic -> its cues with their points, and zone -> topic -> points."""

    cues: Mapping[str, Mapping[str, Sequence[tuple[str, int]]]]
    points: Mapping[str, Mapping[str, int]]


def topics_of(said: Mapping[str, Sequence[str]]) -> Topics:
    """Answer the topics of words, by the zone where they stand; it costs as much as all else that is read of a mail."""
    cues: dict[str, dict[str, list[tuple[str, int]]]] = {}
    points: dict[str, dict[str, int]] = {}
    worths = _points()
    for zone, words in said.items():
        cues[zone], points[zone] = defaultdict(list), defaultdict(int)
        for cue in _index().find(words):
            cues[zone][cue.group].append((cue.text, worths[cue]))
            points[zone][cue.group] += worths[cue]
    return Topics(cues, points)


def every_cue() -> Iterator[Cue]:
    """Yield the cues of all topics, one that stands in several languages once."""
    found = {
        (cue.text, cue.group): cue
        for languages in LEXICON.values()
        for topics in languages
        for topic, listed in topics.items()
        for cue in cues_of(listed, topic)
    }
    yield from found.values()


KIND_OF: Mapping[str, str] = {
    topic: kind for kind, languages in LEXICON.items() for topics in languages for topic in topics
}


@cache
def _index() -> CueIndex:
    """Answer the index of the lexicon, made when it is asked for: most questions do not ask what a mail is about."""
    return CueIndex(every_cue())


@cache
def _points() -> Mapping[Cue, int]:
    cues = list(every_cue())
    shared = Counter(cue.text for cue in cues)
    return {cue: (SURE_POINTS if cue.sure else POINTS) // shared[cue.text] for cue in cues}
