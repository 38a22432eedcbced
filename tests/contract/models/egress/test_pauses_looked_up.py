"""How a pause is looked up before each call: in the provider's last calls, however many came before them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from mailhelper_core.store import tables as t
from mailhelper_core.store.egress import ledger
from mailhelper_core.store.unit_of_work import UnitOfWork
from tests.contract.models.desk import Desk

CALL = {
    "account_id": 1, "message_id": 1, "purpose": "classify", "model": "m", "level": "none", "digest": "", "octets": 1,
    "redactions": "{}", "tokens_in": 1, "tokens_out": 1, "cost": 0,
}  # fmt: skip
MILLISECOND = 1_000


def _call(uow: UnitOfWork, provider: str, count: int, *, at: int, **more: Any) -> None:
    rows = [
        CALL | {"owner_id": uow.owner_id, "provider": provider, "outcome": "answered", "created_at": at + number} | more
        for number in range(count)
    ]
    uow.connection.execute(insert(t.egress_log), rows)


@pytest.mark.parametrize("url", ["sqlite_database"], indirect=True)  # SQLite counts the steps of a statement
def test_what_it_costs_does_not_grow_with_the_calls_before(desk: Desk) -> None:
    def steps() -> int:
        counted: list[None] = []
        with desk.ada.egress.gate.owner.read() as uow:
            driver: Any = uow.connection.connection.dbapi_connection
            driver.set_progress_handler(lambda: counted.append(None), 100)
            ledger.rest_of(uow, "local")
            driver.set_progress_handler(None, 0)
        return len(counted)

    with desk.ada.egress.gate.owner.begin() as uow:
        _call(uow, "local", 2_000, at=uow.now - 1_000 * MILLISECOND)
    few = steps()
    with desk.ada.egress.gate.owner.begin() as uow:
        _call(uow, "local", 10_000, at=uow.now - 2_000 * MILLISECOND)

    assert 0 < steps() < 2 * few


def test_neither_calls_under_way_nor_those_of_others_hide_a_pause(desk: Desk) -> None:
    with desk.ada.egress.gate.owner.begin() as uow:
        end = uow.now + 900 * 1_000 * MILLISECOND
        _call(uow, "local", 1, at=uow.now - 900 * MILLISECOND, outcome="throttled", not_before=end)
        _call(uow, "local", 900, at=uow.now - 800 * MILLISECOND)
        _call(uow, "paid", 3_000, at=uow.now - 700 * MILLISECOND)

    with desk.ada.egress.gate.owner.read() as uow:
        assert 800 < ledger.rest_of(uow, "local") <= 900
        assert ledger.rest_of(uow, "paid") == 0
