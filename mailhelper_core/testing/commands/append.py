"""APPEND."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import find_target, refusing_keywords
from mailhelper_core.testing.protocol.responses import Refused, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner


def append(session: Session, args: Scanner) -> Flow:
    """Add a message to a mailbox."""
    args.space()
    name = args.mailbox()
    args.space()
    flags = args.flags() if args.peek() == b"(" else []
    if flags or args.peek() == b" ":
        args.space()
    date = args.date_time() if args.peek() == b'"' else None
    if date is not None:
        args.space()
    raw = args.literal()
    args.end()
    target = find_target(session, name)
    if not raw:  # as Dovecot says it; RFC 3502 6.3.11 takes it for the end of what the client wanted
        raise Refused("Can't save a zero byte message")
    with refusing_keywords():
        uid = target.append(raw, flags=flags, internal_date=date)
    yield ok("Append completed", f"APPENDUID {target.uid_validity} {uid}" if session.can("UIDPLUS") else None)
