"""A damaged row is erased like any other, and keeps none of the rest back."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t
from tests.contract.transfer.house import CANARY, canaries, rows_of

DAMAGED = ["", '{"to": 7}', "x" * 100, "[" * 100_000]


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: text[:12] + str(len(text)))
@pytest.mark.parametrize("column", ["addresses", "facts"])
def test_a_damaged_row_is_erased_with_all_else(house: MailHelper, database_url: str, column: str, text: str) -> None:
    with house._wiring.store.begin() as connection:
        ada = select(t.owners.c.id).where(t.owners.c.key == CANARY).scalar_subquery()
        ids = connection.scalars(select(t.messages.c.id).where(t.messages.c.owner_id == ada)).all()
        damaged = update(t.messages).where(t.messages.c.id.in_(ids[::3]))
        connection.execute(damaged.values({column: text + (CANARY if text.startswith("x") else "")}))
    bob = rows_of(database_url, owner="bob")

    report = house.for_owner(CANARY).erase()

    assert report.messages == 13
    assert canaries(database_url, CANARY) == []
    assert set(rows_of(database_url, owner=CANARY).values()) == {0}
    assert rows_of(database_url, owner="bob") == bob
