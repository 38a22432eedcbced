"""New ids for old ones: an archive's rows get ids of this database, in the same order, and never another owner's."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table

from mailhelper_core.errors import InvalidError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value, reserve_ids
from mailhelper_core.store.moving import catalog

# How deep the JSON of a row may be; what we write is flatter, and ids that lie deeper would stay another database's.
MAX_DEPTH = 8
# How long it may be, and how many lists and objects it may have: a change to a million messages has less, and what is
# read of it fits into memory.
MAX_CHARACTERS, MAX_PARTS = 32_000_000, 2_000_000


class NewIds:
    """Which new id stands for which old one, for each table; 16 octets a row."""

    def __init__(self) -> None:
        self._old: dict[str, array[int]] = {}
        self._new: dict[str, array[int]] = {}

    def add(self, table: str, old: array[int], new: array[int]) -> None:
        """Note the ids of a table, both in ascending order."""
        self._old[table], self._new[table] = old, new

    def of(self, table: str, old: int) -> int | None:
        """Answer the new id, None for a row that the archive lacks; 0 stays 0."""
        if old == 0:
            return 0
        known = self._old.get(table, _NOTHING)
        place = bisect_left(known, old)
        return self._new[table][place] if place < len(known) and known[place] == old else None

    def up_to(self, table: str, old: int) -> int:
        """Answer the new id of the last row up to an old id, 0 before the first; below 0 the same, down from -1.

        So a model that has learned what was taken back is still known as one.
        """
        if old < 0:
            return -1 - self.up_to(table, -1 - old)
        place = bisect_right(self._old.get(table, _NOTHING), old)
        return self._new[table][place - 1] if place else 0


_NOTHING: array[int] = array("q")


def reserve(connection: Connection, table: Table, count: int) -> array[int]:
    """Draw ids that nobody else gets, for rows that other transactions insert."""
    ids = array("q", reserve_ids(connection, table, count))
    if ids and connection.dialect.name == "sqlite":
        there = connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (ids[-1], table.name))
        if there.rowcount == 0:
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, ids[-1]))
    return ids


def renumber(connection: Connection, table: Table, row: dict[str, Value], ids: NewIds) -> dict[str, Value]:
    """Answer a row with the ids of this database.

    What it refers to and the archive lacks becomes NULL, or where that cannot be, an id that no row has: foreign keys
    then refuse the row.
    """
    name = catalog.short(table)
    changed = dict(row)
    if isinstance(row.get("id"), int):
        changed["id"] = ids.of(name, _int(row["id"]))
    for column, parent in catalog.references(table).items():
        if row.get(column) is not None:
            new = ids.of(parent, _int(row[column]))
            needed = new is None and not table.c[column].nullable
            changed[column] = reserve(connection, t.metadata.tables[t.PREFIX + parent], 1)[0] if needed else new
    for column in row:
        place = f"{name}.{column}"
        if place in catalog.CURSORS:
            changed[column] = ids.up_to(catalog.CURSORS[place], _int(row[column]))
        elif place in catalog.JSON_IDS and isinstance(row[column], str):
            where = f"`{place}` of row {_int(row['id'])}" if "id" in row else f"`{place}`"
            changed[column] = renumber_json(str(row[column]), catalog.JSON_IDS[place], ids, where)
    return changed


def renumber_json(text: str, named: Mapping[str, str], ids: NewIds, where: str = "a row") -> str:
    """Answer a JSON text of its shape with the ids of this database, also those of operations that it holds as texts.

    Raises InvalidError, that says `where`, for what is no JSON, and for more or deeper JSON than there can be.
    """
    try:
        if len(text) > MAX_CHARACTERS or text.count("[") + text.count("{") > MAX_PARTS:
            raise _OddJsonError("has more than any change")
        return json.dumps(_inside(json.loads(text), named, ids, MAX_DEPTH), ensure_ascii=False)
    except _OddJsonError as exc:
        raise _damaged(where, str(exc)) from exc
    except (ValueError, RecursionError) as exc:
        raise _damaged(where, "is no JSON") from exc


class _OddJsonError(Exception):
    """This is JSON that no program of ours writes."""


def _damaged(where: str, problem: str) -> InvalidError:
    return InvalidError(f"The archive is damaged: {where} {problem}; nothing of it can be trusted.", code="archive")


def _inside(value: Any, named: Mapping[str, str], ids: NewIds, depth: int) -> Any:
    if depth == 0 and isinstance(value, dict | list):
        raise _OddJsonError(f"is nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        keys = named.get("*")
        return {
            str(ids.of(keys, int(key)) or 0) if keys and key.isdecimal() else key: (
                _named(one, key, named, ids) if key in named else _inside(one, named, ids, depth - 1)
            )
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_inside(one, named, ids, depth - 1) for one in value]
    return value


def _named(value: Any, key: str, named: Mapping[str, str], ids: NewIds) -> Any:
    if named[key] != catalog.OPERATIONS:
        return _id(value, named[key], ids)
    return [[kind, _operation(text, named, ids)] for kind, text in value or ()]


def _operation(text: str, named: Mapping[str, str], ids: NewIds) -> str:
    """Answer the fields of an operation; what a plugin or an owner has written into one stays as it is."""
    fields = json.loads(text)
    changed = {key: _id(one, named[key], ids) if key in named else one for key, one in fields.items()}
    return text if changed == fields else json.dumps(changed, ensure_ascii=False)


def _id(value: Any, table: str, ids: NewIds) -> Any:
    if isinstance(value, list):
        return [new for one in value if (new := _item(one, table, ids)) is not None]
    return (ids.of(table, value) or 0) if isinstance(value, int) else value


def _item(one: Any, table: str, ids: NewIds) -> Any:
    """Answer an item of a list of ids, or of lists that begin with one; None for a row that the archive lacks."""
    if isinstance(one, list) and one and isinstance(one[0], int):
        new = ids.of(table, one[0])
        return None if new is None else [new, *one[1:]]
    return ids.of(table, one) if isinstance(one, int) else one


def _int(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0
