"""What ticks, claims, beats, deliveries and looks at health read of a month of jobs and deeds: by indexes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text

from mailhelper_core import MailHelper, OwnerServices, Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import delivery, job_claims, job_rounds, polls

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
ACCOUNTS, JOBS, DEEDS = 10_000, 20_000, 10_000
DAY = 86_400_000_000
# What grows with time; and with accounts, which administrators' looks may count.
GROWING = "jobs|outbox|changes|messages|rule_waits"
WITH_ACCOUNTS = f"{GROWING}|accounts|leases|job_turns"
COUNTING = ("stuck", "health", "metrics", "upkeep")


@pytest.fixture
def helper(database_url: str) -> Iterator[MailHelper]:
    """A helper on a database of many owners after a month."""
    with MailHelper(Settings(database_url, key=KEY)) as helper:
        helper.jobs.works = {kind: lambda one: {} for kind in helper.jobs.works}
        helper.jobs.draw = lambda: 0.99
        _fill(helper.jobs.store)
        yield helper


def _fill(store: Store) -> None:
    ids = range(1, ACCOUNTS + 1)
    with store.begin() as connection:
        now = store.now()
        _insert(connection, t.owners, [{"id": id_, "key": f"owner-{id_}"} for id_ in ids])
        _insert(connection, t.accounts, [
            {"id": id_, "owner_id": id_, "name": str(id_), "state": "ok", "next_poll_at": now + id_ * DAY // 100}
            for id_ in ids
        ])  # fmt: skip
        _insert(connection, t.leases, [{"resource": f"account:{id_}"} for id_ in ids])
        _insert(connection, t.job_turns, [{"owner_id": id_} for id_ in ids])
        _insert(connection, t.rules, [{"id": id_, "owner_id": id_, "name": "r", "enabled": True} for id_ in ids])
        _insert(connection, t.changes, [{"id": id_, "owner_id": id_} for id_ in ids])
        _insert(connection, t.jobs, [_job(number, now) for number in range(1, JOBS + 1)])
        _insert(connection, t.messages, [
            {"id": number, **_of(number), "match_key": str(number).encode(), "sort_at": now}
            for number in range(1, DEEDS // 2 + 1)
        ])  # fmt: skip
        _insert(connection, t.rule_waits, [
            {"account_id": number % ACCOUNTS + 1, "message_id": number, "not_before": now + (number % 30 - 10) * DAY}
            for number in range(1, DEEDS // 2 + 1)
        ])  # fmt: skip
        _insert(connection, t.outbox, [
            {**_of(number), "change_id": number % ACCOUNTS + 1, "message_id": number % (DEEDS // 2) + 1, "data": "{}",
             "kind": "add_keyword", "decided_by": "rule", "state": "delivered" if number % 500 else "waiting"}
            for number in range(1, DEEDS + 1)
        ])  # fmt: skip
    if store.engine.dialect.name == "postgresql":  # as its autovacuum does; nobody analyzes a SQLite file
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _of(number: int) -> dict[str, int]:
    return {"account_id": number % ACCOUNTS + 1, "owner_id": number % ACCOUNTS + 1}


def _job(number: int, now: int) -> dict[str, Any]:
    at, kind = (
        now - (JOBS - number) * 30 * DAY // JOBS,
        ("run", "deliver", "process", "apply_rules")[number // ACCOUNTS % 4],
    )
    ended = {"state": "done", "finished_at": at} if number % 1000 else {"state": "quarantined", "finished_at": at}
    if number > JOBS - 20:
        ended = {"state": "queued" if number % 4 else "running", "finished_at": None}
    lane = f"account:{number % ACCOUNTS + 1}:{number if number > JOBS - 20 else ''}"
    return {**_of(number), "kind": kind, "resource": lane, **ended, "not_before": at, "created_at": at}


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows, with nothing in the columns that are left out and must hold something."""
    empty = {
        column.name: getattr(column.type, "impl", column.type).python_type()
        for column in table.columns
        if not column.nullable and column.server_default is None and column.name != "id"
    }
    connection.execute(insert(table), [empty | row for row in rows])


def look(helper: MailHelper, ada: OwnerServices) -> None:
    """Ask what running jobs, deliveries and administrators ask again and again."""
    store, account = helper.jobs.store, ada.accounts.list()[0].id
    claim = helper.jobs._claim(None, helper.jobs.works.keys())
    assert claim is not None
    job_claims.beat(store, claim, None, item="", cursor="", is_ahead=True, result={})
    job_claims.wants_end(store, claim)
    job_claims.is_paused(store, claim)
    job_claims.others_wait(store, claim)
    job_rounds.waiting_for(store, claim.lease.resource)
    job_rounds.unmaintained(store, 100)
    ada.jobs.submit("sync", account_id=account)
    for state in ("queued", "running", "quarantined"):
        ada.jobs.list(state=state)  # type: ignore[arg-type]
    ada.jobs.list(account_id=account)
    ada.outbox.pending()
    with ada.jobs.owner.read() as uow:
        delivery.window(uow, account)
        delivery.count_waiting(uow, account)


