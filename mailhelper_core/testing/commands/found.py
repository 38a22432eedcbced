"""Look things up for a command and turn what is missing into the right refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailhelper_core.testing.mailstore.keywords import TooManyKeywordsError
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import MailboxError
from mailhelper_core.testing.protocol.responses import Refused
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import WireError
from mailhelper_core.testing.wire.sequence import SequenceSet


def find_mailbox(session: Session, name: str) -> Mailbox:
    """Answer the user's mailbox; raises Refused NONEXISTENT."""
    try:
        return session.login.mailbox(name)
    except MailboxError as error:
        raise Refused(error.text, error.code) from error


def find_target(session: Session, name: str) -> Mailbox:
    """Answer the mailbox to put messages into; raises Refused TRYCREATE (RFC 3501 section 6.3.11) or NOPERM."""
    try:
        mailbox = session.login.mailbox(name)
    except MailboxError as error:
        raise Refused(error.text, "TRYCREATE") from error
    if mailbox.read_only:
        raise Refused("Mailbox is read-only", "NOPERM")
    return mailbox


@contextmanager
def refusing_keywords() -> Iterator[None]:
    """Refuse with LIMIT what would be one keyword too many for a mailbox."""
    try:
        yield
    except TooManyKeywordsError as error:
        raise Refused("Too many keywords", "LIMIT") from error


def choose_messages(session: Session, wanted: SequenceSet, *, by_uid: bool) -> list[tuple[int, int]]:
    """Answer (sequence number, uid) of the messages in the set; raises WireError for a number that is not there."""
    try:
        return session.selected.choose(wanted, by_uid=by_uid)
    except ValueError as error:
        raise WireError(str(error)) from error


def vanished_of(mailbox: Mailbox, mod_seq: int, known: SequenceSet | None) -> list[int]:
    """Answer which of the uids that a client names, or of all, were expunged after the mod-sequence."""
    possible = mailbox.may_have_vanished(mod_seq)
    if known is not None:
        possible = [possible[index] for index in known.indexes(possible, last=mailbox.uid_next - 1)]
    return mailbox.vanished_since(mod_seq, possible)
