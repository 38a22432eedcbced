"""SELECT, EXAMINE, CLOSE, UNSELECT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import find_mailbox, vanished_of
from mailhelper_core.testing.mailstore.message import SYSTEM_FLAGS
from mailhelper_core.testing.protocol.responses import Response, Untagged, ok, status
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.protocol.view import View
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import SequenceSet, format_numbers


@dataclass(frozen=True, slots=True)
class Resync:
    """The QRESYNC parameter (RFC 7162 3.2.5); the sequence match data is read and not needed."""

    uid_validity: int
    mod_seq: int
    known: SequenceSet | None


def select(session: Session, args: Scanner, *, read_only: bool = False) -> Flow:
    """Open a mailbox and tell its state."""
    was_open, session.view = session.view is not None, None
    args.space()
    name = args.mailbox()
    resync = _parameters(session, args)
    args.end()
    if was_open and session.can("QRESYNC"):
        yield status("OK", "Previous mailbox is now closed", "CLOSED")
    mailbox = find_mailbox(session, name)
    with mailbox.lock:  # what is told is one state of the mailbox, and the view begins at it
        session.view = view = View(mailbox, read_only=read_only or mailbox.read_only)
        told = [*_state(session, view), *_resynchronize(session, view, resync)]
    yield from told
    yield ok("Select completed", "READ-ONLY" if view.read_only else "READ-WRITE")


def close(session: Session, args: Scanner) -> Flow:
    r"""Leave the mailbox and expunge what is flagged \Deleted, without a word."""
    args.end()
    if not session.selected.read_only:
        session.selected.mailbox.expunge()
    yield from _leave(session, "Close completed")


def unselect(session: Session, args: Scanner) -> Flow:
    """Leave the mailbox as it is (RFC 3691)."""
    args.end()
    yield from _leave(session, "Unselect completed")


def _leave(session: Session, text: str) -> Iterator[Response]:
    code = session.mod_seq_code()
    session.view = None
    yield ok(text, code)


def _parameters(session: Session, args: Scanner) -> Resync | None:
    resync: Resync | None = None
    if not args.accept(b" ("):
        return None
    while True:
        name = args.keyword()
        if not session.can(name) or name not in ("CONDSTORE", "QRESYNC"):
            raise WireError("Unknown SELECT parameter")
        session.enabled.add("CONDSTORE")
        if name == "QRESYNC":
            if "QRESYNC" not in session.enabled:
                raise WireError("QRESYNC is not enabled")
            resync = _resync(args)
        if args.accept(b")"):
            return resync
        args.space()


def _resync(args: Scanner) -> Resync:
    args.expect(b" (")
    uid_validity = args.number()
    args.space()
    mod_seq = args.number()
    known: SequenceSet | None = None
    if args.accept(b" ") and args.peek() != b"(":
        known = args.sequence_set()
        args.accept(b" ")
    if args.accept(b"("):
        args.sequence_set()
        args.space()
        args.sequence_set()
        args.expect(b")")
    args.expect(b")")
    return Resync(uid_validity, mod_seq, known)


def _state(session: Session, view: View) -> Iterator[Response]:
    mailbox = view.mailbox
    permanent = () if view.read_only else mailbox.keywords.permanent()
    yield Untagged(b"FLAGS " + encode.flags((*SYSTEM_FLAGS, *mailbox.keywords.names)))
    yield status("OK", "Flags permitted.", "PERMANENTFLAGS " + encode.flags(permanent).decode())
    yield Untagged(b"%d EXISTS" % len(view.uids))
    yield Untagged(b"0 RECENT")
    unseen = _first_unseen(view)
    if unseen:
        yield status("OK", "First unseen.", f"UNSEEN {unseen}")
    yield status("OK", "UIDs valid", f"UIDVALIDITY {view.uid_validity}")
    yield status("OK", "Predicted next UID", f"UIDNEXT {mailbox.uid_next}")
    if session.can("CONDSTORE"):
        code = f"HIGHESTMODSEQ {mailbox.highest_mod_seq}" if mailbox.keeps_mod_seqs else "NOMODSEQ"
        yield status("OK", "Highest", code)
    if session.can("OBJECTID"):
        yield status("OK", "Ok", f"MAILBOXID ({mailbox.mailbox_id})")


def _first_unseen(view: View) -> int | None:
    messages = view.mailbox.messages
    return next((at for at, message in enumerate(messages, 1) if "\\Seen" not in message.flags), None)


def _resynchronize(session: Session, view: View, resync: Resync | None) -> Iterator[Response]:
    mailbox = view.mailbox
    if resync is None or resync.uid_validity != mailbox.uid_validity or not mailbox.keeps_mod_seqs:
        return
    vanished = vanished_of(mailbox, resync.mod_seq, resync.known)
    if vanished:
        yield Untagged(b"VANISHED (EARLIER) " + format_numbers(vanished))
    last = view.uids[-1] if view.uids else 0
    for message in mailbox.changed_since(resync.mod_seq):
        if resync.known is None or resync.known.contains(message.uid, last=last):
            yield session.flags_of(view.number(message.uid), message, with_uid=True)
