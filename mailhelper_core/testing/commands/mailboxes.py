"""CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import find_mailbox
from mailhelper_core.testing.mailstore.store import MailboxError
from mailhelper_core.testing.protocol.responses import Refused, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner


def create(session: Session, args: Scanner) -> Flow:
    """Create a mailbox."""
    name = _one_mailbox(args)
    if not name.startswith(session.login.prefix):  # as Dovecot says it, without a code
        raise Refused("Client tried to access nonexistent namespace")
    with _refusals():
        mailbox = session.login.create(name)
    yield ok("Create completed", f"MAILBOXID ({mailbox.mailbox_id})" if session.can("OBJECTID") else None)


def delete(session: Session, args: Scanner) -> Flow:
    """Delete a mailbox."""
    name = _one_mailbox(args)
    with _refusals():
        session.login.delete(name)
    yield ok("Delete completed")


def rename(session: Session, args: Scanner) -> Flow:
    """Rename a mailbox."""
    args.space()
    old = args.mailbox()
    new = _one_mailbox(args)
    with _refusals():
        session.login.rename(old, new)
    yield ok("Rename completed")


def subscribe(session: Session, args: Scanner) -> Flow:
    """Add a mailbox to those the user reads."""
    session.login.subscribed.add(find_mailbox(session, _one_mailbox(args)).name)
    yield ok("Subscribe completed")


def unsubscribe(session: Session, args: Scanner) -> Flow:
    """Take a mailbox from those the user reads."""
    session.login.subscribed.discard(_one_mailbox(args))
    yield ok("Unsubscribe completed")


def _one_mailbox(args: Scanner) -> str:
    args.space()
    name = args.mailbox()
    args.end()
    return name


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except MailboxError as error:
        raise Refused(error.text, error.code) from error
