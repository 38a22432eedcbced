"""STORE, with UNCHANGEDSINCE where CONDSTORE is offered (RFC 7162 section 3.1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import choose_messages, refusing_keywords
from mailhelper_core.testing.mailstore.mailbox import FlagChange
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.protocol.responses import Done, Fetched, Refused, Response, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.protocol.view import View
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import SequenceSet, format_numbers


def _replace(_: frozenset[str], given: frozenset[str]) -> frozenset[str]:
    return given


_CHANGES: dict[str, FlagChange] = {
    "FLAGS": _replace,
    "+FLAGS": frozenset.union,
    "-FLAGS": frozenset.difference,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a STORE asks for."""

    wanted: SequenceSet
    change: FlagChange
    flags: tuple[str, ...]
    silent: bool
    unchanged_since: int | None


def store(session: Session, args: Scanner, *, by_uid: bool = False) -> Flow:
    """Change flags, and tell the new ones unless the client asked for silence."""
    wish = _read(session, args)
    view = session.writable()
    chosen = choose_messages(session, wish.wanted, by_uid=by_uid)
    with view.mailbox.lock, refusing_keywords():
        modified = _modified(view, wish, chosen)
        uids = [uid for _, uid in chosen if uid not in modified]
        messages = view.mailbox.change_flags(uids, wish.flags, wish.change)
    yield from _tell(session, messages, wish, by_uid=by_uid)
    yield _end(view, chosen, modified, by_uid=by_uid)


def _read(session: Session, args: Scanner) -> Wish:
    args.space()
    wanted = args.sequence_set()
    unchanged_since: int | None = None
    if session.can("CONDSTORE") and args.accept(b" (UNCHANGEDSINCE "):
        unchanged_since = args.number()
        args.expect(b")")
        session.require_mod_seqs()
    args.space()
    item = args.keyword()
    kind, silent = item.removesuffix(".SILENT"), item.endswith(".SILENT")
    if kind not in _CHANGES:
        raise WireError("Unknown STORE item")
    args.space()
    flags = args.flags() if args.peek() == b"(" else _bare_flags(args)
    args.end()
    return Wish(wanted, _CHANGES[kind], tuple(flags), silent, unchanged_since)


def _bare_flags(args: Scanner) -> list[str]:
    flags = [args.flag()]
    while args.accept(b" "):
        flags.append(args.flag())
    return flags


def _modified(view: View, wish: Wish, chosen: list[tuple[int, int]]) -> set[int]:
    """Answer the uids that changed since the client's mod-sequence."""
    if wish.unchanged_since is None:
        return set()
    messages = [message for _, uid in chosen if (message := view.mailbox.get(uid))]
    return {message.uid for message in messages if message.mod_seq > wish.unchanged_since}


def _tell(session: Session, messages: list[StoredMessage], wish: Wish, *, by_uid: bool) -> Iterator[Response]:
    view = session.selected
    for message in messages:
        view.tell(message)
        answer = session.flags_of(view.number(message.uid), message, with_uid=by_uid)
        if not wish.silent:
            yield answer
        elif session.tells_mod_seqs:  # RFC 7162 3.1.3: the mod-sequence is told even so
            items = tuple(item for item in answer.items if item[0] != b"FLAGS")
            yield Fetched(answer.number, answer.uid, items)


def _end(view: View, chosen: list[tuple[int, int]], modified: set[int], *, by_uid: bool) -> Done:
    if modified:
        numbers = [uid if by_uid else number for number, uid in chosen if uid in modified]
        return ok("Conditional STORE failed", f"MODIFIED {format_numbers(numbers).decode()}")
    if not by_uid and any(view.mailbox.get(uid) is None for _, uid in chosen):
        raise Refused("Some of the messages no longer exist", "EXPUNGEISSUED")
    return ok("Store completed")
