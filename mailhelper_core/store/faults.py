"""Driver errors of both databases, translated once into mailhelper's tree, by code and never by text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from mailhelper_core.errors import BusyError, ConfigError, ConflictError, InvalidError, MailHelperError, SchemaError

# A value that the database cannot hold: the rows without it can be stored.
UNFIT = "value"
ROW_LOCKED = "row_locked"
NO_CONNECTION = "no_connection"
STATEMENT_TIMEOUT = "statement_timeout"
# Who met these has waited as long as it may.
WAITED_FOR = frozenset({ROW_LOCKED, NO_CONNECTION, STATEMENT_TIMEOUT})
# The host's transaction is not one that we can join.
HOST_TRANSACTION = "host_transaction"
_UNFIT = "The database cannot hold this value."
_NO_WAY_IN = (
    "The database server cannot be reached, or does not let us in; check host, port, user, password, "
    "and whether there is a database of this name."
)
_POOLED = (
    "A pooler before the database has changed the session, which knows no prepared statement of ours, or has it; "
    "make your engine with connect_args={'prepare_threshold': None}, as ours is."
)
_NO_CONNECTION = "All connections of this process to the database are in use; give it a larger pool, or fewer threads."

# SQLite primary result codes (sqlite.org/rescode.html) and SQLSTATE classes (PostgreSQL appendix A).
_SQLITE: dict[str, MailHelperError] = {
    "SQLITE_BUSY": BusyError("The database is locked by another writer.", code="database_locked"),
    "SQLITE_LOCKED": BusyError("The database is locked by another writer.", code="database_locked"),
    "SQLITE_FULL": ConfigError("The disk is full; free some space, then try again.", code="disk_full"),
    "SQLITE_IOERR": ConfigError("The disk refused to read or write the database.", code="disk"),
    "SQLITE_READONLY": ConfigError("The database is read-only; check the file's permissions.", code="read_only"),
    "SQLITE_PERM": ConfigError("The database may not be written; check its permissions.", code="read_only"),
    "SQLITE_CANTOPEN": ConfigError("The database file cannot be opened; may we write there?", code="database_file"),
    "SQLITE_CORRUPT": ConfigError("The database file is damaged; restore a backup.", code="database_damaged"),
    "SQLITE_TOOBIG": InvalidError(_UNFIT, code=UNFIT),
    "SQLITE_NOTADB": ConfigError("The file is not a SQLite database.", code="database_file"),
}
_POSTGRES: dict[str, MailHelperError] = {
    "54000": InvalidError(_UNFIT, code=UNFIT),
    "53100": ConfigError("The database server's disk is full.", code="disk_full"),
    # It may have become a standby a moment ago, and another server takes what is written.
    "25006": ConfigError("The database is read-only.", code="read_only", transient=True),
    "42P01": SchemaError("A table is missing."),
    "3D000": ConfigError("The database does not exist; create it first.", code="database_missing"),
    "42501": ConfigError("The database role lacks a permission.", code="database_permission"),
    "25P01": ConfigError(
        "The host's connection is in AUTOCOMMIT mode and has no transaction to join; begin one first.",
        code=HOST_TRANSACTION,
    ),
    "25P02": ConfigError(
        "The transaction has failed before, and takes nothing more; roll it back, and begin it anew.",
        code=HOST_TRANSACTION,
    ),
    "26000": ConfigError(_POOLED, code="prepared_statement"),
    "42P05": ConfigError(_POOLED, code="prepared_statement"),
    "40P01": BusyError("The database ended this transaction to break a deadlock.", code="deadlock"),
    "40001": BusyError("The database asks to repeat this transaction.", code="serialization"),
    "57014": BusyError("The database ended a statement that took longer than it allows.", code=STATEMENT_TIMEOUT),
    "55P03": BusyError("A transaction that is still open, perhaps the host's own, holds this.", code=ROW_LOCKED),
}


# What the same transaction may not meet again.
_PASSING = frozenset({"disk_full", "database_unreachable", "integrity"})


@contextmanager
def translated() -> Iterator[None]:
    """Raise mailhelper's errors instead of the driver's; what has no translation passes."""
    try:
        yield
    except DBAPIError as exc:
        error = translate(exc)
        if error is None:
            raise
        raise error from exc
    except NoConnectionError as exc:
        raise BusyError(_NO_CONNECTION, code=NO_CONNECTION) from exc
    except OverflowError as exc:  # sqlite3 raises it bare, for integers beyond 64 bits
        raise InvalidError(_UNFIT, code=UNFIT) from exc


def translate(exc: DBAPIError) -> MailHelperError | None:
    """Answer a fresh error of our tree for a driver error, None where there is no translation."""
    found = _SQLITE.get(_sqlite_code(exc)) or _POSTGRES.get(_sqlstate(exc)) or _by_kind(exc)
    if found is None:
        return None
    transient = found.transient or found.code in _PASSING
    return type(found)(str(found.args[0]), code=found.code, transient=transient)


def joined_error(error: BusyError, dialect: str) -> MailHelperError:
    """Answer what to say to a host in whose transaction an error was met: only the host can begin it anew."""
    if dialect == "sqlite" and error.code == "database_locked":
        hint = "begin the host's SQLite transaction with BEGIN IMMEDIATE before passing the connection."
        return ConfigError(f"The host's connection cannot write now; {hint}", code=HOST_TRANSACTION)
    if error.code in ("serialization", "deadlock"):
        problem = "Another transaction was faster; roll the host's transaction back and run all of it again."
        return BusyError(problem, code=error.code)
    return error


def _by_kind(exc: DBAPIError) -> MailHelperError | None:
    if _sqlite_code(exc) == "SQLITE_ERROR" and "no such table" in str(exc.orig):  # SQLite has no code for it
        return SchemaError("A table is missing.")
    if isinstance(exc, DataError):
        return InvalidError(_UNFIT, code=UNFIT)
    if isinstance(exc, IntegrityError):
        return ConflictError("Another writer was faster; look again.", code="integrity")
    # 57P: shutting down, crashed, starting up; 08: the connection itself
    if exc.connection_invalidated or _sqlstate(exc).startswith(("57P", "08")):
        return ConfigError("The database server cannot be reached.", code="database_unreachable")
    if _is_psycopg(exc) and not _sqlstate(exc):  # libpq gives no SQLSTATE for a connection that was refused
        return ConfigError(_NO_WAY_IN, code="database_unreachable")
    return None


def _sqlite_code(exc: DBAPIError) -> str:
    name = str(getattr(exc.orig, "sqlite_errorname", "") or "")
    return "_".join(name.split("_")[:2])  # an extended code begins with its primary one


def _sqlstate(exc: DBAPIError) -> str:
    return str(getattr(exc.orig, "sqlstate", "") or "")


def _is_psycopg(exc: DBAPIError) -> bool:
    return type(exc.orig).__module__.startswith("psycopg") and type(exc.orig).__name__ == "OperationalError"
