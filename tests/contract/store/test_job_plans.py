"""What ticks, claims, beats, deliveries and looks at health read of a month of jobs and deeds: by indexes alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    String,
    case,
    cast,
    event,
    insert,
    literal,
    select,
    text,
)

from mailhelper_core import MailHelper, OwnerServices, Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import delivery, job_claims, job_rounds, polls
from tests.servers.shared import once

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
ACCOUNTS, JOBS, DEEDS = 10_000, 20_000, 10_000
DAY = 86_400_000_000
# What grows with time; and with accounts, which administrators' looks may count.
GROWING = "jobs|outbox|changes|messages|rule_waits"
WITH_ACCOUNTS = f"{GROWING}|accounts|leases|job_turns"
COUNTING = ("stuck", "health", "metrics", "upkeep")
# Rows are made of numbers in the database: a tenth of the time of sending them.
_first = select(literal(1, BigInteger).label("number")).cte("numbers", recursive=True)
_numbers = _first.union_all(select(_first.c.number + 1).where(_first.c.number < max(ACCOUNTS, JOBS, DEEDS)))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    """A database of many owners after a month, to copy from: a file, or the name of one on the run's PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("month") / "mail.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        _fill_at(f"sqlite:///{path}")
        return path
    postgres, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")

    def make() -> str:
        name = str(postgres.create_database(template=template))
        _fill_at(postgres.url(name))
        return name

    return once(request.getfixturevalue("servers_folder"), "month", make)  # each worker may have a test of these


@pytest.fixture
def helper(filled: Path | str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailHelper]:
    """A helper on a database of many owners after a month."""
    with ExitStack() as stack:
        if isinstance(filled, Path):
            url = f"sqlite:///{shutil.copy(filled, tmp_path / 'mail.db')}"
        else:
            postgres = request.getfixturevalue("postgres")
            name = postgres.create_database(template=filled)
            stack.callback(postgres.drop_database, name)
            url = postgres.url(name)
        helper = stack.enter_context(MailHelper(Settings(url, key=KEY)))
        helper.jobs.works = {kind: lambda one: {} for kind in helper.jobs.works}
        helper.jobs.draw = lambda: 0.99
        yield helper


def _fill_at(url: str) -> None:
    store = Store.open(url)
    with store.begin() as connection:
        _fill(connection, store.now())
    if store.engine.dialect.name == "postgresql":  # as its autovacuum does; nobody analyzes a SQLite file
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    store.close()


def _fill(connection: Connection, now: int) -> None:
    number = _numbers.c.number
    account = number % ACCOUNTS + 1
    of = {"account_id": account, "owner_id": account}
    _insert(connection, t.owners, ACCOUNTS, id=number, key=_joined("owner-", number))
    _insert(
        connection, t.accounts, ACCOUNTS,
        id=number, owner_id=number, name=_joined(number), state="ok", next_poll_at=number * (DAY // 100) + now,
    )  # fmt: skip
    _insert(connection, t.leases, ACCOUNTS, resource=_joined("account:", number))
    _insert(connection, t.job_turns, ACCOUNTS, owner_id=number)
    _insert(connection, t.rules, ACCOUNTS, id=number, owner_id=number, name="r", enabled=True)
    _insert(connection, t.changes, ACCOUNTS, id=number, owner_id=number)
    _insert(connection, t.jobs, JOBS, **of, **_job(number, account, now))
    _insert(
        connection, t.messages, DEEDS // 2,
        id=number, **of, match_key=cast(_joined(number), LargeBinary), sort_at=now,
    )  # fmt: skip
    _insert(
        connection, t.rule_waits, DEEDS // 2,
        account_id=account, message_id=number, not_before=(number % 30 - 10) * DAY + now,
    )  # fmt: skip
    _insert(
        connection, t.outbox, DEEDS,
        **of, change_id=account, message_id=number % (DEEDS // 2) + 1, data="{}", kind="add_keyword",
        decided_by="rule", state=case((number % 500 == 0, "waiting"), else_="delivered"),
    )  # fmt: skip


def _job(number: Any, account: Any, now: int) -> dict[str, Any]:
    """The columns of the jobs of a month: they have ended, but for the last twenty."""
    at = (number - JOBS) * (30 * DAY // JOBS) + now
    kinds = {index: kind for index, kind in enumerate(("run", "deliver", "process", "apply_rules"))}
    is_late = number > JOBS - 20
    state = case(
        (is_late & (number % 4 == 0), "running"), (is_late, "queued"), (number % 1000 == 0, "quarantined"), else_="done"
    )
    return {
        "kind": case(kinds, value=number // ACCOUNTS % 4),
        "resource": _joined("account:", account, ":", case((is_late, cast(number, String)), else_="")),
        "state": state,
        "finished_at": case((is_late, None), else_=at),
        "not_before": at,
        "created_at": at,
    }


def _joined(*parts: Any) -> Any:
    words = [literal(part) if isinstance(part, str) else cast(part, String) for part in parts]
    return reduce(add, words)


def _insert(connection: Connection, table: Any, many: int, **columns: Any) -> None:
    """Insert rows of the numbers from one, with nothing in the columns that are left out and must hold something."""
    empty = {
        column.name: getattr(column.type, "impl", column.type).python_type()
        for column in table.columns
        if not column.nullable and column.server_default is None and column.name != "id"
    }
    values = {
        name: value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in (empty | columns).items()
    }
    rows = select(*values.values()).where(_numbers.c.number <= many)
    connection.execute(insert(table).from_select(list(values), rows))


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
        number = _numbers.c.number
        for owners in (10, ACCOUNTS):  # of ten owners, and of as many as there are jobs
            _insert(
                connection, t.jobs, 2_000,
                owner_id=number % owners + 1, account_id=None, kind="process",
                resource=_joined(number + JOBS * (1 if owners == 10 else 2)), state="queued", not_before=now,
                created_at=now,
            )  # fmt: skip
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
