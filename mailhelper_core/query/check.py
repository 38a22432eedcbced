"""Is one test of a query allowed? Field, operator and value, with the nearest right answer as the hint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches

from mailhelper_core.errors import InvalidError, QueryError
from mailhelper_core.model.extension import Condition, Provided
from mailhelper_core.model.mail.words import fold, words
from mailhelper_core.model.mind.opinion import EFFECTIVE_KINDS
from mailhelper_core.model.rules.criteria import (
    ADDRESS_FIELDS,
    COMPARISONS,
    FIELDS,
    NAMED_FIELDS,
    Field,
    Is,
    is_presence,
)
from mailhelper_core.model.rules.ranges import is_range, read_range
from mailhelper_core.query.pattern import compile_pattern

Conditions = Mapping[str, Provided[Condition]]

# RFC 5322 3.6.8 allows more in the name of a header field, but no real header uses it and the query text needs the
# operators. Kinds of opinions are named in the same way.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NAMED_HINTS = {
    "header": "write header:Name=value or header:Name:*",
    "opinion": "write opinion:NAME=value, opinion:NAME>0.7 or opinion:NAME:*",
}
# Ids fit the databases' 64-bit integers.
_ID = re.compile(r"[0-9]{1,18}")
ME = "me"
# What a check of the sender can say (RFC 8601 2.7, RFC 7489 11.2), and what receivers write besides; `=` takes any.
_RESULTS = (
    "pass", "fail", "softfail", "none", "neutral", "policy", "temperror", "permerror", "hardfail", "bestguesspass",
)  # fmt: skip
_CHECKED = frozenset(("dmarc", "spf", "dkim"))
# As RFC 5646 writes them, most often of two letters; and what people write for those that we tell apart.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}")
_LANGUAGE_NAMES = {"german": "de", "deutsch": "de", "english": "en", "englisch": "en"}
# What other mail programs let a query say, and ours takes beside it.
_ORDER = "the order is chosen beside the query; in Python: search(query, sort='oldest')"
_BESIDE = dict.fromkeys(("sort", "sort_by", "order", "order_by", "orderby"), _ORDER)
_YES_NO = ("yes", "no")
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def canonical(leaf: Is) -> Is:
    """Answer a test with the words of the language in lower case: phones begin with a capital, as in `is:Unread`."""
    field, word = FIELDS.get(leaf.field), leaf.value.lower()
    if field is None or word == leaf.value:
        return leaf
    is_word = word in field.values or (field.name == "spam" and word in _YES_NO)
    is_own = field.name in ADDRESS_FIELDS and leaf.operator == ":" and word == ME and not leaf.prefix
    return replace(leaf, value=word) if is_word or is_own else leaf


def check(leaf: Is, conditions: Conditions, *, position: int = 0) -> None:
    """Raise QueryError at this position when the test is not allowed."""
    field = FIELDS.get(leaf.field)
    try:
        if field is None:
            _check_condition(leaf, conditions)
        else:
            _check_field(field, leaf)
    except _Refused as refused:
        raise QueryError(refused.message, position=position, hint=refused.hint) from refused.__cause__


class _Refused(Exception):
    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint


def _check_condition(leaf: Is, conditions: Conditions) -> None:
    provided = conditions.get(leaf.field)
    if provided is None and leaf.field in _BESIDE:
        raise _Refused(f"there is no field or condition {leaf.field!r}", _BESIDE[leaf.field])
    if provided is None:
        close = get_close_matches(leaf.field[:100], (*FIELDS, *conditions), 1, 0.6)
        hint = f"did you mean {close[0]!r}?" if close else "quote a text with a colon or '=' to search for its words"
        raise _Refused(f"there is no field or condition {leaf.field[:40]!r}", hint)
    if leaf.operator != ":" or leaf.name or leaf.prefix:
        raise _Refused(f"{leaf.field!r} takes its argument behind a colon", f"write {leaf.field}:ARGUMENT")
    try:
        provided.provider.argument(leaf.value)
    except (ValueError, InvalidError) as exc:
        raise _Refused(f"this is no argument of {leaf.field!r}", str(exc)[:200]) from exc
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        plugin = f"plugin {provided.plugin!r} raised {type(exc).__name__}"
        raise _Refused(f"{leaf.field!r} cannot read this argument", plugin) from exc


def _check_field(field: Field, leaf: Is) -> None:
    if leaf.operator not in field.operators:
        raise _Refused(f"{field.name!r} knows no {leaf.operator!r}", f"use one of: {' '.join(field.operators)}")
    if (leaf.field in NAMED_FIELDS) != bool(leaf.name):
        hint = NAMED_HINTS.get(leaf.field, "only header and opinion look at what is named")
        raise _Refused(f"{field.name!r} and a name do not fit", hint)
    if leaf.name:
        _check_name(leaf)
    if leaf.prefix:
        _check_prefix(field, leaf)
    if not is_presence(leaf):
        _CHECKS[field.type](field, leaf)


def _check_name(leaf: Is) -> None:
    if not NAME.fullmatch(leaf.name):
        raise _Refused(f"this is no name behind {leaf.field!r}", "letters, digits, '-', '_' and '.'")
    if leaf.field == "opinion" and leaf.name in EFFECTIVE_KINDS:
        raise _Refused(f"{leaf.name!r} is a field of its own", f"{leaf.name}: {FIELDS[leaf.name].help}")


def _check_prefix(field: Field, leaf: Is) -> None:
    partial = field.type in ("words", "exact")
    if leaf.operator != ":" or not (partial or (not leaf.value and field.type in ("level", "number", "decimal"))):
        raise _Refused(f"'*' has no meaning for {field.name!r} here", f"{field.name}: {field.help}")


def _check_words(field: Field, leaf: Is) -> None:
    if leaf.operator in COMPARISONS:
        _check_range(field, leaf)
    elif leaf.operator == "~":
        try:
            compile_pattern(leaf.value)
        except ValueError as exc:
            raise _Refused("this regular expression cannot be read", str(exc)[:200]) from exc
    elif leaf.operator == ":" and not words(leaf.value):
        name = f"{field.name}:{leaf.name}" if leaf.name else field.name
        exact = f'; the whole value: {name}="..."' if "=" in field.operators else ""
        raise _Refused("there is no word to look for", f"a word has a letter or digit{exact}")
    elif leaf.operator == "=" and leaf.value and not fold(leaf.value):
        raise _Refused("nothing is left of this to compare with", 'marks alone are no text; "" asks for none at all')


def _check_exact(field: Field, leaf: Is) -> None:
    if not fold(leaf.value).strip():
        raise _Refused(f"{field.name!r} needs a value", field.help)
    if field.values and not leaf.prefix:
        _check_flag(field, leaf)
    if leaf.operator == ":" and not leaf.prefix:
        _check_spelling(field, leaf.value)


def _check_spelling(field: Field, value: str) -> None:
    """Refuse a word that is surely a slip: only `=` asks for it as it is."""
    if field.name in _CHECKED and value.lower() not in _RESULTS:
        close = get_close_matches(value.lower()[:100], _RESULTS, 1, 0.6)
        hint = f"did you mean {close[0]!r}?" if close else f"one of: {', '.join(_RESULTS)}"
        raise _Refused(f"{field.name!r} knows no such word", hint)
    if field.name == "language" and not _LANGUAGE.fullmatch(value):
        code = _LANGUAGE_NAMES.get(value.lower())
        hint = f"did you mean {code!r}?" if code else f"{field.name}: {field.help}"
        raise _Refused(f"this is no value for {field.name!r}", hint)
    if field.name == "attachment" and "/" not in value:
        raise _Refused(f"this is no value for {field.name!r}", f"{field.name}: {field.help}")


def _check_id(field: Field, leaf: Is) -> None:
    if not _ID.fullmatch(leaf.value):
        raise _Refused("this is no id", f"{field.name}: {field.help}, a whole number")


def _check_flag(field: Field, leaf: Is) -> None:
    if leaf.value not in field.values:
        close = get_close_matches(leaf.value[:100], field.values, 1, 0.6)
        hint = f"did you mean {close[0]!r}?" if close else f"one of: {', '.join(field.values)}"
        raise _Refused(f"{field.name!r} knows no such word", hint)
    if is_range(leaf):
        _check_range(field, leaf)


def _check_range(field: Field, leaf: Is) -> None:
    try:
        read_range(leaf, now=_ANY_MOMENT)
    except ValueError as exc:
        compared = leaf.value.startswith(("<", ">")) and ">" in field.operators
        hint = f"leave out the colon: {field.name}{leaf.value[:40]}" if compared else str(exc)
        raise _Refused(f"this is no value for {field.name!r}", hint) from exc


_CHECKS = {
    "words": _check_words,
    "exact": _check_exact,
    "id": _check_id,
    "flag": _check_flag,
    "level": _check_range,
    "number": _check_range,
    "decimal": _check_range,
    "size": _check_range,
    "date": _check_range,
    "age": _check_range,
}


def is_me(leaf: Is) -> bool:
    """Say whether the test asks for the account's own addresses."""
    return leaf.field in ADDRESS_FIELDS and leaf.operator == ":" and leaf.value == ME and not leaf.prefix
