"""The index stage: words of messages that wait for it go into the full-text index."""

from __future__ import annotations

from mailhelper_core.store import pending, search_index
from mailhelper_core.store.unit_of_work import UnitOfWork

# SQLite's write lock is held for one batch: about 20 ms, so that others hardly wait.
BATCH_MESSAGES = 50
# Long texts make a batch shorter, for the same reason.
BATCH_CHARACTERS = 200_000
_STEP = 10


def index_some(uow: UnitOfWork, account_id: int) -> int:
    """Index one batch of waiting messages, oldest id first; answer how many, 0 when none wait."""
    waiting = pending.take(uow, "index", account_id, BATCH_MESSAGES)
    characters = done = 0
    while done < len(waiting) and characters < BATCH_CHARACTERS:
        step = waiting[done : done + _STEP]
        rows = search_index.rows(uow, step)
        search_index.add_batch(uow, rows)
        pending.done(uow, "index", account_id, step)
        characters += sum(len(row.text.body) for row in rows)
        done += len(step)
    return done
