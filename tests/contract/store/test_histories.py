"""What is read for the history of a sender: the mails that may count, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mail.written import hash_of
from mailhelper_core.store.mind import histories
from mailhelper_core.store.prepared import Prepared, Values
from mailhelper_core.store.unit_of_work import Store, UnitOfWork, to_micros

JOE = "joe@example.net"
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each prepared statement has answered."""
    counts: list[int] = []
    rows = Prepared.rows

    def counted(self: Prepared, connection: Connection, values: Values) -> Sequence[Any]:
        found = rows(self, connection, values)
        counts.append(len(found))
        return found

    monkeypatch.setattr(Prepared, "rows", counted)
    return counts


def test_what_was_written_more_than_a_year_before_a_batch_or_after_it_is_not_read(
    store: Store, read: list[int]
) -> None:
    with store.for_owner("ada").begin() as uow:
        account_id = _account(uow)
        asked = [_message(uow, account_id, at) for at in (NOW, LATER)]
        of_both = [LATER - histories.YEAR, NOW - MOMENT]
        long_ago = [NOW - histories.YEAR - MOMENT * number for number in range(1, 101)]
        for at in [*long_ago, NOW - histories.YEAR, *of_both, NOW, LATER, LATER + MOMENT]:
            _write(uow, account_id, at)
        found = messages.details(uow, asked)
        read.clear()

        first, second = (one.history for one in histories.with_histories(uow, found))

    assert first is not None
    assert second is not None
    assert (first.written, first.last_written_at) == (3, NOW - MOMENT)
    assert (second.written, second.last_written_at) == (3, NOW)
    assert max(read) == 5


def test_of_a_thread_is_read_when_the_owner_first_wrote_in_it(store: Store, read: list[int]) -> None:
    with store.for_owner("ada").begin() as uow:
        account_id = _account(uow)
        early, late = (_message(uow, account_id, at) for at in (NOW, LATER))
        for number in range(50):
            _write(uow, account_id, NOW + MOMENT * number)
        uow.execute(update(t.messages).values(thread_id=early))
        found = messages.details(uow, [early, late])
        read.clear()

        first, second = (one.history for one in histories.with_histories(uow, found))

    assert first is not None
    assert second is not None
    assert (first.wrote_in_thread, second.wrote_in_thread) == (False, True)
    assert (second.written, read[-1]) == (50, 1)


def _account(uow: UnitOfWork) -> int:
    return accounts.add(
        uow, "imaps://imap.example.org", name="home", username="ada", options={}, policy=AccountPolicy(),
        addresses=frozenset({"ada@example.org"}),
    )  # fmt: skip


def _message(uow: UnitOfWork, account_id: int, at: datetime, sender: str = JOE) -> int:
    row = {
        "owner_id": uow.owner_id, "account_id": account_id, "thread_id": to_micros(at), "match_key": b"k",
        "message_id": "m", "subject": "", "from_name": "", "from_addr": sender, "from_domain": "example.net",
        "addresses": "{}", "facts": "{}", "received_at": to_micros(at), "sort_at": 1, "size": 1, "snippet": "",
        "parse_status": "ok", "has_attachments": False, "created_at": 1,
    }  # fmt: skip
    return int(uow.execute(insert(t.messages).values(row).returning(t.messages.c.id)).scalar_one())


def _write(uow: UnitOfWork, account_id: int, at: datetime) -> None:
    id_ = _message(uow, account_id, at, "ada@example.org")
    row = {"account_id": account_id, "address": hash_of(JOE), "message_id": id_, "received_at": to_micros(at)}
    uow.execute(insert(t.written_to).values(row | {"answers": True, "sent": True}))
