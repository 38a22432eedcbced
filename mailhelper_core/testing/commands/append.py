"""APPEND."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import find_target
from mailhelper_core.testing.mailstore.keywords import TooManyKeywordsError
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
    try:
        uid = target.append(raw, flags=flags, internal_date=date)
    except TooManyKeywordsError as error:
        raise Refused("Too many keywords", "LIMIT") from error
    yield ok("Append completed", f"APPENDUID {target.uid_validity} {uid}" if session.can("UIDPLUS") else None)
