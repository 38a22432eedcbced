"""The host's own tables, in the same database as the mail: users, roles, sessions."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from sqlite3 import OperationalError
from time import sleep

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from mailhelper_core import ConfigError

# Any number that no other program on the database locks by ("mailhweb" in ASCII); the engine's ends in "help".
_ADVISORY_LOCK = 0x6D61696C68776562
# Processes that start at once on a new file; each needs some milliseconds.
WAL_TRIES = 50
# Of a database without an encoding the driver answers octets; the engine says what to do about it. Statements that are
# prepared by a connection are not known behind a pooler that gives each transaction another one.
_POSTGRES = {"client_encoding": "utf8", "prepare_threshold": None}


class Base(DeclarativeBase):
    """The declarative base of the host's tables; all are named web_*."""


def open_database(url: str) -> Engine:
    """Open the database, make the tables that are missing, and answer its engine."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        is_file = parsed.get_backend_name() == "sqlite"
        engine = create_engine(parsed, pool_pre_ping=not is_file, connect_args={} if is_file else _POSTGRES)
    except (NoSuchModuleError, ModuleNotFoundError) as exc:
        raise ConfigError("The database driver is missing: pip install 'mailhelper-web[postgres]'.") from exc
    if is_file:
        if parsed.database and not parsed.database.startswith((":memory:", "file:")):
            with suppress(OSError):  # where nothing can be made, SQLite says why
                Path(parsed.database).touch(mode=0o600)  # it holds mail
        event.listen(engine, "connect", _prepare_sqlite)
    _make_tables(engine)
    return engine


def make_session(engine: Engine) -> scoped_session:  # type: ignore[type-arg]
    """Answer a session of one request's thread."""
    return scoped_session(sessionmaker(engine, expire_on_commit=False))


def _make_tables(engine: Engine) -> None:
    """Make the tables that are missing, one process after the other: several may start on a new database."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        Base.metadata.create_all(connection)
        connection.commit()


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # A sync writes beside us: wait for its short transactions, and read while it writes.
    cursor.execute("PRAGMA busy_timeout = 10000")
    _use_wal(cursor)
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _use_wal(cursor: DBAPICursor) -> None:
    """Switch a new file to WAL; SQLite waits for no lock here, whatever the timeout (sqlite.org/wal.html)."""
    for _ in range(WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError:
            sleep(0.1)
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")
