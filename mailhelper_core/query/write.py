"""The criteria tree to canonical query text: reading it again answers the same (simplified) tree."""

from __future__ import annotations

import re

from mailhelper_core.model.rules.criteria import FIELDS, AllOf, AnyOf, Criteria, Is, Not, simplify
from mailhelper_core.query.read import CURLY

_PLAIN_VALUE = re.compile(rf'(?![{CURLY}])[^\s"()]+')
# A bare word must not read as a field, a negation, an operator word or the unit of the size before it.
_PLAIN_WORD = re.compile(
    rf'(?![{CURLY}])(?!(?:AND|OR|NOT)$)(?![KkMmGg][Bb]?$)(?!-)(?![A-Za-z][A-Za-z0-9_-]*[:=~<>])[^\s"()]+'
)


def write(criteria: Criteria) -> str:
    """Answer the query text of a tree; everything is the empty text."""
    simple = simplify(criteria)
    return "" if simple == AllOf() else _any_of(simple)


def write_test(leaf: Is) -> str:
    """Answer the query text of one test."""
    if leaf.field == "any":
        return _value(leaf, _PLAIN_WORD)
    name = f":{leaf.name}" if leaf.name else ""
    return f"{leaf.field}{name}{leaf.operator}{_value(leaf, _PLAIN_VALUE)}"


def _any_of(criteria: Criteria) -> str:
    if isinstance(criteria, AnyOf):
        return " OR ".join(map(_all_of, criteria.parts))
    return _all_of(criteria)


def _all_of(criteria: Criteria) -> str:
    if isinstance(criteria, AllOf) and criteria.parts:
        return " ".join(map(_part, criteria.parts))
    return _part(criteria)


def _part(criteria: Criteria) -> str:
    match criteria:
        case Is():
            return write_test(criteria)
        case Not(part):
            return f"-{_part(part)}"
        case AllOf() | AnyOf():
            return f"({_any_of(criteria) if criteria.parts else ''})"


def _value(leaf: Is, plain: re.Pattern[str]) -> str:
    star = "*" if leaf.prefix else ""
    is_plain = plain.fullmatch(leaf.value) and not _reads_as_prefix(leaf)
    if is_plain or (leaf.prefix and not leaf.value):
        return f"{leaf.value}{star}"
    doubled = leaf.value.replace('"', '""')
    return f'"{doubled}"{star}'


def _reads_as_prefix(leaf: Is) -> bool:
    return leaf.value.endswith("*") and leaf.operator == ":" and leaf.field in FIELDS
