"""Which examples a contest asks about while the others are learned from; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mailhelper_core.ai.gate import Lesson

# Each part is asked about by a twin that has learned from the other parts. Who has said little has it asked about in
# more parts: a twin that lacks half of ten examples is not the candidate.
FEW_PARTS, MANY_PARTS = 2, 4
# From so many examples on two parts are enough: each part costs a training on all that is known.
MANY_EXAMPLES = 100

Pair = tuple[Sequence[Lesson], Sequence[Lesson]]


def parts(lessons: Sequence[Lesson]) -> list[Pair]:
    """Answer (learned from, asked about) so that each lesson is asked about once; both in the order of the lessons.

    Each answer is spread over all parts: who empties a junk mailbox says one answer thirty times, and a half by time
    would hold that answer alone.
    """
    count = FEW_PARTS if len(lessons) >= MANY_EXAMPLES else MANY_PARTS
    said: defaultdict[str, int] = defaultdict(int)
    places = []
    for lesson in lessons:
        places.append(said[lesson.value] % count)
        said[lesson.value] += 1
    split = [
        (
            [lesson for lesson, place in zip(lessons, places, strict=True) if place != part],
            [lesson for lesson, place in zip(lessons, places, strict=True) if place == part],
        )
        for part in range(count)
    ]
    return [(told, asked) for told, asked in split if asked]
