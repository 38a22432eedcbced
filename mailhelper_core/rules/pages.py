"""Plans in pages: where a page ended, as an opaque cursor bound to the rules and to what was asked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.rules.batches import Position
from mailhelper_core.store.mind.rules import StoredRule

# A cursor is a line of a URL; what is longer is none of ours.
_MAX_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class PlanCursor:
    """now: the moment ages are counted from, the same on every page. destructive: how much of the cap is used up."""

    now: int
    destructive: int
    at: Position


def bound_to(asked: tuple[object, ...], rules: Iterable[StoredRule]) -> str:
    """Answer what a cursor belongs to: with other rules a plan would go on as another one.

    asked: all else that decides the plan. When a schedule comes next decides nothing, and changes by itself.
    """
    stood = [(replace(one.rule, next_run_at=None), one.revision_id) for one in rules]
    return hashlib.sha256(repr((asked, stood)).encode("utf-8", "replace")).hexdigest()[:16]


def write_cursor(cursor: PlanCursor, binding: str) -> str:
    """Answer the cursor as text."""
    packed = json.dumps([binding, cursor.now, cursor.destructive, *cursor.at], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[str, PlanCursor]:
    """Answer what the cursor belongs to, and the cursor. Raises InvalidError when it is damaged."""
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        binding, *numbers = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        now, destructive, first, second = map(_int, numbers)
    except (ValueError, TypeError, binascii.Error, RecursionError) as exc:
        raise InvalidError("This cursor is damaged; begin at the first page.", code="cursor") from exc
    return str(binding), PlanCursor(now, destructive, (first, second))


def check_binding(found: str, binding: str) -> None:
    """Raise InvalidError for the cursor of another plan."""
    if found != binding:
        raise InvalidError(
            "This cursor belongs to another query, or to rules or settings that changed since.", code="cursor"
        )


def _int(value: object) -> int:
    # The databases hold 64 bits; datetime ends before 2^58 microseconds.
    if not isinstance(value, int) or not -(2**57) < value < 2**57:
        raise ValueError
    return value
