"""A host's own engine, set up as the how-to on embedding says, on a database that another process has migrated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from mailhelper_core import BusyError, ConfigError, MailHelper, SchemaError
from mailhelper_core.store.engine import parse_url
from mailhelper_core.store.revision import VERSION_TABLE
from mailhelper_core.store.sealed import new_key


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The host's engine; who waits for its lock is refused at once."""
    url = parse_url(database_url)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 0.1})
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(url)
    yield engine
    engine.dispose()


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@pytest.fixture
def helper(engine: Engine) -> Iterator[MailHelper]:
    """A process that has not touched the database yet."""
    helper = MailHelper(engine=engine, key=new_key())
    yield helper
    helper.close()


def test_the_first_write_of_a_process_may_join_the_hosts_transaction(helper: MailHelper, engine: Engine) -> None:
    with engine.begin() as connection:
        made = helper.for_owner("ada", connection=connection).tags.create("First")

    assert [tag.name for tag in helper.for_owner("ada").tags.list()] == [made.name]


def test_an_older_schema_is_refused_inside_the_hosts_transaction_too(helper: MailHelper, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = 'r0000'")
        ada = helper.for_owner("ada", connection=connection)
        with pytest.raises(SchemaError, match="r0000"):
            ada.tags.create("First")
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = 'r0017'")


@pytest.mark.servers
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_stricter_transaction_of_the_host_is_told_to_begin_anew(level: str, postgres_database: str) -> None:
    engine = create_engine(postgres_database, isolation_level=level)
    with MailHelper(engine=engine, key=new_key()) as helper:
        ada = helper.for_owner("ada")
        ada.tags.create("there")
        with engine.connect() as connection:
            joined = helper.for_owner("ada", connection=connection)
            assert joined.jobs.list().items == ()  # its snapshot
            asked = ada.jobs.submit("process")
            with pytest.raises(BusyError, match="again") as caught:
                joined.jobs.submit("process")
            connection.rollback()
            assert joined.jobs.submit("process").id == asked.id
    engine.dispose()

    assert (caught.value.code, caught.value.transient) == ("serialization", True)


@pytest.mark.servers
def test_a_connection_without_transactions_is_refused_in_words(postgres_database: str) -> None:
    engine = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    with MailHelper(postgres_database, key=new_key()) as helper, engine.connect() as connection:
        joined = helper.for_owner("ada", connection=connection)
        with pytest.raises(ConfigError, match="AUTOCOMMIT") as caught:
            joined.tags.create("First")
    engine.dispose()

    assert caught.value.code == "host_transaction"


@pytest.mark.servers
@pytest.mark.parametrize("call", ["submit", "list"])
def test_a_transaction_of_the_host_that_has_failed_is_said(postgres_database: str, call: str) -> None:
    engine = create_engine(postgres_database)
    with MailHelper(postgres_database, key=new_key()) as helper, engine.connect() as connection:
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql("SELECT 1/0")
        jobs = helper.for_owner("ada", connection=connection).jobs

        with pytest.raises(ConfigError, match="roll it back") as caught:
            jobs.submit("process") if call == "submit" else jobs.list()
    engine.dispose()

    assert caught.value.code == "host_transaction"


def test_a_transaction_that_began_to_read_on_sqlite_is_told_how_to_begin(sqlite_database: str) -> None:
    engine = create_engine(parse_url(sqlite_database), connect_args={"timeout": 0.1})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with MailHelper(sqlite_database) as helper, engine.connect() as connection:
        joined = helper.for_owner("ada", connection=connection)
        assert joined.tags.list() == ()
        helper.for_owner("ada").tags.create("meanwhile")
        with pytest.raises(ConfigError, match="BEGIN IMMEDIATE") as caught:
            joined.tags.create("First")
    engine.dispose()

    assert caught.value.code == "host_transaction"
