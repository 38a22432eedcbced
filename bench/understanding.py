"""Category and priority on generated mail with known truth: taught with one set of templates, measured on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.figure import Figure
from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson
from mailhelper_core.model.opinion import Opinion, Verdict
from mailhelper_core.process.builtin import judge
from mailhelper_core.process.combine import combine
from mailhelper_core.process.learned import noticed
from tests.unit.process.mails import Labelled, generated

TAUGHT, MEASURED = 1_000, 1_000
# The set that words and weights were tuned with, and the one that was only ever measured.
OF_TEACHING, OF_MEASURING = "a", "b"
KINDS = ("category", "urgency", "importance")


def figures() -> Iterator[Figure]:
    """Yield the figures of understanding."""
    taught = _wanted(generated(OF_TEACHING, seed=11, count=TAUGHT))
    measured = _wanted(generated(OF_MEASURING, seed=7, count=MEASURED))
    models = {kind: _model(taught, kind) for kind in KINDS}
    learned = gate.judge(models, [one.message for one in measured], noticed)
    alone = [combine(judge(one.message)) for one in measured]
    both = [_both(one, said) for one, said in zip(measured, learned, strict=True)]
    yield _category(measured, alone, both)
    for kind in ("urgency", "importance"):
        near, before = _near(measured, both, kind), _near(measured, alone, kind)
        value, peer = f"{near:.3f}", f"heuristics alone {before:.3f}"
        yield Figure(f"{kind} within one level, wording never seen", ">= .90", value, peer, near >= 0.9)


def _wanted(mails: Sequence[Labelled]) -> list[Labelled]:
    return [one for one in mails if not one.spam]


def _model(taught: Sequence[Labelled], kind: str) -> bytes:
    features = gate.encode([one.message for one in taught], noticed)
    lessons = [Lesson(made, str(getattr(one, kind))) for made, one in zip(features, taught, strict=True)]
    return gate.train([one for one in lessons if one.value != "None"]).data


def _both(one: Labelled, said: Sequence[Opinion]) -> Verdict:
    stamped = [Opinion(o.kind, o.value, o.confidence, o.reasons, "learned") for o in said]
    first = [Opinion(o.kind, o.value, o.confidence, o.reasons, "heuristics") for o in judge(one.message)]
    return combine([*first, *stamped])


def _category(measured: Sequence[Labelled], alone: Sequence[Verdict], both: Sequence[Verdict]) -> Figure:
    right = _right(measured, both)
    value, peer = f"{right:.3f}", f"heuristics alone {_right(measured, alone):.3f}"
    return Figure("category, wording never seen", ">= .95", value, peer, right >= 0.95)


def _right(measured: Sequence[Labelled], said: Sequence[Verdict]) -> float:
    return sum(one.category == verdict.category for one, verdict in zip(measured, said, strict=True)) / len(measured)


def _near(measured: Sequence[Labelled], said: Sequence[Verdict], kind: str) -> float:
    near = 0
    for one, verdict in zip(measured, said, strict=True):
        level, truth = getattr(verdict, kind), getattr(one, kind)
        near += level is not None and abs(level - truth) <= 1
    return near / len(measured)
