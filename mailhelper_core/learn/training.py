"""Training one question: a candidate from all examples, a contest with the model that answers, promotion or shadow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Contest, Fitted
from mailhelper_core.ai.needs import LEAST_LABELS, learnable
from mailhelper_core.learn.lessons import lessons, stored
from mailhelper_core.learn.plan import Rival, outcome
from mailhelper_core.model.mind.learning import TASKS, ModelState, Training
from mailhelper_core.store.mind import models, shared
from mailhelper_core.store.mind.examples import StoredExample
from mailhelper_core.store.mind.models import StoredModel
from mailhelper_core.store.unit_of_work import OwnerStore

# The newest unseen examples on which a candidate and the live model are compared.
MOST_COMPARED = 500
# Questions whose answers mean the same to everybody.
SHARED = tuple(task for task, fixed in TASKS.items() if fixed)
# Fewer examples say what somebody clicked.
LEAST_SHARED = 20
_NO_CONTEST = Contest(0, 0, 1.0, 1.0)


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
        live, refused = models.live_of(uow, task), models.refused_of(uow, task)
    candidate = _candidate(found, live, refused, prior_of(owner, task), at_once=at_once)
    quality = candidate.fitted.quality
    with owner.begin() as uow:
        revision = models.add(
            uow, task, state=candidate.state, examples=candidate.examples, through=candidate.through,
            accuracy=quality.accuracy if quality.examples else None, data=candidate.fitted.data,
        )  # fmt: skip
    done: Literal["promoted", "shadow"] = "promoted" if candidate.state == "live" else "shadow"
    return Training(task, done, revision, candidate.examples, candidate.contest.better, candidate.contest.worse)


def retrain(owner: OwnerStore, task: str) -> Training:
    """Train a question anew in place of all its models, as an earlier one may have learned what is to be forgotten.

    A roll-back holds: the model that was put back is made again of what it had come to, and no newer example.
    """
    with owner.begin() as uow:
        live, refused = models.live_of(uow, task), models.refused_of(uow, task)
        # Where this process ends now, the next training goes on.
        models.outdate(uow, task, 0)
        if live is None or refused is None:
            models.drop(uow, task)
    if live is None or refused is None:
        return train_task(owner, task, at_once=True)
    found = [one for one in stored(owner, task) if one.number <= live.reached]
    if len(learnable(one.value for one in found)) < LEAST_LABELS:
        with owner.begin() as uow:
            models.drop(uow, task)
        return Training(task, "too_few", 0, len(found))
    fitted = gate.train(lessons(found), prior_of(owner, task))
    accuracy = fitted.quality.accuracy if fitted.quality.examples else None
    with owner.begin() as uow:
        models.empty_others(uow, live)
        models.remake(uow, live, data=fitted.data, accuracy=accuracy, examples=len(found), through=found[-1].number)
    return Training(task, "promoted", live.revision, len(found))


def prior_of(owner: OwnerStore, task: str) -> bytes:
    """Answer the shared prior from which an owner's model of a question begins, empty without one."""
    with owner.read() as uow:
        deltas = shared.of_others(uow, task) if task in SHARED else []
    return gate.prior(deltas) if deltas else b""


def share_task(owner: OwnerStore, task: str) -> None:
    """Keep what this owner adds to the shared prior of a question: with consent, and from enough examples."""
    with owner.read() as uow:
        is_shared = task in SHARED and shared.consents(uow)
    if not is_shared:
        return
    found = [one for one in stored(owner, task) if one.value in TASKS[task]]
    if len(found) < LEAST_SHARED:  # what was added may rest on what was forgotten or taken back since
        with owner.begin() as uow:
            shared.drop(uow, task)
        return
    data = gate.share(lessons(found), TASKS[task])
    with owner.begin() as uow:
        shared.put(uow, task, data)


def baseline(found: Sequence[StoredExample]) -> float:
    """Answer how often always giving the most frequent answer would be right."""
    said = Counter(one.value for one in found)
    return max(said.values(), default=0) / max(1, len(found))


def _candidate(
    found: Sequence[StoredExample],
    live: StoredModel | None,
    refused: StoredModel | None,
    prior: bytes,
    *,
    at_once: bool,
) -> Candidate:
    fitted = gate.train(lessons(found), prior)
    contest, rival = _NO_CONTEST, None
    if live is not None:
        # The owner has judged all that the refused model had learned from: only what was said later counts.
        judged = [live] if refused is None else [live, refused]
        rival = Rival(max(one.examples for one in judged), not gate.check(live.data))
        if rival.is_readable and not at_once:
            contest = _contest(found, live.data, max(one.through for one in judged), prior)
    decided = outcome(
        rival, examples=len(found), luck=contest.luck, bad_luck=contest.bad_luck, accuracy=fitted.quality.accuracy,
        baseline=baseline(found) if fitted.quality.examples else 0.0,
    )  # fmt: skip
    state: ModelState = "live" if at_once or decided == "promoted" else "shadow"
    return Candidate(fitted, len(found), found[-1].number, contest, state)


def _contest(found: Sequence[StoredExample], live: bytes, through: int, prior: bytes) -> Contest:
    """Compare on the newest of what was said after `through`, which the live model has not learned from."""
    unseen = [one for one in found if one.number > through][-MOST_COMPARED:]
    if not unseen:
        return _NO_CONTEST
    older = [one for one in found if one.number < unseen[0].number]
    return gate.contest(live, lessons(older), lessons(unseen), prior)
