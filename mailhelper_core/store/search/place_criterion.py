"""One test of a place as SQL: mailbox, state or keyword of a row of `placements`."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, false, func, or_, true

from mailhelper_core.model.mail.keyword import SYSTEM_KEYWORDS, normalize_keyword, system_bit
from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import PLACE_STATES, Is, is_presence
from mailhelper_core.store import tables as t
from mailhelper_core.store.search.bounds import Bounds, exact
from mailhelper_core.store.search.lookup import Lookup

_p = t.placements.c


def place_bounds(leaf: Is, lookup: Lookup) -> Bounds:
    """Answer the bounds of a test of one placement; they are always exact."""
    return _TESTS[leaf.field](leaf, lookup)


def mailbox_ids(leaf: Is, lookup: Lookup) -> tuple[int, ...]:
    """Answer the mailboxes that a test `in:` names."""
    value = fold(leaf.value)
    return tuple(
        id_ for id_, (name, role) in lookup.mailboxes.items()
        if (fold(name).startswith(value) if leaf.prefix else fold(name) == value)
        or (leaf.operator == ":" and not leaf.prefix and role == value)
    )  # fmt: skip


def _in(leaf: Is, lookup: Lookup) -> Bounds:
    if is_presence(leaf):
        return exact(true())
    ids = mailbox_ids(leaf, lookup)
    # Written into the statement: an account may have more mailboxes than a statement may have parameters.
    return exact(_p.mailbox_id.in_(bindparam(None, ids, expanding=True, literal_execute=True)) if ids else false())


def _state(leaf: Is, _: Lookup) -> Bounds:
    keyword, wanted = PLACE_STATES[leaf.value]
    bit = system_bit(keyword)
    has = _p.flags.op("&")(bit)
    # PostgreSQL takes any `=` of bits for rare; a state that a place lacks is not.
    return exact(has == bit if wanted else has != bit)


def _keyword(leaf: Is, lookup: Lookup) -> Bounds:
    if is_presence(leaf):
        return exact(or_(_p.flags != 0, _p.keywords != ""))
    value = leaf.value if leaf.prefix else normalize_keyword(leaf.value)
    if value is None or " " in value:  # what no place can have
        return exact(false())
    start = value.lower()
    bits = sum(
        system_bit(keyword) or 0 for keyword in SYSTEM_KEYWORDS
        if (keyword.lower().startswith(start) if leaf.prefix else keyword == value)
    )  # fmt: skip
    shown = func.lower(" " + _p.keywords + " ")
    others = shown.contains(f" {start}" if leaf.prefix else f" {start} ", autoescape=True)
    return exact(or_(_p.flags.op("&")(bits) != 0, others))


_TESTS: dict[str, Callable[[Is, Lookup], Bounds]] = {"in": _in, "is": _state, "keyword": _keyword}
