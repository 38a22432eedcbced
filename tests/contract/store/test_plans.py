"""How SQLite looks up messages: by the id, whatever other indexes promise it; what is counted, in indexes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert

from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteStatus
from mailhelper_core.query.read import read
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, bodies, mailboxes, messages, placements
from mailhelper_core.store.mind import histories, opinions
from mailhelper_core.store.search import find, search_index
from mailhelper_core.store.search.bounds import Bounds
from mailhelper_core.store.search.criteria import compile_bounds
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import tag_entries

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


@pytest.mark.parametrize(
    "read",
    [
        lambda uow: messages.details(uow, [1], decode_headers=lambda raw: ()),
        lambda uow: messages.summaries(uow, IDS),
        lambda uow: opinions.of(uow, IDS),
        lambda uow: opinions.sureness(uow, IDS, ("category", "urgency")),
        lambda uow: opinions.standing(uow, IDS),
    ],
    ids=["details", "summaries", "opinions", "sureness", "corrections"],
)
def test_what_is_asked_for_by_ids_is_looked_up_by_them(
    sqlite_store: Store, read: Callable[[UnitOfWork], object]
) -> None:
    plans = planned(sqlite_store, read)

    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN mailhelper_")]


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
    assert not [plan for plan in of_places if "(message_id=?" not in plan]


def test_the_messages_of_a_mailbox_are_counted_in_indexes_alone(sqlite_store: Store) -> None:
    with sqlite_store.for_owner("ada").begin() as uow:
        uow.execute(
            insert(t.accounts).values(id=1, owner_id=uow.owner_id, name="home", url="", username="", secret_id="",
                                      created_at=0)
        )  # fmt: skip
        uow.execute(insert(t.mailboxes).values(id=1, account_id=1, name="INBOX", role="inbox"))
    criteria = read("in:inbox -spam:yes account:home newer_than:14d")

    plans = planned(
        sqlite_store,
        lambda uow: find.grouped(
            uow, compile_bounds(uow, criteria, now=datetime.now(UTC)), ("urgency", "importance", "category")
        ),
    )

    assert [
        plan for plan in plans if "COVERING INDEX ix_mailhelper_messages_counted (owner_id=? AND orphaned_at=?" in plan
    ]
    assert [plan for plan in plans if "COVERING INDEX ix_mailhelper_placements_of_message" in plan]


@pytest.mark.parametrize(
    "ask",
    [
        lambda uow, bounds: find.grouped(uow, bounds, ("language",)),
        lambda uow, bounds: find.find(uow, bounds, sort="size", limit=50),
        lambda uow, bounds: find.find(uow, bounds, sort="priority", limit=50),
        lambda uow, bounds: find.count(uow, bounds, 50),
    ],
    ids=["language", "size", "priority", "count"],
)
def test_what_reads_messages_reads_them_in_their_order(
    sqlite_store: Store, ask: Callable[[UnitOfWork, Bounds], object]
) -> None:
    plans = planned(
        sqlite_store,
        lambda uow: ask(uow, compile_bounds(uow, read("has:attachment category:finance"), now=datetime.now(UTC))),
    )

    assert [plan for plan in plans if "ix_mailhelper_messages_owner_id_sort_at_id" in plan]


def test_the_places_of_a_mailbox_are_counted_in_an_index_alone(sqlite_store: Store) -> None:
    plans = planned(sqlite_store, lambda uow: mailboxes.listing(uow, 1))

    of_places = [plan for plan in plans if plan.split()[1] == "mailhelper_placements"]
    assert of_places
    assert not [plan for plan in of_places if "COVERING INDEX ix_mailhelper_placements_of_mailbox" not in plan]


def test_what_rules_proposed_with_a_tag_is_not_looked_for_among_all_entries(sqlite_store: Store) -> None:
    plans = planned(sqlite_store, lambda uow: tag_entries.follow(uow, "Bills", "Money"))

    assert [plan for plan in plans if plan.startswith("SEARCH mailhelper_outbox")]
    assert not [plan for plan in plans if plan.startswith("SCAN")]


def test_the_history_of_senders_is_read_by_sender_thread_and_address(sqlite_store: Store) -> None:
    with sqlite_store.for_owner("ada").begin() as uow:
        account_id = accounts.add(
            uow, "imaps://imap.example.org", name="home", username="ada", options={}, policy=AccountPolicy(),
            addresses=frozenset({"ada@example.org"}),
        )  # fmt: skip
        row = {
            "owner_id": uow.owner_id, "account_id": account_id, "thread_id": 1, "match_key": b"k", "message_id": "m",
            "subject": "", "from_name": "", "from_addr": "joe@example.net", "from_domain": "example.net",
            "addresses": "{}", "facts": "{}", "received_at": 1, "sort_at": 1, "size": 1, "snippet": "",
            "parse_status": "ok", "has_attachments": False, "created_at": 1,
        }  # fmt: skip
        uow.execute(insert(t.messages), [row] * 3)

    plans = planned(sqlite_store, lambda uow: histories.with_histories(uow, messages.details(uow, [1, 2, 3])))

    looked = {plan for plan in plans if plan.startswith(("SEARCH e ", "SEARCH mailhelper_written_to"))}
    by_sender = "INDEX ix_mailhelper_messages_sender (owner_id=? AND from_addr=? AND received_at>? AND received_at<?)"
    assert looked == {
        f"SEARCH e USING COVERING {by_sender}",
        "SEARCH mailhelper_written_to USING PRIMARY KEY (account_id=? AND address=?)",
        "SEARCH mailhelper_written_to USING INDEX ix_mailhelper_written_to_message_id (message_id=?)",
    }
    assert not [plan for plan in plans if plan.startswith("SCAN mailhelper_")]
