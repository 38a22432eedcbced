"""SEARCH and UID SEARCH, with RETURN where ESEARCH is offered (RFC 4731)."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.search_criteria import Candidate, Matcher, read_criteria
from mailhelper_core.testing.protocol.responses import Refused, Untagged, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import format_numbers

_RETURNS = ("MIN", "MAX", "COUNT", "ALL")
_CHARSETS = ("UTF-8", "US-ASCII")


@dataclass(frozen=True, slots=True)
class Hit:
    """A message found: the number the client counts in, and its mod-sequence."""

    number: int
    mod_seq: int


def search(session: Session, args: Scanner, *, by_uid: bool = False) -> Flow:
    """Tell which messages match."""
    returns = _returns(session, args)
    _charset(args)
    matcher = read_criteria(session, args)
    if matcher.uses_mod_seq:
        session.require_mod_seqs()
    hits = _hits(session, matcher, by_uid=by_uid)
    with_mod_seq = matcher.uses_mod_seq and bool(hits)
    mod_seq = max((hit.mod_seq for hit in _named(returns, hits)), default=0)
    numbers = [hit.number for hit in hits]
    if returns is None:
        tail = [b"(MODSEQ %d)" % mod_seq] if with_mod_seq else []
        yield Untagged(b" ".join([b"SEARCH", *(b"%d" % number for number in numbers), *tail]))
    else:
        tail = [b"MODSEQ %d" % mod_seq] if with_mod_seq else []
        head = b"ESEARCH (TAG %s)" % encode.string(session.tag.encode())
        yield Untagged(b" ".join([head, *([b"UID"] if by_uid else []), *_summary(returns, numbers), *tail]))
    yield ok("Search completed")


def _returns(session: Session, args: Scanner) -> list[str] | None:
    if not (session.can("ESEARCH") and args.accept(b" RETURN ")):
        return None
    options = args.group(Scanner.keyword)
    if any(option not in _RETURNS for option in options):
        raise WireError("Unknown SEARCH return option")
    return options or ["ALL"]


def _charset(args: Scanner) -> None:
    if not args.accept(b" CHARSET "):
        return
    if args.astring().decode("ascii", "replace").upper() not in _CHARSETS:
        raise Refused("Unknown charset", f"BADCHARSET ({' '.join(_CHARSETS)})")


def _hits(session: Session, matcher: Matcher, *, by_uid: bool) -> list[Hit]:
    view = session.selected
    last = len(view.uids), (view.uids[-1] if view.uids else 0)
    hits: list[Hit] = []
    for number, uid in enumerate(view.uids, 1):
        message = view.mailbox.get(uid)
        if message is not None and matcher.matches(Candidate(number, message, *last)):
            hits.append(Hit(uid if by_uid else number, message.mod_seq))
    return hits


def _named(returns: list[str] | None, hits: list[Hit]) -> list[Hit]:
    """Answer the messages whose highest mod-sequence is told: RFC 7162 3.1.10, of MIN and MAX alone only theirs."""
    if returns is None or not set(returns) <= {"MIN", "MAX"}:
        return hits
    return [*(hits[:1] if "MIN" in returns else []), *(hits[-1:] if "MAX" in returns else [])]


def _summary(returns: list[str], numbers: list[int]) -> list[bytes]:
    values: dict[str, bytes] = {"COUNT": b"%d" % len(numbers)}
    if numbers:  # RFC 4731 3.1: MIN, MAX and ALL are left out when nothing matches
        values |= {"MIN": b"%d" % numbers[0], "MAX": b"%d" % numbers[-1], "ALL": format_numbers(numbers)}
    return [b"%s %s" % (name.encode(), values[name]) for name in _RETURNS if name in returns and name in values]
