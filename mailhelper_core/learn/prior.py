"""Following the shared prior: what others learned answers until an owner has taught more, and goes when they go."""

from __future__ import annotations

import json

from mailhelper_core.ai import gate
from mailhelper_core.learn.training import SHARED, train_task
from mailhelper_core.store.mind import models, shared
from mailhelper_core.store.unit_of_work import OwnerStore

# The kind of model under which it is kept what the owner's models were made over.
TASK = "prior"


def follow(owner: OwnerStore) -> int:
    """Make the owner's models over the prior as it is today, and answer how many changed.

    An owner who withdraws or is erased changes it at once, what the others learn once a day. A question of which the
    owner has said nothing is answered by the prior alone.
    """
    with owner.read() as uow:
        known = models.live_of(uow, TASK)
        now = json.dumps(shared.stamp(uow) if shared.consents(uow) else None).encode()
    if now == (known.data if known else b"null"):
        return 0
    count = sum(_renew(owner, task) for task in SHARED)
    with owner.begin() as uow:
        models.drop(uow, TASK)
        models.add(uow, TASK, state="live", examples=0, through=0, accuracy=None, data=now)
    return count


def _renew(owner: OwnerStore, task: str) -> bool:
    with owner.read() as uow:
        live, deltas = models.live_of(uow, task), shared.of_others(uow, task)
    if live is not None and live.examples:
        train_task(owner, task, at_once=True)
        return True
    prior = gate.prior(deltas) if deltas else b""
    with owner.begin() as uow:
        models.drop(uow, task)
        if prior:
            models.add(uow, task, state="live", examples=0, through=0, accuracy=None, data=prior)
    return bool(prior)
