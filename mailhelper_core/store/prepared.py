"""Statements that every page asks: compiled once for a database, and handed to its driver.

SQLAlchemy looks a compiled statement up by all of its parts, and makes a context and a result for each execution: for a
few rows by their ids this takes twice as long as SQLite itself, and a page asks a dozen such questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as a driver takes it; values are written by its types."""

    sql: str
    fixed: Values
    writers: Mapping[str, Callable[[Any], Any]]
    order: Sequence[str] | None  # of the parameters, where the driver takes them by place

    def parameters(self, values: Values) -> Any:
        given = {**self.fixed, **values}
        for name, write in self.writers.items():
            given[name] = write(given[name])
        return given if self.order is None else [given[name] for name in self.order]


class Prepared:
    """A statement that only the values of its parameters change."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._is_new = True
        self._ready: dict[tuple[str, str, str | None], _Ready] = {}

    def rows(self, connection: Connection, values: Values) -> Sequence[Any]:
        """Answer all rows, their values as the driver has them: a truth of SQLite's is 0 or 1."""
        # SQLAlchemy begins the transaction of a host's connection, and tells those who listen. It need not compile what
        # is asked only once, where it has compiled the like.
        if self._is_new or not connection.in_transaction() or _is_followed(connection):
            self._is_new = False
            return connection.execute(self._statement, dict(values)).all()
        ready = self._for(connection, values)
        given, cursor = ready.parameters(values), connection.connection.cursor()
        try:
            cursor.execute(ready.sql, given)
            return cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as exc:
            error = connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(ready.sql, given, exc, error, dialect=connection.dialect) from exc
        finally:
            cursor.close()

    def _for(self, connection: Connection, values: Values) -> _Ready:
        dialect = connection.dialect
        schemas = connection.get_execution_options().get("schema_translate_map")
        key = (dialect.name, dialect.paramstyle, (schemas or {}).get(None))
        found = self._ready.get(key)
        if found is None:
            found = self._ready[key] = _ready(self._statement, connection, values, schemas)
        return found


def _is_followed(connection: Connection) -> bool:
    """Say whether somebody hears of each statement, such as a tracer, or changes it."""
    told: Any = connection.dispatch
    return bool(told.before_cursor_execute or told.before_execute)


def _ready(statement: Select[Any], connection: Connection, values: Values, schemas: Any) -> _Ready:
    more: dict[str, Any] = {"schema_translate_map": schemas, "render_schema_translate": True} if schemas else {}
    compiled: Any = statement.compile(dialect=connection.dialect, **more)
    writers = {
        name: write
        for name, bind in compiled.binds.items()
        if (write := bind.type.dialect_impl(connection.dialect).bind_processor(connection.dialect))
    }
    # With lists written out: they are part of the statement here.
    state = compiled.construct_expanded_state(dict(values))
    known = {name: write for name, write in writers.items() if name in state.parameters} | state.processors
    return _Ready(state.statement, state.parameters, known, state.positiontup)
