"""NOTIFY (RFC 5465), for message events of the selected mailbox and of others."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelper_core.testing.commands import status
from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.protocol.notify import EVENTS, FLAGS, GONE, NEW, Notify
from mailhelper_core.testing.protocol.responses import Refused, Response, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner, WireError

_SELECTED = ("SELECTED", "SELECTED-DELAYED")
_OTHERS = ("PERSONAL", "INBOXES", "SUBSCRIBED")


def notify(session: Session, args: Scanner) -> Flow:
    """Push what happens from now on, or stop pushing."""
    args.space()
    if args.accept(b"NONE"):
        args.end()
        session.notify = None
        yield ok("NOTIFY completed")
        return
    args.expect(b"SET")
    tells_now = args.accept(b" STATUS")
    session.notify = _read(session, args)
    if tells_now:
        for mailbox in session.login.mailboxes:
            yield status.line(mailbox, session.status_items)
    yield ok("NOTIFY completed")


def news(session: Session) -> Iterator[Response]:
    """Yield the STATUS of every mailbox that the session asked about and that changed since."""
    if session.notify is not None:
        for mailbox in session.notify.take_news(session.view.mailbox if session.view else None):
            yield status.line(mailbox, session.status_items)


def has_pushes(session: Session) -> bool:
    """Say whether `pushed` would tell something."""
    view, wanted = session.view, session.notify
    if wanted is None:
        return False
    return wanted.has_news(view.mailbox if view else None) or (wanted.selected and view is not None and view.has_news)


def pushed(session: Session) -> Iterator[Response]:
    """Yield what is told between commands: nothing of the selected mailbox unless that was asked for."""
    if session.notify is not None and session.notify.selected:
        yield from session.updates(expunges=True)
    yield from news(session)


def _read(session: Session, args: Scanner) -> Notify:
    wanted = Notify(session.login, events=frozenset(), names=frozenset())
    while not args.at_end():
        args.space()
        args.expect(b"(")
        which = args.keyword()
        names = _names(session, args, which)
        args.space()
        events = _events(args)
        args.expect(b")")
        if which in _SELECTED:
            wanted.selected = bool(events)
        else:
            wanted = Notify(session.login, events=events, names=names, selected=wanted.selected)
    return wanted


def _names(session: Session, args: Scanner, which: str) -> frozenset[str] | None:
    if which in _SELECTED:
        return frozenset()
    if which == "MAILBOXES":
        args.space()
        return frozenset(args.group(Scanner.mailbox) if args.peek() == b"(" else [args.mailbox()])
    if which not in _OTHERS:
        raise WireError("Unknown mailbox filter")
    return frozenset(session.login.subscribed) if which == "SUBSCRIBED" else None


def _events(args: Scanner) -> frozenset[str]:
    if args.accept(b"NONE"):
        return frozenset()
    events = frozenset(args.group(Scanner.keyword))
    if not events <= EVENTS:
        raise Refused("Unsupported event", f"BADEVENT ({' '.join(sorted(EVENTS))})")
    if (NEW in events) != (GONE in events) or (FLAGS in events and NEW not in events):
        raise WireError("MessageNew and MessageExpunge go together, FlagChange only with both")
    return events
