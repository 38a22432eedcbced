"""What a month has taken: right whoever wrote the rows and however they ended, and read without reading the month."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select, text

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t
from mailhelper_core.store.egress import ledger, spending
from mailhelper_core.store.egress.ledger import Call
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

everywhere = pytest.mark.parametrize("url", ["sqlite_database", "postgres_database"], indirect=True)
CALL = Call(1, 1, "classify", "local", "m", "none", "", 1, {}, 30, 70, 0)
OLD = {name: getattr(CALL, name) for name in Call.__slots__} | {"redactions": "{}"}
_l = t.egress_log.c


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def owner(url: str, clock: Clock) -> Iterator[OwnerStore]:
    with MailHelper(url, key=b"k" * 32, clock=clock) as helper:
        helper.migrate()
        yield helper.for_owner("ada").egress.gate.owner


def _filled(uow: UnitOfWork, count: int, **more: Any) -> None:
    """Write rows as programs do that know of no sum."""
    row = OLD | {"owner_id": uow.owner_id, "outcome": "answered", "created_at": uow.now} | more
    uow.connection.execute(insert(t.egress_log), [row] * count)


def _opened(owner: OwnerStore) -> int:
    with owner.begin() as uow:
        return ledger.open_call(uow, CALL)


def _closed(owner: OwnerStore, call_id: int, tokens: tuple[int, int], cost: int = 0) -> None:
    with owner.begin() as uow:
        ledger.close_call(uow, call_id, "answered", model="m", tokens=tokens, cost=cost)


def _spent(owner: OwnerStore) -> tuple[int, int]:
    with owner.read() as uow:
        now = ledger.budget(uow)
    return now.spent_tokens, now.spent_cost


def _summed(owner: OwnerStore) -> tuple[int, int]:
    """Answer the same from every row of the month."""
    with owner.read() as uow:
        month = datetime.fromtimestamp(uow.now / 1_000_000, UTC).replace(day=1, hour=0, minute=0, second=0)
        mine = (_l.owner_id == uow.owner_id, _l.created_at >= month.timestamp() * 1_000_000)
        row = uow.connection.execute(select(func.sum(_l.tokens_in + _l.tokens_out), func.sum(_l.cost)).where(*mine))
        return tuple(int(value or 0) for value in row.one())  # type: ignore[return-value]


@everywhere
def test_a_call_reads_the_rows_since_the_sum_and_not_the_month(owner: OwnerStore) -> None:
    with owner.begin() as uow:
        _filled(uow, 3_000)
    for _ in range(2):  # the first one sums them
        _closed(owner, _opened(owner), (1, 1))
    with owner.store.begin() as connection:
        connection.execute(text("ANALYZE"))

    read, asked = _rows_read(owner)

    assert asked
    assert read < 50
    assert _spent(owner) == _summed(owner) == (300_004, 0)


def _rows_read(owner: OwnerStore) -> tuple[int, list[str]]:
    """Answer how many rows of the ledger the database looks at for a budget, and the statements."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Connection, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if "egress_log" in statement:
            asked.append((statement, parameters))

    with owner.read() as uow:
        event.listen(uow.connection, "before_cursor_execute", note)
        driver: Any = uow.connection.connection.dbapi_connection
        if uow.connection.dialect.name == "sqlite":
            steps: list[None] = []
            driver.set_progress_handler(lambda: steps.append(None), 10)  # less than one row takes
            ledger.budget(uow)
            driver.set_progress_handler(None, 0)
            return len(steps), [one for one, _ in asked]
        ledger.budget(uow)
        plans = [
            json.dumps(driver.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {one}", values).fetchone()[0])
            for one, values in list(asked)
        ]
    return sum(_scanned(json.loads(plan)[0]["Plan"]) for plan in plans), [one for one, _ in asked]


def _scanned(node: dict[str, Any]) -> int:
    rows = node.get("Rows Removed by Filter", 0) + node["Actual Rows"] if "Relation Name" in node else 0
    return int(rows) + sum(map(_scanned, node.get("Plans", ())))


@everywhere
@pytest.mark.parametrize("seed", [7])
def test_the_sum_is_that_of_every_row_whoever_wrote_it_and_when(
    owner: OwnerStore, clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "MOST_READ", 3)
    monkeypatch.setattr(ledger, "DEFAULT_LIMIT_TOKENS", 10**9)
    chance = random.Random(seed)
    running: list[tuple[datetime, int]] = []

    for _ in range(70):
        running = [one for one in running if clock.now < one[0] + timedelta(days=1)]  # later ends are never written
        match chance.randrange(6):
            case 0 | 1:
                running.append((clock.now, _opened(owner)))
            case 2 | 3 if running:
                _, call_id = running.pop(chance.randrange(len(running)))
                # With more than was thought, as services may tell.
                _closed(owner, call_id, (chance.randrange(500), 7), chance.randrange(9))
            case 4:
                ahead = timedelta(hours=chance.choice([0, 0, 0, 700]))
                with owner.begin() as uow:
                    _filled(uow, chance.randrange(1, 4), created_at=uow.now + ahead // timedelta(microseconds=1))
            case _:
                clock.now += timedelta(hours=chance.choice([1, 2, 5, 20, -1, 300]))
        assert _spent(owner) == _summed(owner)

    with owner.read() as uow:
        through = uow.connection.scalar(select(t.egress_owners.c.summed_through))
    assert through, "no row ever went into the sum"


@everywhere
def test_a_call_that_runs_holds_the_sum_until_its_end_is_written_or_a_day_is_over(
    owner: OwnerStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "MOST_READ", 1)

    def through() -> int:
        with owner.read() as uow:
            return int(uow.connection.scalar(select(t.egress_owners.c.summed_through)) or 0)

    first = _opened(owner)
    second = _opened(owner)
    _closed(owner, second, (5, 5))
    _closed(owner, _opened(owner), (5, 5))

    assert through() < first
    assert _spent(owner) == (120, 0)
    _closed(owner, first, (400, 0))
    last = _opened(owner)
    assert second <= through() < last
    assert _spent(owner) == (520, 0)
    clock.now += timedelta(days=2)
    _opened(owner)
    assert through() >= last, "whose program was killed has no end"
