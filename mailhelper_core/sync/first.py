"""The first sync that has seen all of an account, whichever number it has: what was judged before knew but a part.

What is being judged while it ends waits on by itself. Missed is only what is written between two of the transactions
here, of an account with more than 2,000 messages: a batch within some 10 ms each.
"""

from __future__ import annotations

from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind.histories import forget_early
from mailhelper_core.sync.run import SyncRun

# Rows of one transaction that lets messages wait again: about 10 ms of SQLite's write lock.
JUDGE_AGAIN = 2_000


def succeed(run: SyncRun) -> None:
    """Note that a sync succeeded; at the first whole one, let what was processed wait again before."""
    whole_since = run.began_at if run.is_whole else None
    with run.begin() as uow:
        is_noted = accounts.record_success(uow, run.account, complete_since=whole_since)
    if is_noted:
        return
    after, is_last = 0, False
    while not is_last:
        with run.begin() as uow:
            ids = forget_early(uow, run.account.id, after=after, limit=JUDGE_AGAIN)
            is_last = len(ids) < JUDGE_AGAIN
            if is_last:
                accounts.record_success(uow, run.account, complete_since=whole_since, is_first=True)
        after = ids[-1] if ids else after