def upkeep(helper: MailHelper, _: OwnerServices) -> None:
    """Tick as it is done once in some minutes, with upkeep and gauges."""
    helper.jobs.draw = lambda: 0.0
    helper.jobs.tick()


CALLS: dict[str, Callable[[MailHelper, OwnerServices], object]] = {
    "stuck": lambda helper, ada: helper.jobs.stuck(),
    "health": lambda helper, ada: helper.health(),
    "metrics": lambda helper, ada: (helper.admin.metrics(), helper.admin.errors()),
    "look": look,
    "poll": lambda helper, ada: polls.claim_poll(helper.jobs.store, seconds=20, holder="test"),
    "run": lambda helper, ada: helper.jobs.run(),
    "tick": lambda helper, ada: helper.jobs.tick(),
    "upkeep": upkeep,
}


def test_nothing_that_grows_is_read_whole(helper: MailHelper) -> None:
    store, ada = helper.jobs.store, helper.for_owner("owner-7")
    executed: dict[str, Any] = {}
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, _context, many: executed.setdefault(
            statement, parameters[0] if many else parameters
        ),
    )
    read_whole: list[tuple[str, str, str]] = []

    for name, call in CALLS.items():
        executed.clear()
        call(helper, ada)
        asked = {one: given for one, given in executed.items() if re.match(r"SELECT|INSERT|UPDATE|DELETE", one)}
        assert asked, name
        growing = GROWING if name in COUNTING else WITH_ACCOUNTS
        with store.read() as connection:
            read_whole += [
                (name, line.strip(), statement)
                for statement, given in asked.items()
                for line in _plan(connection, statement, given)
                if re.search(rf"(Seq Scan on|^SCAN) mailhelper_({growing})\b(?! USING)", line)
                or (name not in COUNTING and re.search(r"^SCAN mailhelper_(accounts|leases|job_turns)\b", line))
            ]

    assert read_whole == []


def test_a_claim_sorts_nothing_however_many_jobs_are_queued(helper: MailHelper) -> None:
    store = helper.jobs.store
    with store.begin() as connection:
        now = store.now()
        for first in (JOBS, 2 * JOBS):  # of ten owners, and of as many as there are jobs
            _insert(connection, t.jobs, [
                {"owner_id": number % (10 if first == JOBS else ACCOUNTS) + 1, "account_id": None, "kind": "process",
                 "resource": str(number), "state": "queued", "not_before": now, "created_at": now}
                for number in range(first, first + 2_000)
            ])  # fmt: skip
    assert helper.jobs.run() is not None
    executed: dict[str, Any] = {}
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, _context, _many: executed.setdefault(statement, parameters),
    )

    assert helper.jobs._claim(None, helper.jobs.works.keys()) is not None

    asked = {one: given for one, given in executed.items() if one.startswith("SELECT")}
    with store.read() as connection:
        sorting = [
            (line.strip(), statement)
            for statement, given in asked.items()
            for line in _plan(connection, statement, given)
            if re.search(r"\bSort\b|TEMP B-TREE|Hash|Seq Scan on mailhelper_(jobs|job_turns)", line)
        ]
    assert len(asked) > 3
    assert sorting == []


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", parameters)]


def test_who_waits_for_a_rule_is_found_as_before(helper: MailHelper) -> None:
    """Accounts with mail that has been old enough since they were last ruled on, and with no job that will."""
    w, j = t.rule_waits.c, t.jobs.c
    with helper.jobs.store.read() as connection:
        now = helper.jobs.store.now()
        jobs = connection.execute(select(j.account_id, j.kind, j.state, j.created_at)).all()
        ruling = [job for job in jobs if job.kind in ("run", "apply_rules")]
        last = {job.account_id: job.created_at for job in sorted(ruling, key=lambda job: job.created_at)}
        busy = {job.account_id for job in ruling if job.state in ("queued", "running")}
        due = {row.account_id for row in connection.execute(select(w.account_id, w.not_before))
               if last[row.account_id] < row.not_before <= now}  # fmt: skip

    found = job_rounds.old_enough(helper.jobs.store, ACCOUNTS)

    assert [account for _, account in found] == sorted(due - busy)
    assert found
