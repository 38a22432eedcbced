"""One test of what was said about a message as SQL: opinions, and corrections that stand, of one kind.

The foremost of them decides (`model/mind/opinion.py`). Where all that was said passes the test, the foremost does;
where nothing does, neither does the foremost; what lies between is for the predicate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, literal, not_, or_, true

from mailhelper_core.model.mail.words import words
from mailhelper_core.model.rules.criteria import Is, is_presence
from mailhelper_core.model.rules.ranges import is_range, read_range
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail.said import HINTS
from mailhelper_core.store.search.bounds import Bounds, Condition, at_most, exact, there_is
from mailhelper_core.store.search.compare import Text, folded_equal, has_words
from mailhelper_core.store.search.lookup import Lookup

# Databases and Python may read the last digits of a decimal differently.
_SLACK = 1e-9
_NUMBER = r"^[+-]?([0-9]{1,15}([.][0-9]{1,9})?|[.][0-9]{1,9})$"

# Answers the bounds of a test of one row, by its value and how sure it is.
OfRow = Callable[[Text, ColumnElement[Any]], Bounds]


def opinion_bounds(leaf: Is, lookup: Lookup) -> Bounds:
    """Answer the bounds of a test of the foremost opinion of a kind."""
    is_said = _any_row(leaf.name, lambda _value, _sure: exact(true()))
    if is_presence(leaf):
        return is_said
    if leaf.operator == "=" and not leaf.value:
        return is_said.opposite()
    test = _of_row(leaf, lookup)
    passes, fails = _any_row(leaf.name, test), _any_row(leaf.name, lambda value, sure: test(value, sure).opposite())
    return Bounds(and_(passes.certainly, not_(fails.possibly)), passes.possibly)


def _of_row(leaf: Is, lookup: Lookup) -> OfRow:
    dialect = lookup.dialect
    if is_range(leaf):
        wanted = read_range(leaf, now=lookup.now)
        return lambda value, sure: _in_range(dialect, value, sure, wanted.low, wanted.high)
    if leaf.operator == "~":
        return lambda _value, _sure: at_most(true())
    if leaf.operator == "=":
        return lambda value, _sure: folded_equal(dialect, value, leaf.value)
    return lambda value, _sure: at_most(has_words(dialect, value, words(leaf.value)))


def _in_range(dialect: str, value: Text, sure: ColumnElement[Any], low: Any, high: Any) -> Bounds:
    """Ask for a number in a range: the value where it is one, else how sure it is, or the rest for a `no`."""
    chance = case((value == "no", 1 - sure), else_=sure)
    is_number = _looks_like_number(dialect, value)
    number = case((is_number, cast(value, Float())), else_=None)
    by_chance = _between(chance, low, high)
    by_number = and_(is_number, _between(number, _widened(low, -1), _widened(high, 1)))
    # SQLite's pattern lets pass what only looks like a number.
    return Bounds(and_(by_chance, not_(is_number)), or_(by_chance, by_number))


def _between(value: ColumnElement[Any], low: Any, high: Any) -> Condition:
    lower = true() if low is None else value >= low
    return and_(lower, true() if high is None else value < high)


def _widened(bound: Any, direction: int) -> Any:
    return None if bound is None else bound + direction * _SLACK * max(1.0, abs(bound))


def _looks_like_number(dialect: str, value: Text) -> Condition:
    if dialect == "sqlite":
        return and_(value.bool_op("GLOB")("*[0-9]*"), not_(value.bool_op("GLOB")("*[^0-9.+-]*")))
    return value.bool_op("~")(_NUMBER)


def _any_row(kind: str, test: OfRow) -> Bounds:
    o, c = t.opinions.c, t.corrections.c
    opinion, word = test(o.value, o.confidence), test(c.value, literal(1.0))
    spoken = (c.message_id == t.messages.c.id, c.kind == kind, c.undone_at.is_(None), c.signal.not_in(HINTS))

    def bounds(of_opinion: Condition, of_word: Condition) -> Condition:
        said = there_is(t.opinions, o.message_id == t.messages.c.id, o.kind == kind, of_opinion)
        return or_(said, there_is(t.corrections, *spoken, of_word))

    possibly = bounds(opinion.possibly, word.possibly)
    if opinion.is_exact and word.is_exact:
        return exact(possibly)
    return Bounds(bounds(opinion.certainly, word.certainly), possibly)
