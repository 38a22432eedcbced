"""What PostgreSQL's planner has noted of an erased owner's rows: samples of words, which it shows in `pg_stats`."""

from __future__ import annotations

import logging

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailhelper_core.errors import BusyError, MailHelperError
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import wait_at_most
from mailhelper_core.store.faults import ROW_LOCKED
from mailhelper_core.store.moving.blank import BlankRows, is_heard
from mailhelper_core.store.unit_of_work import Store

logger = logging.getLogger("mailhelper.store")

# A table that is in use for longer keeps its notes until its next ANALYZE, or the next erasing.
WAIT_SECONDS = 2.0
# Who changes a table waits until nobody reads it, and all who come meanwhile wait behind: shortly, and twice.
CHANGE_WAIT_SECONDS = 0.2
# Columns whose notes can be words: numbers and moments are left alone, and so is what foreign keys refer to.
_NOTED = text(
    """
    SELECT quote_ident(s.schemaname) || '.' || quote_ident(s.tablename) AS name, quote_ident(s.attname) AS noted,
        format_type(a.atttypid, a.atttypmod) || COALESCE(
            (SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(o.collname)
            FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE o.oid = a.attcollation), ''
        ) AS type
    FROM pg_stats s
    JOIN pg_attribute a ON a.attname = s.attname
        AND a.attrelid = (quote_ident(s.schemaname) || '.' || quote_ident(s.tablename))::regclass
    JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND s.tablename LIKE :prefix AND s.schemaname = COALESCE(:schema, current_schema())
        AND a.atttypid NOT IN ('int4'::regtype, 'int8'::regtype, 'bool'::regtype, 'float8'::regtype)
    ORDER BY 1, 2
    """
)

# Columns of which samples can be seen; of a single row there are none.
_TELLING = text(
    """
    SELECT quote_ident(attname) FROM pg_stats
    WHERE quote_ident(schemaname) || '.' || quote_ident(tablename) = :name
        AND (most_common_vals IS NOT NULL OR histogram_bounds IS NOT NULL OR most_common_elems IS NOT NULL)
    """
)


def forget(store: Store) -> None:
    """Let the planner sample anew the tables that hold texts: what is gone is in no sample any more."""
    noted: dict[str, list[tuple[str, str]]] = {}
    with store.read() as connection:
        schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
        given = {"prefix": t.PREFIX.replace("_", r"\_") + "%", "schema": schema}
        for name, column, kind in connection.execute(_NOTED, given):
            noted.setdefault(name, []).append((column, kind))
    for name, columns in noted.items():
        _forget_of(store, name, columns)


def _forget_of(store: Store, name: str, columns: list[tuple[str, str]]) -> None:
    try:
        _sample(store, name, columns)
    except MailHelperError as exc:  # in use, or another role's
        _say(name, columns, exc.code)
    except DBAPIError as exc:  # what a view or a trigger of the host's names cannot be changed
        if not _sample_blank(store, name, columns):
            _change_each(store, name, columns, type(exc).__name__)


def _change_each(store: Store, name: str, columns: list[tuple[str, str]], problem: str) -> None:
    if len(columns) == 1:
        _say(name, columns, problem)
        return
    for one in columns:  # what is beside it can be changed
        try:
            _change(store, name, [one])
        except (MailHelperError, DBAPIError) as exc:
            _say(name, [one], exc.code if isinstance(exc, MailHelperError) else type(exc).__name__)


def _sample_blank(store: Store, name: str, columns: list[tuple[str, str]]) -> bool:
    """Let the planner sample a row that says nothing, and say whether it did: of many dead ones it may see none."""
    schema, _, short = name.rpartition(".")
    table = t.metadata.tables.get(short.strip('"'))
    try:
        with store.begin() as connection:
            wait_at_most(connection, WAIT_SECONDS)
            if table is None or is_heard(connection, table, schema):
                return False
            rows = BlankRows(connection)
            rows.insert(table)
            connection.exec_driver_sql(f"ANALYZE {name}")
            rows.remove()
            left = set(connection.scalars(_TELLING, {"name": name}))
    except (MailHelperError, DBAPIError):
        return False
    return not left & {column for column, _ in columns}


def _sample(store: Store, name: str, columns: list[tuple[str, str]]) -> None:
    with store.begin() as connection:
        wait_at_most(connection, WAIT_SECONDS)
        if connection.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM {name})").scalar():  # noqa: S608 - quoted above
            connection.exec_driver_sql(f"ANALYZE {name}")
            return
    try:
        _change(store, name, columns)
    except BusyError as exc:
        if exc.code != ROW_LOCKED:
            raise
        _change(store, name, columns)  # behind those who came meanwhile


def _change(store: Store, name: str, columns: list[tuple[str, str]]) -> None:
    # ANALYZE leaves what it knows of a table that has become empty. A column that is given its own type, which writes
    # no row and no index anew, is known nothing of.
    changes = ", ".join(f"ALTER COLUMN {column} TYPE {kind}" for column, kind in columns)
    with store.begin() as connection:
        wait_at_most(connection, CHANGE_WAIT_SECONDS)
        connection.exec_driver_sql(f"ALTER TABLE {name} {changes}")


def _say(name: str, columns: list[tuple[str, str]], problem: str) -> None:
    which = ", ".join(column for column, _ in columns)
    logger.warning("what PostgreSQL has sampled of %s (%s) stays until its next ANALYZE: %s", name, which, problem)
