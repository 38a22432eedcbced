"""The learning curve: how good answers would be had less been said, all measured on the same newest examples."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson
from mailhelper_core.ai.needs import learnable
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mind.learning import CurvePoint

# Parts of the older examples that are learned from; what is doubled shows whether more still helps.
PARTS = (0.125, 0.25, 0.5, 1.0)
# The newest so many are looked at: a curve that takes longer than a page nobody waits for.
MOST_EXAMPLES = 2_000
# Fewer newest examples say nothing about a share.
LEAST_MEASURED = 5


def growth(found: Sequence[Lesson], prior: bytes = b"") -> tuple[CurvePoint, ...]:
    """Answer, for growing parts of the older examples, how many they are and the share right of the newest fifth.

    Answers that were given too seldom to be learned are no examples, and parts that hold too few are left out.
    """
    labels = learnable(lesson.value for lesson in found)
    found = [lesson for lesson in found if lesson.value in labels][-MOST_EXAMPLES:]
    newest = found[len(found) - len(found) // 5 :]
    older = found[: len(found) - len(newest)]
    if len(newest) < LEAST_MEASURED:
        return ()
    points = []
    for part in PARTS:
        some = older[: round(len(older) * part)]
        try:
            fitted = gate.train(some, prior)
        except InvalidError:
            continue
        points.append(CurvePoint(float(len(some)), gate.accuracy(fitted.data, newest), len(newest)))
    return tuple(points)
