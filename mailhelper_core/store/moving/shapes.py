"""What may stand in an archive's rows: words of the lists, and JSON of its shape; else whoever reads it would fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, get_type_hints

from sqlalchemy import Table

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.ai.reply import TONES
from mailhelper_core.model.mail.message import MailFacts
from mailhelper_core.model.work.operation import OPERATION_TYPES
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value
from mailhelper_core.store.moving import catalog, vocabulary
from mailhelper_core.store.moving.ids import MAX_CHARACTERS, MAX_PARTS

# A type; a tuple of shapes, for a list of so many; a list of one shape, for a list of such; a dict, for an object with
# such values: under "*" those of all its keys, else of the keys that are named, which may be missing or null.
Shape = Any
_ANY = object
_FACTS: Shape = {one.name: _ANY if one.default is None else type(one.default) for one in fields(MailFacts)}
# "table.column" -> its shape
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "accounts.options": {"*": str},
        "accounts.policy": {
            "include": [str], "exclude": [str], "since": int, "window_days": int, "size_cap_bytes": int,
            "poll_seconds": int,
        },
        "accounts.sayers": {"*": int},
        "messages.addresses": {"*": [(str, str)]},
        "messages.facts": {**_FACTS, "in_reply_to": str, "references": [str], "problems": [str]},
        "opinions.reasons": [str],
        "rule_revisions.then_json": [(str, str | int, {"*": str | int})],
        "rule_hits.trace": [(str, str, bool)],
        "egress_log.redactions": {"*": int},
        "changes.data": {"undoes": int, "corrections": list},
        "events.data": {},
        "outbox.data": {},
        "outbox.inverse": {"operations": [(str, str)], "assigned": {}},
        "outbox.decided_on": {"*": int},
        "outbox.decided_keywords": [str],
        "outbox.intent": {},
    }
)  # fmt: skip
# What the fields of operations may be where there is a list of it.
_LEVELS = (None, 0, 1, 2, 3)
_WORDS: Mapping[str, tuple[Any, ...]] = MappingProxyType({"tone": TONES, "urgency": _LEVELS, "importance": _LEVELS})


def check(table: Table, row: Mapping[str, Value], line: int) -> None:
    """Raise InvalidError, that names the place, for a row of an archive that nobody could read; lines count from 1."""
    name = catalog.short(table)
    if wrong := vocabulary.problem(table, row):
        raise _damaged(name, wrong[0], row, line, wrong[1])
    found: dict[str, Any] = {}
    for column, text in row.items():
        shape = SHAPES.get(f"{name}.{column}")
        if shape is None or text is None:
            continue
        text = str(text)
        if len(text) > MAX_CHARACTERS or text.count("[") + text.count("{") > MAX_PARTS:
            raise _damaged(name, column, row, line)
        try:
            found[column] = json.loads(text)
        except (ValueError, RecursionError) as exc:
            raise _damaged(name, column, row, line) from exc
        if not fits(found[column], shape):
            raise _damaged(name, column, row, line)
    if table is t.outbox:
        _check_operations(row, found, line)


def fits(value: Any, shape: Shape) -> bool:
    """Say whether what was read of JSON has a shape."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            (one is None and "*" not in shape) or fits(one, shape.get("*", shape.get(key, _ANY)))
            for key, one in value.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, tuple):
        parts = zip(value, shape, strict=True) if isinstance(value, list) and len(value) == len(shape) else None
        return parts is not None and all(fits(one, its) for one, its in parts)
    return isinstance(value, shape)


def _check_operations(row: Mapping[str, Value], found: Mapping[str, Any], line: int) -> None:
    if not _is_operation(row.get("kind"), found.get("data", {})):
        raise _damaged("outbox", "data", row, line)
    for kind, text in found.get("inverse", {}).get("operations") or ():
        try:
            is_one = _is_operation(kind, json.loads(text))
        except (ValueError, RecursionError):
            is_one = False
        if not is_one:
            raise _damaged("outbox", "inverse", row, line)
    if not all(key.isdecimal() for key in found.get("decided_on", {})):
        raise _damaged("outbox", "decided_on", row, line)


def _is_operation(kind: Value, data: Any) -> bool:
    """Say whether an operation can be made of its fields, but for the message."""
    made = OPERATION_TYPES.get(str(kind))
    if made is None or not isinstance(data, dict):
        return False
    known = get_type_hints(made)
    try:
        made(0, **data)
    except TypeError:
        return False
    return all(isinstance(value, known[name]) and value in _WORDS.get(name, (value,)) for name, value in data.items())


def _damaged(
    name: str, column: str, row: Mapping[str, Value], line: int, problem: str = "not what is kept there"
) -> InvalidError:
    of_row = f" of row {row['id']!r}" if "id" in row else ""
    where = f"`{name}.{column}`{of_row} is {problem} (line {line} of tables/{name}.jsonl)"
    return InvalidError(f"The archive is damaged: {where}; nothing of it can be trusted.", code="archive")
