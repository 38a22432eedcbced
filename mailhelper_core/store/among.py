"""`column IN (these values)` as one parameter, however many there are: a statement is built and prepared once.

SQLAlchemy writes an expanding IN anew for every execution, which was a fifth of what the summaries of fifty messages
cost and a third of the details of one; the driver then prepares a statement for each number of values.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    TypeDecorator,
    bindparam,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Values(TypeDecorator[Any]):
    """Several values as one parameter: an array, or JSON where the database has none."""

    impl = Text
    cache_ok = True

    def __init__(self, item: type[BigInteger | Text]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Take what the database has."""
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[int | str] | None, dialect: Dialect) -> Any:
        """Write the values."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _Among(FunctionElement[bool]):
    """The comparison; its clauses are the column and the parameter."""

    type = Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: Any = None) -> Any:
        """Stand as it is: what is compared with true once more, SQLite answers by no index."""
        return self


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Ask whether a column's value is one of those that the parameter `name` holds."""
    item = BigInteger if isinstance(column.type, Integer) else Text
    return _Among(column, bindparam(name, type_=_Values(item)))


def constants(names: Iterable[str]) -> list[ColumnClause[str]]:
    """Write names of our own into a statement, which never change: letters, digits, `_` and `-`."""
    return [literal_column(f"'{name}'", Text) for name in names]


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - two clauses, compiled


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: Any, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY ({values})"
