"""COPY and MOVE, with COPYUID where UIDPLUS is offered (RFC 4315, 6851)."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import choose_messages, find_target, refusing_keywords
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.protocol.responses import ok, status
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner
from mailhelper_core.testing.wire.sequence import format_numbers


def copy(session: Session, args: Scanner, *, by_uid: bool = False) -> Flow:
    """Copy messages to another mailbox."""
    uids, target = _read(session, args, by_uid=by_uid)
    with refusing_keywords():
        pairs = session.selected.mailbox.copy(uids, target)
    yield ok("Copy completed", _copyuid(session, target, pairs))


def move(session: Session, args: Scanner, *, by_uid: bool = False) -> Flow:
    """Move messages to another mailbox; the expunges go out with the answer."""
    session.writable()
    uids, target = _read(session, args, by_uid=by_uid)
    with refusing_keywords():
        pairs = session.selected.mailbox.move(uids, target)
    code = _copyuid(session, target, pairs)
    if code is not None:
        yield status("OK", "Moved UIDs.", code)
    yield from session.updates(expunges=True)
    yield ok("Move completed", session.mod_seq_code())


def _read(session: Session, args: Scanner, *, by_uid: bool) -> tuple[list[int], Mailbox]:
    args.space()
    wanted = args.sequence_set()
    args.space()
    name = args.mailbox()
    args.end()
    target = find_target(session, name)
    return [uid for _, uid in choose_messages(session, wanted, by_uid=by_uid)], target


def _copyuid(session: Session, target: Mailbox, pairs: dict[int, int]) -> str | None:
    if not session.can("UIDPLUS") or not pairs:
        return None
    source, copied = format_numbers(pairs).decode(), format_numbers(pairs.values()).decode()
    return f"COPYUID {target.uid_validity} {source} {copied}"
