"""What a mail is about, as facts: the kinds of mail that its topics speak for; pure.

"topic: shopping" says that subject, text and sender together speak of a kind of mail, "mainly: shopping" that they
speak of no other as much; letters of people speak of everything, and are never the main one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mailhelper_core.process.reading.lexicon import LEXICON
from mailhelper_core.process.reading.topics import KIND_OF, SURE_POINTS, Topics

# How much a subject says beside the text, and who sends.
ZONE_FACTORS = {"subject": 5, "text": 2, "sender": 2}
# From which points on a zone speaks much of a topic: two cues that say it alone.
MUCH_OF_A_TOPIC = 2 * SURE_POINTS
# From which points of all zones on a mail speaks of a kind: three hints in the text or one in the subject. Measured on
# halves of the generator's teaching templates, with a part of the cues: two or six made no difference.
OF_A_KIND, MUCH_OF_A_KIND = 3 * SURE_POINTS, 10 * SURE_POINTS
# How far a kind must be ahead of the next to be clearly what a mail is about.
CLEARLY_AHEAD = 2
# Speaks of everything, and of nothing alone.
LETTERS = "letters"
KINDS = tuple(LEXICON)
# Where facts about topics stand that stand in no zone alone.
_WHOLE = ("topic", "mainly")


def topic_facts(topics: Topics) -> frozenset[str]:
    """Answer every fact about topics that holds, by name."""
    return frozenset(_of_kinds(_kinds(topics)))


def zone_topics(topics: Topics) -> frozenset[str]:
    """Answer each topic where it stands, by name ("subject: delivery"): finer than anybody weighs by hand."""
    return frozenset(_in_zones(topics))


def _in_zones(topics: Topics) -> Iterator[str]:
    for zone, found in topics.points.items():
        for topic, points in found.items():
            yield f"{zone}: {topic}"
            if points >= MUCH_OF_A_TOPIC:
                yield f"{zone}: much {topic}"


def _kinds(topics: Topics) -> Counter[str]:
    said: Counter[str] = Counter()
    for zone, found in topics.points.items():
        for topic, points in found.items():
            said[KIND_OF[topic]] += points * ZONE_FACTORS[zone]
    return said


def _of_kinds(said: Counter[str]) -> Iterator[str]:
    for kind, points in said.items():
        if points >= OF_A_KIND:
            yield f"topic: {kind}"
        if points >= MUCH_OF_A_KIND:
            yield f"topic: much {kind}"
    ranked = sorted(((points, kind) for kind, points in said.items() if kind != LETTERS), reverse=True)
    if ranked and ranked[0][0] >= OF_A_KIND:
        yield f"mainly: {ranked[0][1]}"
        if len(ranked) == 1 or ranked[0][0] >= CLEARLY_AHEAD * ranked[1][0]:
            yield f"mainly: much {ranked[0][1]}"


def with_cues(reasons: Sequence[str], topics: Topics) -> tuple[str, ...]:
    """Answer reasons, those about a kind of mail with a cue that stands there: mainly: shopping ("ihre bestellung")."""
    return tuple(f'{reason} ("{cue}")' if (cue := _cue(reason, topics)) else reason for reason in reasons)


def _cue(reason: str, topics: Topics) -> str:
    """Answer what says most of the kind that a reason names, in the zone that it names or in all, "" for nothing."""
    zone, _, name = reason.partition(": ")
    if zone not in topics.cues and zone not in _WHOLE:
        return ""
    kind = name.removeprefix("much ")
    said = [
        (ZONE_FACTORS[where] * points, cue)
        for where, found in topics.cues.items()
        for topic, cues in found.items()
        for cue, points in cues
        if KIND_OF[topic] == kind and zone in (where, *_WHOLE)
    ]
    return max(said, default=(0, ""))[1].strip("*")
