"""The index stage: words of messages that wait for it go into the full-text index."""

from __future__ import annotations

from mailhelper_core.store.mail import subject_threads
from mailhelper_core.store.search import search_index, segments, vectors
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import pending

# What FTS5 writes for a batch grows less than the batch: 100 cost a sixth less a message than 50. But SQLite's write
# lock is held while they are inserted: for 50 it is 7 ms.
BATCH_MESSAGES = 50
# Long texts make a batch shorter, so that others hardly wait.
BATCH_CHARACTERS = 200_000


def index_some(owner: OwnerStore, account_id: int) -> int:
    """Index one batch of waiting messages, oldest id first; answer how many, 0 when none wait.

    The words are made before the write transaction. A message that changed or went meanwhile is left out: it waits
    again, or has nothing to index any more.
    """
    with owner.read() as uow:
        waiting = pending.take(uow, "index", account_id, BATCH_MESSAGES)
        rows = search_index.rows(uow, waiting, characters=BATCH_CHARACTERS)
    if not waiting:
        return 0
    # A row that is not there any more has nothing to index.
    taken = waiting if len(rows) == len(waiting) else [row.message_id for row in rows] or waiting
    with owner.begin() as uow:
        unchanged = search_index.unchanged(uow, rows)
        changed = {row.message_id for row in rows} - {row.message_id for row in unchanged}
        claimed = pending.claim(uow, "index", account_id, [id_ for id_ in taken if id_ not in changed])
        search_index.add_batch(uow, [row for row in unchanged if row.message_id in claimed])
        subject_threads.join_new(uow, account_id, sorted(claimed))
        if vectors.has_any(uow):
            vectors.forget(uow, sorted(claimed))
            pending.add(uow, "embed", account_id, sorted(claimed))
        # One page says whether there is something to merge; it costs less than a transaction that finds nothing.
        is_due = segments.merge(uow.connection, 1)
    if is_due:
        segments.merge_some(owner.store)
    return len(taken)
