"""Sieve tests as criteria of our queries; a test that has no words of ours becomes `sieve:"..."`, exact as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailhelper_core.errors import SieveError
from mailhelper_core.model.mail.keyword import SEEN, normalize_keyword
from mailhelper_core.model.rules.criteria import EVERYTHING, AllOf, AnyOf, Criteria, Is, Not
from mailhelper_core.query.check import NAME
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.rules.sieve import patterns
from mailhelper_core.rules.sieve.words import UNANSWERABLE, compile_one_test
from mailhelper_core.sieve.language.check import Call, Checker
from mailhelper_core.sieve.language.generate import write_test
from mailhelper_core.sieve.language.script import Test
from mailhelper_core.sieve.language.vocabulary import EXTENSIONS

CONDITION = "sieve"
_MATCH_TYPES = ("is", "contains", "matches", "regex", "count", "value")
# Flags that queries have words for.
FLAG_STATES = {
    SEEN: "read",
    "\\Flagged": "flagged",
    "\\Answered": "answered",
    "\\Draft": "draft",
    "\\Deleted": "deleted",
}
_WHOLE_ADDRESS = ("from", "to", "cc", "bcc")
# What a test of addresses becomes that looks at the first author alone; Sieve looks at all of them.
OF_AUTHOR = frozenset({"from", "domain"})
AUTHORS = "a script looks at every author, here the first one counts"
# A few words of a rule; longer keys stay in Sieve's words.
_MAX_KEY = 500
_ESCAPED = re.compile(r"\\.", re.DOTALL)


class Unsaid(Exception):
    """Criteria cannot say this test."""


def to_criteria(test: Test) -> Criteria:
    """Answer the criteria that hold where the test does. Raises Unsaid, or SieveError for what is not allowed."""
    if test.name in UNANSWERABLE:
        raise Unsaid(f"{test.name!r} asks what is known at delivery alone")
    call = Checker("", EXTENSIONS).test(test)
    match test.name:
        case "true":
            return EVERYTHING
        case "false":
            return Not(EVERYTHING)
        case "not":
            return Not(to_criteria(test.tests[0]))
        case "allof":
            return AllOf(tuple(map(to_criteria, test.tests)))
        case "anyof":
            return AnyOf(tuple(map(to_criteria, test.tests)))
    try:
        said = _SAID.get(test.name, _nothing)(call)
    except ValueError as exc:
        raise Unsaid(str(exc)) from exc
    return said if said is not None else _verbatim(test)


def _verbatim(test: Test) -> Is:
    text = write_test(test)
    try:
        compile_one_test(text)
    except (SieveError, ValueError) as exc:
        raise Unsaid(str(exc)) from exc
    return Is(CONDITION, ":", text)


def _nothing(_: Call) -> Criteria | None:
    return None


@dataclass(frozen=True, slots=True)
class _Match:
    type: str
    has_case: bool


def _match(call: Call) -> _Match | None:
    comparator = next(iter(call.tag_strings("comparator")), "i;ascii-casemap")
    kind = next((name for name in _MATCH_TYPES if name in call.tags), "is")
    if comparator == "i;ascii-numeric" or kind in ("count", "value") or "index" in call.tags:
        return None
    return _Match(kind, comparator == "i;octet")


def _header(call: Call) -> Criteria | None:
    names, keys = call.strings(0), call.strings(1)
    match = _match(call)
    if match is None or not all(NAME.fullmatch(name) for name in names) or not _is_plain(keys):
        return None
    leaf = _HEADER_LEAVES.get(match.type)
    if leaf is None or (match.type == "matches" and any(map(_has_octet, keys))):
        return None
    return _any([leaf(name, key, match.has_case) for name in names for key in keys])


def _is_plain(keys: Sequence[str]) -> bool:
    """Case of other letters is none of Sieve's business, but of ours; an empty key asks for presence or absence."""
    return all(key and key.isascii() and key.isprintable() and len(key) <= _MAX_KEY for key in keys)


def _has_octet(key: str) -> bool:
    """A `?` is one octet in Sieve, and half an umlaut; our expressions know characters alone."""
    return "?" in _ESCAPED.sub("", key)


def _field(name: str) -> tuple[str, str]:
    return ("subject", "") if name.lower() == "subject" else ("header", name)


