"""How SQLite looks up messages: by the id, whatever other indexes promise it; the few without a body as such."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from mailhelper_core.model.held import HeldMailbox
from mailhelper_core.model.remote import RemoteStatus
from mailhelper_core.store.mail import bodies, messages, placements
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import Store, UnitOfWork

IDS = range(1, 101)


@pytest.fixture
def sqlite_store(sqlite_database: str) -> Iterator[Store]:
    """A store on the newest schema, on SQLite, with an owner."""
    store = Store.open(sqlite_database)
    with store.for_owner("ada").begin():
        pass
    yield store
    store.close()


def planned(store: Store, read: Callable[[UnitOfWork], object]) -> list[str]:
    """Answer how SQLite carries out the queries of a call."""
    executed: list[tuple[str, Any]] = []
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: executed.append((statement, parameters)),
    )

    with store.for_owner("ada").read() as uow:
        read(uow)
        return [
            step.detail
            for statement, parameters in executed[:]
            if statement.startswith("SELECT")
            for step in uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


@pytest.mark.parametrize(
    "read",
    [
        lambda uow: messages.details(uow, IDS, decode_headers=lambda raw: ()),
        lambda uow: messages.thread_ids(uow, 1),
        lambda uow: search_index.rows(uow, IDS),
        lambda uow: opinions.effective(uow, IDS),
        lambda uow: opinions.message_ids(uow, 1, after=7, limit=100),
        lambda uow: opinions.standing(uow, IDS),
    ],
    ids=["details", "thread", "index", "effective", "ids", "corrections"],
)
def test_no_look_up_by_id_reads_all_messages_of_the_owner(
    sqlite_store: Store, read: Callable[[UnitOfWork], object]
) -> None:
    plans = planned(sqlite_store, read)

    of_messages = [plan for plan in plans if plan.split()[1] in ("mailhelper_messages", "mailhelper_corrections")]
    assert of_messages
    assert not [plan for plan in of_messages if "owner_id" in plan]


def test_bodies_that_are_owed_are_not_looked_for_in_the_whole_account(sqlite_store: Store) -> None:
    plans = planned(sqlite_store, lambda uow: bodies.owed(uow, 1, problem="large", size_cap=1, since=None))

    assert [plan for plan in plans if "ix_mailhelper_messages_bodiless" in plan]


def test_whether_a_message_lies_here_is_not_asked_of_the_whole_mailbox(sqlite_store: Store) -> None:
    mailbox = HeldMailbox(1, 1, "INBOX", seen=RemoteStatus(10_000, 10_001, 7))

    plans = planned(
        sqlite_store, lambda uow: placements.candidates(uow, mailbox, match_keys=[b"k" * 16], remote_ids=["r"])
    )

    of_places = [plan for plan in plans if plan.split()[1] == "mailhelper_placements"]
    assert of_places
    assert not [plan for plan in of_places if "(message_id=?)" not in plan]
