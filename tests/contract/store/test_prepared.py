"""Statements that are handed to the driver: the same answers, errors and followers as by way of SQLAlchemy."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, bindparam, column, event, insert, select, table, text
from sqlalchemy.exc import DBAPIError

from mailhelper_core.errors import ConfigError, InvalidError, SchemaError
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import Store

OWNERS = ("ada", "o'brien", "größe 100 %", "eve")
_o = t.owners.c
STATEMENT = (
    select(_o.id, _o.key, _o.created_at, _o.key == "ada")
    .where(among(_o.key, "keys"), _o.id.in_(range(1, 4)), _o.key != "eve")
    .order_by(_o.id)
)
MISSING = table("no_such_table", column("id"))


@pytest.fixture(autouse=True)
def owners(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(t.owners), [{"key": key, "created_at": 2**40} for key in OWNERS])


def test_it_answers_the_same_every_time(store: Store) -> None:
    prepared = Prepared(STATEMENT)

    with store.read() as connection:
        for keys in (OWNERS, OWNERS[1:], (), ["nobody"], OWNERS):
            expected = connection.execute(STATEMENT, {"keys": keys}).all()
            found = prepared.rows(connection, {"keys": keys, "of": "no parameter of it"})
            assert [tuple(row) for row in found] == [tuple(row) for row in expected]

    assert len(found) == 3


def test_who_follows_statements_is_told_of_it(store: Store) -> None:
    prepared, said = Prepared(STATEMENT), []
    with store.read() as connection:
        prepared.rows(connection, {"keys": OWNERS})
        prepared.rows(connection, {"keys": OWNERS})
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))

    with store.read() as connection:
        prepared.rows(connection, {"keys": OWNERS})

    assert [one for one in said if "SELECT" in one and "owners" in one]


def test_a_connection_without_a_transaction_begins_one(store: Store) -> None:
    prepared = Prepared(STATEMENT)
    for _ in range(2):
        with store.engine.connect() as connection:
            assert len(prepared.rows(connection, {"keys": OWNERS})) == 3
            assert connection.in_transaction()


@pytest.mark.parametrize("earlier", [0, 1, 2])
def test_errors_are_those_of_sqlalchemy(store: Store, earlier: int) -> None:
    prepared = Prepared(select(MISSING.c.id))
    for _ in range(earlier):
        with pytest.raises(DBAPIError, match="no_such_table"), store.engine.connect() as connection, connection.begin():
            prepared.rows(connection, {})

    with pytest.raises(SchemaError), store.read() as connection:
        prepared.rows(connection, {})


def test_a_number_that_no_database_holds_is_refused(store: Store) -> None:
    prepared = Prepared(select(_o.id).where(_o.id == bindparam("id", type_=BigInt)))
    with store.read() as connection:
        prepared.rows(connection, {"id": 1})

    with pytest.raises(InvalidError), store.read() as connection:
        prepared.rows(connection, {"id": 2**70})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost_is_said_and_the_next_one_works(store: Store) -> None:
    prepared = Prepared(STATEMENT)
    for _ in range(2):
        with store.read() as connection:
            prepared.rows(connection, {"keys": OWNERS})

    with pytest.raises(ConfigError) as caught, store.read() as connection:
        _asked_of_a_lost_one(prepared, store, connection)

    assert (caught.value.code, caught.value.transient) == ("database_unreachable", True)
    with store.read() as connection:
        assert len(prepared.rows(connection, {"keys": OWNERS})) == 3


def _asked_of_a_lost_one(prepared: Prepared, store: Store, connection: Connection) -> None:
    lost = connection.scalar(text("SELECT pg_backend_pid()"))
    with store.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})
    prepared.rows(connection, {"keys": OWNERS})
