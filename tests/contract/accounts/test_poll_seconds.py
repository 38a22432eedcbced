"""A new `poll_seconds` counts from the last success on, not only when the old time has run out."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from mailhelper_core import AccountPolicy, MailHelper, Settings
from mailhelper_core.store import tables as t

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SUCCESS, OLD = 1_000_000_000_000_000, 1_000_000_300_000_000
A = t.accounts.c


def test_it_is_planned_anew_where_the_server_has_answered(database_url: str, tmp_path: Path) -> None:
    with MailHelper(Settings(database_url, key=KEY)) as helper:
        ada = helper.for_owner("ada")
        new, old = (ada.accounts.add(f"maildir://{tmp_path}", username=name).id for name in ("new", "old"))
        with helper.jobs.store.begin() as connection:
            connection.execute(update(t.accounts).where(A.id == old).values(last_success_at=SUCCESS, next_poll_at=OLD))

        for account in (new, old):
            ada.accounts.update(account, policy=AccountPolicy(poll_seconds=20))
            ada.accounts.update(account, name="another")

        with helper.jobs.store.read() as connection:
            found = {row.id: row.next_poll_at for row in connection.execute(select(A.id, A.next_poll_at))}
        assert found[new] is None
        assert 0.5 * 20_000_000 < (found[old] or 0) - SUCCESS < 1.5 * 20_000_000
