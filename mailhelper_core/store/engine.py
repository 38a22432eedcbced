"""Engines: SQLite with WAL and BEGIN IMMEDIATE, PostgreSQL through psycopg 3, or the host's own engine."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from os import environ
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from mailhelper_core.errors import ConfigError
from mailhelper_core.store import tables as t
from mailhelper_core.store.schema.on_postgresql import complete

# Writers queue for this long before "locked" is said; CHOICES of the field: Django 5 s, we are batch writers too.
BUSY_TIMEOUT_SECONDS = 30
# Most pages of every index that a batch of new mail touches, of 10,000 mails; SQLite's own 2 MB read them again and
# again. With 6 MB the file is read 3 % less often while mail is stored and 16 % while it is indexed: no CPU shows it.
# A mapped file is no way out: its pages count as this process's memory, up to the whole file.
CACHE_KIB = 4_000
_WAL_RETRY_SECONDS = 0.01
READ_ONLY_SQLSTATE = "25006"
WRITE_OPTION = "mailhelper_write"
# Who asks for a job waits so long for rows of a transaction that somebody, such as the host, has left open.
SUBMIT_WAIT_SECONDS = 5.0


# What the driver itself takes of a SQLite URL. All else is SQLite's, which reads it of a URI alone; elsewhere `mode=ro`
# is dropped, and the file opened to write.
_FOR_THE_DRIVER = frozenset(
    ("cached_statements", "check_same_thread", "detect_types", "isolation_level", "timeout", "uri")
)
_YES = frozenset(("1", "on", "t", "true", "y", "yes"))

# Of a database without an encoding the driver answers octets, over which SQLAlchemy falls before anybody can say why.
# A pooler in transaction mode gives the next transaction another session, which knows nothing that this one has
# prepared. psycopg would prepare by itself from the fifth time on, and that saves nothing that can be measured here.
_CONNECTION = {"client_encoding": "utf8", "prepare_threshold": None}
# A server that is gone without a word, with its machine or its network, is given up after a minute, as a mail server
# is. libpq waits for the system: two hours for an answer, 15 minutes for what is sent. TCP asks by itself, so what a
# living server thinks about may take as long as it likes. What the URL or the environment says counts.
_GIVES_UP = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip


class _Cursor(Protocol):
    def execute(self, sql: str) -> object: ...
    def close(self) -> None: ...


def parse_url(url: str) -> URL:
    """Read a database URL; `postgresql://` means psycopg 3. Raises ConfigError for what cannot work."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise ConfigError("The database URL cannot be read; write sqlite:///mail.db or postgresql://...") from exc
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"{backend!r} is not supported; use sqlite or postgresql.")
    _check_sqlite(parsed)
    return parsed


