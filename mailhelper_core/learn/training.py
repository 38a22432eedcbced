"""Training one question: a candidate from all examples, a contest with the model that answers, promotion or shadow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Contest, Fitted
from mailhelper_core.ai.needs import LEAST_LABELS, learnable
from mailhelper_core.errors import InvalidError
from mailhelper_core.learn.lessons import lessons, stored
from mailhelper_core.learn.plan import Rival, outcome
from mailhelper_core.model.learning import ModelState, Training
from mailhelper_core.store.mind import models
from mailhelper_core.store.mind.examples import StoredExample
from mailhelper_core.store.mind.models import StoredModel
from mailhelper_core.store.unit_of_work import OwnerStore

# The newest unseen examples on which a candidate and the live model are compared.
MOST_COMPARED = 500
_NO_CONTEST = Contest(0, 0, 1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model that is not stored yet."""

    fitted: Fitted
    examples: int
    through: int
    contest: Contest
    state: ModelState


def train_task(owner: OwnerStore, task: str, *, at_once: bool) -> Training:
    """Train one question; `at_once` promotes without a contest, which forgetting needs."""
    found = stored(owner, task)
    if len(learnable(one.value for one in found)) < LEAST_LABELS:
        return Training(task, "too_few", 0, len(found))
    with owner.read() as uow:
        live = next((one for one in models.of(uow, task) if one.state == "live"), None)
    candidate = _candidate(found, live, at_once=at_once)
    quality = candidate.fitted.quality
    with owner.begin() as uow:
        revision = models.add(
            uow, task, state=candidate.state, examples=candidate.examples, through=candidate.through,
            accuracy=quality.accuracy if quality.examples else None, data=candidate.fitted.data,
        )  # fmt: skip
    done: Literal["promoted", "shadow"] = "promoted" if candidate.state == "live" else "shadow"
    return Training(task, done, revision, candidate.examples, candidate.contest.better, candidate.contest.worse)


def baseline(found: Sequence[StoredExample], count: int) -> float:
    """Answer how often the most frequent answer of the older examples is right on the newest ones."""
    older, newest = found[: len(found) - count], found[len(found) - count :]
    if not older or not newest:
        return 0.0
    likely = Counter(one.value for one in older).most_common(1)[0][0]
    return sum(one.value == likely for one in newest) / len(newest)


def _candidate(found: Sequence[StoredExample], live: StoredModel | None, *, at_once: bool) -> Candidate:
    fitted = gate.train(lessons(found))
    readable = live is not None and not gate.check(live.data)
    contest = _contest(found, live) if live is not None and readable and not at_once else _NO_CONTEST
    decided = outcome(
        Rival(live.examples, readable) if live else None, examples=len(found), better=contest.better,
        worse=contest.worse, luck=contest.luck, accuracy=fitted.quality.accuracy,
        baseline=baseline(found, fitted.quality.examples),
    )  # fmt: skip
    state: ModelState = "live" if at_once or decided == "promoted" else "shadow"
    return Candidate(fitted, len(found), found[-1].number, contest, state)


def _contest(found: Sequence[StoredExample], live: StoredModel) -> Contest:
    """Compare on what the live model has not learned from, with a twin that has not learned from it either."""
    unseen = [one for one in found if one.number > live.through][-MOST_COMPARED:]
    if not unseen:
        return _NO_CONTEST
    older = [one for one in found if one.number < unseen[0].number]
    try:
        return gate.contest(live.data, lessons(older), lessons(unseen))
    except InvalidError:  # the older examples alone are too few for a twin
        return _NO_CONTEST
