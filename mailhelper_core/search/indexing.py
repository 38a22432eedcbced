"""The index stage: words of messages that wait for it go into the full-text index."""

from __future__ import annotations

from mailhelper_core.store.mail import subject_threads
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import pending

# SQLite's write lock is held for one batch: about 20 ms, so that others hardly wait.
BATCH_MESSAGES = 50
# Long texts make a batch shorter, for the same reason.
BATCH_CHARACTERS = 200_000


def index_some(uow: UnitOfWork, account_id: int) -> int:
    """Index one batch of waiting messages, oldest id first; answer how many, 0 when none wait."""
    waiting = pending.take(uow, "index", account_id, BATCH_MESSAGES)
    rows = search_index.rows(uow, waiting, characters=BATCH_CHARACTERS)
    search_index.add_batch(uow, rows)
    subject_threads.join_new(uow, account_id, [row.message_id for row in rows])
    # A row that is not there any more has nothing to index.
    taken = waiting if len(rows) == len(waiting) else [row.message_id for row in rows] or waiting
    pending.done(uow, "index", account_id, taken)
    return len(taken)