def _header_is(name: str, key: str, has_case: bool) -> Is:  # noqa: FBT001 - one shape for a table
    # Our `=` takes é for e, and any blanks for one: a whole value is exact as a pattern alone.
    field, header = _field(name)
    return Is(field, "~", patterns.matches(quoted_glob(key), has_case=has_case), header)


def quoted_glob(key: str) -> str:
    """Answer the key of `:matches` that is this text and no other."""
    return "".join(f"\\{one}" if one in "*?\\" else one for one in key)


def _header_contains(name: str, key: str, has_case: bool) -> Is:  # noqa: FBT001 - one shape for a table
    field, header = _field(name)
    return Is(field, "~", patterns.contains(key, has_case=has_case), header)


def _header_matches(name: str, key: str, has_case: bool) -> Is:  # noqa: FBT001 - one shape for a table
    if not key.strip("*"):
        return _present(name)
    field, header = _field(name)
    return Is(field, "~", patterns.matches(key, has_case=has_case), header)


def _header_regex(name: str, key: str, has_case: bool) -> Is:  # noqa: FBT001 - one shape for a table
    pattern = patterns.regex(key, has_case=has_case)
    # An empty subject is none for queries; in Sieve it is a text that such a pattern finds.
    field, header = ("header", name) if compile_groups(pattern)("") is not None else _field(name)
    return Is(field, "~", pattern, header)


_HEADER_LEAVES: dict[str, Callable[[str, str, bool], Is]] = {
    "is": _header_is,
    "contains": _header_contains,
    "matches": _header_matches,
    "regex": _header_regex,
}


def _present(name: str) -> Is:
    return Is("header", ":", "", name, prefix=True)


def _exists(call: Call) -> Criteria | None:
    names = call.strings(0)
    if not all(NAME.fullmatch(name) for name in names):
        return None
    return AllOf(tuple(map(_present, names))) if len(names) > 1 else _present(names[0])


def _size(call: Call) -> Criteria | None:
    over, under = call.number("over"), call.number("under")
    return Is("size", "<", size_text(under or 0)) if over is None else Is("size", ">", size_text(over))


def size_text(octets: int) -> str:
    """Answer a size as queries write it."""
    for unit, factor in (("G", 2**30), ("M", 2**20), ("k", 2**10)):
        if octets and octets % factor == 0:
            return f"{octets // factor}{unit}"
    return str(octets)


def _address(call: Call) -> Criteria | None:
    names, keys, match = call.strings(0), call.strings(1), _match(call)
    if match is None or match.type != "is" or match.has_case or not _is_plain(keys):
        return None
    if "domain" in call.tags:
        return _any([Is("domain", "=", key) for key in keys]) if [one.lower() for one in names] == ["from"] else None
    if call.tags.keys() & {"localpart", "user", "detail"} or not all(name.lower() in _WHOLE_ADDRESS for name in names):
        return None
    if not all("@" in key and key != "me" for key in keys):
        return None
    return _any([Is(name.lower(), "=", key) for name in names for key in keys])


def _hasflag(call: Call) -> Criteria | None:
    match = _match(call)
    flags = [flag for key in call.strings(1) for flag in key.split()]
    if call.places[0] is not None or match is None or match.type != "is" or match.has_case or not flags:
        return None
    keywords = [normalize_keyword(flag) for flag in flags]
    return _any([flag_leaf(keyword) for keyword in keywords if keyword]) if all(keywords) else None


def flag_leaf(keyword: str) -> Is:
    """Answer the test for a keyword."""
    state = FLAG_STATES.get(keyword)
    return Is("is", ":", state) if state else Is("keyword", ":", keyword)


def _body(call: Call) -> Criteria | None:
    keys, match = call.strings(0), _match(call)
    if {"raw", "content"} & call.tags.keys():
        raise Unsaid("'body' asks for the raw mail")
    if match is None or match.type != "contains" or not _is_plain(keys):
        return None
    return _any([Is("body", "~", patterns.contains(key, has_case=match.has_case)) for key in keys])


_SAID: dict[str, Callable[[Call], Criteria | None]] = {
    "header": _header,
    "exists": _exists,
    "size": _size,
    "address": _address,
    "hasflag": _hasflag,
    "body": _body,
}


def _any(parts: Sequence[Criteria]) -> Criteria:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
