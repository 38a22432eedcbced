"""Category and priority on generated mail with known truth: taught with three sets of wording, measured on a fourth.

What real mail teaches is tried on generated mail too: were its truth readable from words of the generator alone, it
would not carry over.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from time import process_time

import numpy as np

from bench.figure import Figure
from bench.spam.mails import measured as measured_mails
from bench.spam.merit import area_missed
from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson
from mailhelper_core.ai.learner.features import features_of
from mailhelper_core.ai.learner.learner import Example, fit, scores
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Opinion, Verdict
from mailhelper_core.process.builtin import judge
from mailhelper_core.process.combine import combine
from mailhelper_core.process.learned import noticed
from tests.unit.process.mails import Labelled, generated

TAUGHT, MEASURED = 1_000, 1_000
# The sets that words and weights were tuned with, in equal parts, and the one that was only ever measured.
OF_TEACHING, OF_MEASURING = ("a", "c", "d"), "b"
Sort = tuple[MessageDetail, bool]
Steps = tuple[float, ...]
LEVELS = ("urgency", "importance")
KINDS = ("category", *LEVELS)


def figures() -> Iterator[Figure]:
    """Yield the figures of understanding."""
    share = TAUGHT // len(OF_TEACHING)
    taught = _wanted([one for templates in OF_TEACHING for one in generated(templates, seed=11, count=share)])
    measured = _wanted(generated(OF_MEASURING, seed=7, count=MEASURED))
    models = {kind: _model(taught, kind) for kind in KINDS}
    learned = gate.judge(models, [one.message for one in measured], noticed)
    alone = [combine(judge(one.message)) for one in measured]
    both = [_both(one, said) for one, said in zip(measured, learned, strict=True)]
    yield _category(measured, alone, both)
    yield _cost(models, measured)
    yield _carried_over()
    yield from _priority(measured, alone, both)


def _cost(models: dict[str, bytes], measured: Sequence[Labelled]) -> Figure:
    """Answer the cost of the heuristics and of three learned questions, reasons included."""
    messages, started = [one.message for one in measured], process_time()
    for message in messages:
        judge(message)
    gate.judge(models, messages, noticed)
    spent = (process_time() - started) / len(messages) * 1_000
    value = f"{spent:.2f} ms"
    return Figure("three opinions and the heuristics, CPU a mail beyond the parse", "<= 2 ms", value, "", spent <= 2)


def _carried_over() -> Figure:
    """Answer how spam of the generator ranks with a learner that has seen real mail only, and the other way round."""
    real = measured_mails()
    made = [one for templates in (*OF_TEACHING, OF_MEASURING) for one in generated(templates, seed=3, count=300)]
    of_real = [(mail.message, mail.is_spam) for mail in real]
    of_made = [(one.message, one.spam) for one in made]
    there, back = _area(of_real, of_made), _area(of_made, of_real)
    name = "spam: taught on real mail, tried on generated mail, AUC"
    return Figure(name, "a figure, no target", f"{there:.3f}", f"the other way round {back:.3f}")


def _area(taught: Sequence[Sort], tried: Sequence[Sort]) -> float:
    known = [Example(features_of(message, noticed(message)), int(is_spam)) for message, is_spam in taught]
    found = scores(fit(known, 2).weights, [features_of(message, noticed(message)) for message, _ in tried])[:, 0]
    return 1 - area_missed(np.array([is_spam for _, is_spam in tried]), found) / 100


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
    right = _exactly(measured, both, "category")
    value, peer = f"{right:.3f}", f"heuristics alone {_exactly(measured, alone, 'category'):.3f}"
    return Figure("category, wording never seen", ">= .95", value, peer, right >= 0.95)


def _exactly(measured: Sequence[Labelled], said: Sequence[Verdict], kind: str) -> float:
    pairs = zip(measured, said, strict=True)
    right = sum(bool(getattr(one, kind) == getattr(verdict, kind)) for one, verdict in pairs)
    return right / len(measured)


def _priority(measured: Sequence[Labelled], alone: Sequence[Verdict], both: Sequence[Verdict]) -> Iterator[Figure]:
    """Yield how near the field of the 3x3 matrix is, and each level, beside what says the same of every mail."""
    middle = [Verdict(urgency=2, importance=2)] * len(measured)
    for name, target, near in (
        ("priority within one field of the 3x3, diagonals included, wording never seen", 0.9, _around),
        ("the same, without diagonals", None, _beside),
    ):
        found, before, constant = (_share(measured, said, near) for said in (both, alone, middle))
        peer = f"heuristics alone {before:.3f}; the middle field always {constant:.3f}"
        is_met = None if target is None else found >= target
        yield Figure(name, f">= {target:.2f}" if target else "a figure, no target", f"{found:.3f}", peer, is_met)
    for kind in LEVELS:
        usual = Counter(getattr(one, kind) for one in measured).most_common(1)[0][1] / len(measured)
        peer = f"heuristics alone {_exactly(measured, alone, kind):.3f}; the commonest level always {usual:.3f}"
        value = f"{_exactly(measured, both, kind):.3f}"
        yield Figure(f"{kind} right to the level", "a figure, no target", value, peer)


def _around(steps: Steps) -> bool:
    return max(steps) <= 1


def _beside(steps: Steps) -> bool:
    return sum(steps) <= 1


def _share(measured: Sequence[Labelled], said: Sequence[Verdict], near: Callable[[Steps], bool]) -> float:
    """Answer the share of mails that are near by the steps between what was said and the truth, in order of LEVELS."""
    steps = [
        tuple(abs((getattr(verdict, kind) or math.inf) - getattr(one, kind)) for kind in LEVELS)
        for one, verdict in zip(measured, said, strict=True)
    ]
    return sum(map(near, steps)) / len(measured)
