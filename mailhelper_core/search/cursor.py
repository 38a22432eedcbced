"""The opaque cursor of a page: where it ended, bound to its query and sort order."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.store.search.find import Key

# A cursor is a line of a URL; what is longer is none of ours.
_MAX_LENGTH = 2_000
# Letters as they are: escaped, an address of others than ASCII ones would be too long.
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """now: the moment ages are counted from, the same on every page. key: the last item's place in the order.

    Ranked pages: up_to_id bounds the set that is ranked again for every page, rank is the last item's.
    """

    now: int
    key: Key | None = None
    up_to_id: int | None = None
    rank: tuple[int, ...] | None = None


def write_cursor(cursor: Cursor, query: str, sort: str) -> str:
    """Answer the cursor as text that belongs to this query and sort alone."""
    packed = _JSON.encode([_digest(query, sort), cursor.now, cursor.key, cursor.up_to_id, cursor.rank])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(text: str, query: str, sort: str) -> Cursor:
    """Answer the cursor. Raises InvalidError when it is damaged or was made for another query or sort."""
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        digest, now, key, up_to_id, rank = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        cursor = Cursor(_int(now), _key(key), None if up_to_id is None else _int(up_to_id), _rank(rank))
    except (ValueError, TypeError, binascii.Error, RecursionError) as exc:
        raise InvalidError("This cursor is damaged; begin at the first page.", code="cursor") from exc
    if digest != _digest(query, sort):
        raise InvalidError("This cursor belongs to another query or sort order.", code="cursor")
    return cursor


def _int(value: object) -> int:
    # The databases hold 64 bits; datetime ends before 2^58 microseconds.
    if not isinstance(value, int) or not -(2**57) < value < 2**57:
        raise ValueError
    return value


def _key(value: object) -> Key | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise ValueError
    return tuple(part if isinstance(part, str) else _int(part) for part in value)


def _rank(value: object) -> tuple[int, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError
    return tuple(map(_int, value))


def _digest(query: str, sort: str) -> str:
    return hashlib.sha256(f"{sort}\n{query}".encode("utf-8", "replace")).hexdigest()[:16]
