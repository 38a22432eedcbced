"""Classifiers and providers that are gone: what they have said counts no more, without anybody asking for it."""

from __future__ import annotations

from mailhelper_core.model.extension import Registry
from mailhelper_core.store.mind import sayers
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import pending

# Rows of one transaction that lets messages wait again: about 10 ms of SQLite's write lock.
REQUEUE_MESSAGES = 2_000


def let_go(owner: OwnerStore, registry: Registry, account_id: int, stage: pending.Stage) -> None:
    """Let messages wait again of which somebody has an opinion who is not there any more; note who is there now.

    Two processes with different plugins do not fight over all mail: whoever is back counts from then on, and only
    what was said since is looked at when they are missed again.
    """
    here = {*registry.classifiers, *(f"{name}:{pace}" for name in registry.providers for pace in ("fast", "strong"))}
    with owner.read() as uow:
        known = sayers.known(uow, account_id)
        gone = {name: since for name, since in known.items() if name not in here}
        # Who is new counts once there is something to say: a run without news writes nothing.
        if not gone and (here == known.keys() or not pending.count(uow, stage, account_id)):
            return
    after = 0
    while gone:
        with owner.begin() as uow:
            ids = sayers.messages_of(uow, account_id, gone, after=after, limit=REQUEUE_MESSAGES)
            pending.add(uow, stage, account_id, ids)
        if len(ids) < REQUEUE_MESSAGES:
            break
        after = ids[-1]
    with owner.begin() as uow:
        sayers.note(uow, account_id, {name: known.get(name, uow.now) for name in here})
