"""The search keys of RFC 3501 section 6.4.4, read into predicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mailhelper_core.testing.commands.search_text import (
    body_text,
    decoded_fields,
    sent_date,
    whole_text,
)
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import SequenceSet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message with its sequence number, and what "*" means in either numbering."""

    number: int
    message: StoredMessage
    last_number: int
    last_uid: int


Test = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class Matcher:
    """A predicate; `uses_mod_seq` when the answer must carry a mod-sequence."""

    matches: Test
    uses_mod_seq: bool = False


def read_criteria(session: Session, args: Scanner) -> Matcher:
    """Take all search keys that are left; all of them must match."""
    keys: list[Matcher] = []
    while not args.at_end():
        args.space()
        keys.append(_key(session, args))
    if not keys:
        raise WireError("Missing search criteria")
    return _all_of(keys)


def _key(session: Session, args: Scanner) -> Matcher:
    if args.peek() == b"(":
        return _all_of(args.group(lambda inner: _key(session, inner)))
    if args.peek().isdigit() or args.peek() == b"*":
        return _numbers(args.sequence_set())
    name = args.keyword()
    if name in _PLAIN:
        return Matcher(_PLAIN[name])
    if name in _COMBINED:
        return _COMBINED[name](session, args)
    if name not in _WITH_ARGUMENT or (name in _NEEDS and not session.can(_NEEDS[name])):
        raise WireError("Unknown search key")
    args.space()
    return Matcher(_WITH_ARGUMENT[name](args), name == "MODSEQ")


def _all_of(keys: list[Matcher]) -> Matcher:
    def matches(candidate: Candidate) -> bool:
        return all(key.matches(candidate) for key in keys)

    return Matcher(matches, any(key.uses_mod_seq for key in keys))


def _not(session: Session, args: Scanner) -> Matcher:
    args.space()
    key = _key(session, args)
    return Matcher(lambda candidate: not key.matches(candidate), key.uses_mod_seq)


def _or(session: Session, args: Scanner) -> Matcher:
    args.space()
    one = _key(session, args)
    args.space()
    other = _key(session, args)
    return Matcher(
        lambda candidate: one.matches(candidate) or other.matches(candidate),
        one.uses_mod_seq or other.uses_mod_seq,
    )


_COMBINED: dict[str, Callable[[Session, Scanner], Matcher]] = {"NOT": _not, "OR": _or}


def _numbers(wanted: SequenceSet) -> Matcher:
    return Matcher(lambda candidate: wanted.contains(candidate.number, last=candidate.last_number))


def _has(flag: str) -> Test:
    return lambda candidate: flag in candidate.message.flags


def _lacks(flag: str) -> Test:
    return lambda candidate: flag not in candidate.message.flags


_PLAIN: dict[str, Test] = {
    "ALL": lambda _: True,
    "OLD": lambda _: True,  # nothing is ever \Recent here
    "NEW": lambda _: False,
    "RECENT": lambda _: False,
    **{name.upper(): _has(f"\\{name}") for name in ("Answered", "Deleted", "Draft", "Flagged", "Seen")},
    **{f"UN{name.upper()}": _lacks(f"\\{name}") for name in ("Answered", "Deleted", "Draft", "Flagged", "Seen")},
}


def _uid(args: Scanner) -> Test:
    wanted = args.sequence_set()
    return lambda candidate: wanted.contains(candidate.message.uid, last=candidate.last_uid)


def _keyword(args: Scanner) -> Test:
    flag = args.flag().lower()
    return lambda candidate: flag in {name.lower() for name in candidate.message.flags}


def _unkeyword(args: Scanner) -> Test:
    has = _keyword(args)
    return lambda candidate: not has(candidate)


def _mod_seq(args: Scanner) -> Test:
    if args.peek() == b'"':  # RFC 7162 3.1.5: an entry name and type may come first; flags have only one
        args.string()
        args.space()
        args.atom()
        args.space()
    wanted = args.number()
    return lambda candidate: candidate.message.mod_seq >= wanted


def _received(fits: Callable[[date, date], bool]) -> Callable[[Scanner], Test]:
    def read(args: Scanner) -> Test:
        day = args.date()
        return lambda candidate: fits(candidate.message.internal_date.date(), day)

    return read


def _sent(fits: Callable[[date, date], bool]) -> Callable[[Scanner], Test]:
    def read(args: Scanner) -> Test:
        day = args.date()

        def matches(candidate: Candidate) -> bool:
            sent = sent_date(candidate.message.content)
            return sent is not None and fits(sent, day)

        return matches

    return read


def _size(fits: Callable[[int, int], bool]) -> Callable[[Scanner], Test]:
    def read(args: Scanner) -> Test:
        octets = args.number()
        return lambda candidate: fits(candidate.message.size, octets)

    return read


def _field(name: str) -> Callable[[Scanner], Test]:
    def read(args: Scanner) -> Test:
        wanted = _search_string(args)
        return lambda candidate: _has_field(candidate, name, wanted)

    return read


def _header(args: Scanner) -> Test:
    name = args.astring().decode("ascii", "replace")
    args.space()
    wanted = _search_string(args)
    return lambda candidate: _has_field(candidate, name, wanted)


def _has_field(candidate: Candidate, name: str, wanted: str) -> bool:
    """Say whether one of the fields of that name holds the text; RFC 3501 6.4.4: the empty one is in each."""
    return any(wanted in value for value in decoded_fields(candidate.message.content, name))


def _body(args: Scanner) -> Test:
    wanted = _search_string(args)
    return lambda candidate: wanted in body_text(candidate.message.content)


def _text(args: Scanner) -> Test:
    wanted = _search_string(args)
    return lambda candidate: wanted in whole_text(candidate.message.content)


def _email_id(args: Scanner) -> Test:
    wanted = args.atom()
    return lambda candidate: candidate.message.content.email_id == wanted


def _search_string(args: Scanner) -> str:
    return args.astring().decode("utf-8", "replace").casefold()


_WITH_ARGUMENT: dict[str, Callable[[Scanner], Test]] = {
    "UID": _uid,
    "KEYWORD": _keyword,
    "UNKEYWORD": _unkeyword,
    "MODSEQ": _mod_seq,
    "EMAILID": _email_id,
    "SINCE": _received(date.__ge__),
    "BEFORE": _received(date.__lt__),
    "ON": _received(date.__eq__),
    "SENTSINCE": _sent(date.__ge__),
    "SENTBEFORE": _sent(date.__lt__),
    "SENTON": _sent(date.__eq__),
    "LARGER": _size(int.__gt__),
    "SMALLER": _size(int.__lt__),
    **{name: _field(name) for name in ("FROM", "TO", "CC", "BCC", "SUBJECT")},
    "HEADER": _header,
    "BODY": _body,
    "TEXT": _text,
}
_NEEDS = {"MODSEQ": "CONDSTORE", "EMAILID": "OBJECTID"}
