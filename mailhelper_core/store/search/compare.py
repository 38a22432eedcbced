"""Text compared in SQL as `model/mail/words.py` folds it, and JSON columns looked into, on both databases.

SQL folds ASCII letters alone, so a column with other characters is left to the predicate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, FromClause, LargeBinary, and_, cast, collate, func, not_, or_
from sqlalchemy.types import UserDefinedType

from mailhelper_core.model.mail.words import fold
from mailhelper_core.store import tables as t
from mailhelper_core.store.search.bounds import Bounds, Condition, any_of, at_most, exact, there_is

Text = ColumnElement[Any]


class _Jsonb(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSONB"


def lower(dialect: str, value: Text) -> Text:
    """Answer the text with its ASCII letters, and only those, in lower case."""
    return func.lower(value) if dialect == "sqlite" else func.lower(collate(value, "C"))


def is_present(value: Text) -> Bounds:
    """Ask for a text that is neither NULL nor empty."""
    return exact(func.coalesce(value, "") != "")


def folded_equal(dialect: str, value: Text, wanted: str) -> Bounds:
    """Ask for a text that is the wanted one when both are folded."""
    value = func.coalesce(value, "")
    folded = fold(wanted)
    if not folded.isascii():
        return Bounds(value == wanted, _not_ascii(dialect, value))
    certainly = lower(dialect, value) == folded
    return Bounds(certainly, or_(certainly, _not_ascii(dialect, value)))


def folded_prefix(dialect: str, value: Text, wanted: str) -> Bounds:
    """Ask for a text that begins with the wanted one when both are folded."""
    value = func.coalesce(value, "")
    folded, other = fold(wanted), _not_ascii(dialect, value)
    if not folded.isascii():
        return at_most(other)
    begins = lower(dialect, value).startswith(folded, autoescape=True)
    return Bounds(and_(begins, not_(other)), or_(begins, other))


def has_words(dialect: str, value: Text, wanted: Sequence[str]) -> Condition:
    """Ask for a text that may hold these words; nothing that holds them is left out."""
    other = _not_ascii(dialect, value)
    if not all(word.isascii() for word in wanted):
        return other
    return or_(and_(*(lower(dialect, value).contains(word) for word in wanted)), other)


def fact(dialect: str, name: str) -> Text:
    """Answer one of the MailFacts that are texts, empty where the message has none."""
    facts = t.messages.c.facts
    if dialect == "sqlite":
        return func.coalesce(func.json_extract(facts, f"$.{name}"), "")
    return func.coalesce(cast(facts, _Jsonb()).op("->>")(name), "")


def fact_number(dialect: str, name: str) -> ColumnElement[Any]:
    """Answer one of the MailFacts that are numbers, NULL where the message has none."""
    facts = t.messages.c.facts
    if dialect == "sqlite":
        return func.json_extract(facts, f"$.{name}")
    return cast(cast(facts, _Jsonb()).op("->>")(name), Float())


def any_fact(dialect: str, name: str, asked: Callable[[Text], Bounds]) -> Bounds:
    """Ask for one text in a list among the facts that answers."""
    facts = t.messages.c.facts
    if dialect == "sqlite":
        each = func.json_each(facts, f"$.{name}").table_valued("value", name=name)
    else:
        each = func.jsonb_array_elements_text(cast(facts, _Jsonb()).op("->")(name)).table_valued("value", name=name)
    return _one_of(each, asked(each.c.value))


def any_address(dialect: str, groups: Sequence[str], asked: Callable[[Text, Text], Bounds]) -> Bounds:
    """Ask for one address in these groups (to, cc, bcc) whose name and addr-spec answer."""
    return any_of([_address_in(dialect, group, asked) for group in groups])


def _address_in(dialect: str, group: str, asked: Callable[[Text, Text], Bounds]) -> Bounds:
    addresses = t.messages.c.addresses
    if dialect == "sqlite":
        each = func.json_each(addresses, f"$.{group}").table_valued("value", name=group)
        bounds = asked(func.json_extract(each.c.value, "$[0]"), func.json_extract(each.c.value, "$[1]"))
    else:
        each = func.jsonb_array_elements(cast(addresses, _Jsonb()).op("->")(group)).table_valued("value", name=group)
        bounds = asked(each.c.value.op("->>")(0), each.c.value.op("->>")(1))

    return _one_of(each, bounds)


def _one_of(each: FromClause, bounds: Bounds) -> Bounds:
    certainly = there_is(each, bounds.certainly)
    return exact(certainly) if bounds.is_exact else Bounds(certainly, there_is(each, bounds.possibly))


def _not_ascii(dialect: str, value: Text) -> Condition:
    if dialect == "sqlite":
        return func.length(cast(value, LargeBinary())) != func.length(value)
    return func.octet_length(value) != func.length(value)