def _check_sqlite(url: URL) -> None:
    """Raise ConfigError for a database in memory, and for what the driver would leave out without a word."""
    name = url.database or ":memory:"
    if ":memory:" in name or url.query.get("mode") == "memory":
        raise ConfigError("SQLite in memory is not supported; give a file such as sqlite:///mail.db.")
    is_uri = name.startswith("file:") and str(url.query.get("uri", "")).lower() in _YES
    asked = sorted(url.query.keys() - _FOR_THE_DRIVER)
    if not is_uri and (asked or name.startswith("file:")):
        problem = f"A SQLite URL takes {' and '.join(asked) or 'file:'} with uri=true alone: write"
        raise ConfigError(f"{problem} sqlite:///file:mail.db?mode=ro&uri=true, with the path of your file.")


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Make an engine of our own; nothing is opened yet."""
    parsed = parse_url(url)
    # Twice as many more for a moment: pages and beats at once.
    pool = {"pool_size": pool_size, "max_overflow": 2 * pool_size}
    try:
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, **pool, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
            event.listen(engine, "connect", _configure_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        complete(t.metadata)
        said = parsed.query.keys() | ({"connect_timeout"} if "PGCONNECT_TIMEOUT" in environ else set())
        unsaid = {name: value for name, value in _GIVES_UP.items() if name not in said}
        engine = create_engine(parsed, **pool, pool_pre_ping=True, connect_args=unsaid | _CONNECTION)
        event.listen(engine, "handle_error", _leave_standby)
        return engine
    except (NoSuchModuleError, ModuleNotFoundError) as exc:
        raise ConfigError("The database driver is missing: pip install 'mailhelper[postgres]'.") from exc


def _leave_standby(context: ExceptionContext) -> None:
    # A server that another has taken over answers on, and refuses to write: who stayed connected would stay with it for
    # good. New connections find the one that writes.
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY_SQLSTATE:
        context.is_disconnect = True


def require_utf8(connection: Connection) -> None:
    """Raise ConfigError for a PostgreSQL database that cannot hold all letters: Debian makes some without a locale."""
    if connection.dialect.name != "postgresql":
        return
    found = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if found != "UTF8":
        made = "createdb --encoding=UTF8 --locale=C --template=template0 NAME"
        problem = f"The database's encoding is {found}, which cannot hold mail; make another: {made}."
        raise ConfigError(problem, code="database_encoding")


def wait_at_most(connection: Connection, seconds: float) -> None:
    """Let a transaction wait so long for rows of others; SQLite has one writer, who is waited for in any case."""
    # Until the commit, for a pooler may give the same session to others next.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")


def require_schema(engine: Engine, connection: Connection) -> None:
    """Raise ConfigError when a host's connection does not look for our tables in the schema of our engine."""
    ours = engine.get_execution_options().get("schema_translate_map")
    if ours and connection.get_execution_options().get("schema_translate_map", {}).get(None) != ours[None]:
        hint = f"engine.connect().execution_options(schema_translate_map={ours!r})"
        raise ConfigError(f"This connection looks for our tables in another schema: give {hint}.", code="schema")


def release_memory(engine: Engine) -> None:
    """Give back the pages that a connection of a SQLite engine has kept; one that cannot be had now keeps them."""
    if engine.dialect.name == "sqlite":
        with suppress(SQLAlchemyError), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA shrink_memory")


def sqlite_path(engine: Engine) -> Path | None:
    """Answer the file of a SQLite engine, None for other databases."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database.removeprefix("file:"))  # a SQLite URI, such as file:mail.db?mode=ro


def check_host_engine(engine: object) -> Engine:
    """Answer the host's engine when it can be used; raise ConfigError with what to change otherwise."""
    if not isinstance(engine, Engine):
        raise ConfigError(
            f"{type(engine).__name__} is not a synchronous SQLAlchemy Engine; pass a URL or create_engine(...)."
        )
    if engine.dialect.name == "postgresql":
        if engine.dialect.driver != "psycopg":
            raise ConfigError(f"The driver {engine.dialect.driver!r} is not supported; use postgresql+psycopg.")
        complete(t.metadata)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            _check_pragmas(connection)
    return engine


def _check_pragmas(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
        raise ConfigError("The host's SQLite engine must use WAL: run PRAGMA journal_mode=WAL once on the file.")
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise ConfigError("The host's SQLite engine must set PRAGMA foreign_keys=ON on every connection.")


def close_engine(engine: Engine) -> None:
    """Close pooled connections, and what a thread has out now, or opens after this, when it comes back."""
    event.listen(engine.pool, "checkin", _close_returned)  # the pool that follows it takes the listener over
    engine.dispose()


def _close_returned(_: object, record: ConnectionPoolEntry) -> None:
    # A pool keeps what comes back, and after the end nobody closes it.
    record.close()


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own implicit BEGIN is deferred and would win over ours.
    connection.isolation_level = None
    cursor: _Cursor = connection.cursor()
    _use_wal(cursor)
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"cache_size=-{CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: _Cursor) -> None:
    # The switch of a new file does not go through SQLite's own waiting: two that open it at once are told "locked".
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_WAL_RETRY_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails with "locked", whatever the timeout.
    if connection.get_execution_options().get(WRITE_OPTION, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # It asks the file for nothing yet, and so has no error to be told; by way of SQLAlchemy it was a third of what
        # opening a reader costs.
        connection.connection.cursor().execute("BEGIN")
