"""EXPUNGE and UID EXPUNGE (RFC 4315)."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.protocol.responses import ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner


def expunge(session: Session, args: Scanner) -> Flow:
    r"""Remove everything flagged \Deleted."""
    args.end()
    session.writable().mailbox.expunge()
    yield from session.updates(expunges=True)
    yield ok("Expunge completed", session.mod_seq_code())


def uid_expunge(session: Session, args: Scanner) -> Flow:
    r"""Remove those of the given messages that are flagged \Deleted."""
    args.space()
    wanted = args.sequence_set()
    args.end()
    view = session.writable()
    chosen = [uid for _, uid in view.choose(wanted, by_uid=True)]
    messages = [message for uid in chosen if (message := view.mailbox.get(uid))]
    view.mailbox.expunge([message.uid for message in messages if "\\Deleted" in message.flags])
    yield from session.updates(expunges=True)
    yield ok("Expunge completed", session.mod_seq_code())
