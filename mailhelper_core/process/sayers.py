"""Classifiers and providers that are gone: what they have said counts no more, without anybody asking for it."""

from __future__ import annotations

from mailhelper_core.model.extension import Registry
from mailhelper_core.store.clock import is_wait_over, micros
from mailhelper_core.store.mind import sayers
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import pending

# Rows of one transaction that lets messages wait again: about 10 ms of SQLite's write lock.
REQUEUE_MESSAGES = 2_000
# Nobody is let go twice in less: who is back so soon works in another process, which is there still.
PATIENCE = micros(900)


def let_go(owner: OwnerStore, registry: Registry, account_id: int, stage: pending.Stage) -> None:
    """Let messages wait again of which somebody has an opinion who is not there any more; note who is there now.

    Two processes with different plugins do not fight over all mail: whoever is back counts from then on, and only
    what was said since is looked at when they are missed again, some minutes after the last time at the earliest.
    """
    here = {*registry.classifiers, *(f"{name}:{pace}" for name in registry.providers for pace in ("fast", "strong"))}
    with owner.read() as uow:
        known, let_go_at = sayers.known(uow, account_id)
        lately = {name: at for name, at in let_go_at.items() if not is_wait_over(at + PATIENCE, uow.now)}
        gone = {name: since for name, since in known.items() if name not in here | lately.keys()}
        # Who is new counts once there is something to say: a run without news writes nothing.
        if not gone and (here <= known.keys() or not pending.count(uow, stage, account_id)):
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
        stay = {name: since for name, since in known.items() if name not in gone}
        since = {name: uow.now for name in here} | stay
        sayers.note(uow, account_id, since, {**lately, **dict.fromkeys(gone, uow.now)})
