"""Category and priority on generated mail with known truth: taught with three sets of wording, measured on a fourth.

What real mail teaches is tried on generated mail too: were its truth readable from words of the generator alone, it
would not carry over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
KINDS = ("category", "urgency", "importance")


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
    for kind in ("urgency", "importance"):
        near, before = _near(measured, both, kind), _near(measured, alone, kind)
        value, peer = f"{near:.3f}", f"heuristics alone {before:.3f}"
        yield Figure(f"{kind} within one level, wording never seen", ">= .90", value, peer, near >= 0.9)


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
