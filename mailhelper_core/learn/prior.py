"""Following the shared prior: what others learned answers until an owner has taught more, and goes when they go."""

from __future__ import annotations

import json

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Fitted
from mailhelper_core.errors import InvalidError
from mailhelper_core.learn.lessons import lessons, stored
from mailhelper_core.learn.plan import drifts
from mailhelper_core.learn.training import SHARED, prior_of
from mailhelper_core.store.mind import models, shared
from mailhelper_core.store.mind.models import StoredModel
from mailhelper_core.store.unit_of_work import OwnerStore

# The kind of model under which it is kept what the owner's models were made over.
TASK = "prior"


def follow(owner: OwnerStore) -> int:
    """Make the owner's models over the prior as it is today, and answer how many changed.

    An owner who withdraws or is erased changes it at once, what the others learn once a day. A question of which the
    owner has said nothing is answered by the prior alone. Any other goes on being answered by the same model, learned
    from the same examples: only training may let newer ones answer, and a roll-back holds.
    """
    with owner.read() as uow:
        known = models.live_of(uow, TASK)
        stamp = shared.stamp(uow) if shared.consents(uow) else None
    now = json.dumps(stamp).encode()
    before = known.data if known else b"null"
    if now == before:
        return 0
    count = sum(_renew(owner, task, has_shrunk=_has_shrunk(before, stamp)) for task in SHARED)
    with owner.begin() as uow:
        models.drop(uow, TASK)
        models.add(uow, TASK, state="live", examples=0, through=0, accuracy=None, data=now)
    return count


def _has_shrunk(before: bytes, stamp: tuple[int, int] | None) -> bool:
    """Say whether somebody's part is to go: it may not stay for the sake of a better model."""
    held = json.loads(before)
    return stamp is None or (held is not None and stamp[0] < held[0])


def _renew(owner: OwnerStore, task: str, *, has_shrunk: bool) -> bool:
    prior = prior_of(owner, task)
    with owner.read() as uow:
        live = models.live_of(uow, task)
    remade = _remade(owner, live, prior) if live is not None and live.examples else None
    if live is not None and remade is not None:
        return _replace(owner, live, remade, has_shrunk=has_shrunk)
    with owner.begin() as uow:
        models.drop(uow, task)
        if prior:
            models.add(uow, task, state="live", examples=0, through=0, accuracy=None, data=prior)
    return bool(prior)


def _remade(owner: OwnerStore, live: StoredModel, prior: bytes) -> Fitted | None:
    """Answer a model of the same examples over today's prior, None where too few of them are left."""
    try:
        return gate.train(lessons([one for one in stored(owner, live.task) if one.number <= live.reached]), prior)
    except InvalidError:
        return None


def _replace(owner: OwnerStore, live: StoredModel, remade: Fitted, *, has_shrunk: bool) -> bool:
    quality = remade.quality
    is_worse = live.accuracy is not None and drifts(quality.accuracy, live.accuracy, quality.examples)
    if is_worse and not has_shrunk and not gate.check(live.data):
        return False
    with owner.begin() as uow:
        models.remake(uow, live, data=remade.data, accuracy=quality.accuracy if quality.examples else None)
        if has_shrunk:
            models.empty_others(uow, live)
    return True
