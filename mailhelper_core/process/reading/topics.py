"""What a mail is about: the cues of the lexicon that stand in it, weighed against each other; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mailhelper_core.process.reading.index import Cue, cues_of
from mailhelper_core.process.reading.lexicon import LEXICON

# What a cue says that says its topic alone, and one that says it together with others; less where topics share it.
SURE_POINTS, POINTS = 12, 6


@dataclass(frozen=True, slots=True)
class Topics:
    """What stands in a mail: zone -> topic -> its cues with their points, and zone -> topic -> points."""

    cues: Mapping[str, Mapping[str, Sequence[tuple[str, int]]]]
    points: Mapping[str, Mapping[str, int]]


def topics_of(found: Mapping[str, Sequence[Cue]]) -> Topics:
    """Answer the topics of cues, by the zone where they stand; cues of other groups are passed over."""
    said: dict[str, dict[str, list[tuple[str, int]]]] = {}
    points: dict[str, dict[str, int]] = {}
    worths = _points()
    for zone, cues in found.items():
        said[zone], points[zone] = defaultdict(list), defaultdict(int)
        for cue in cues:
            if worth := worths.get(cue):
                said[zone][cue.group].append((cue.text, worth))
                points[zone][cue.group] += worth
    return Topics(said, points)


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
def _points() -> Mapping[Cue, int]:
    cues = list(every_cue())
    shared = Counter(cue.text for cue in cues)
    return {cue: (SURE_POINTS if cue.sure else POINTS) // shared[cue.text] for cue in cues}
