"""FETCH and UID FETCH, with CHANGEDSINCE and VANISHED (RFC 7162)."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.testing.commands.fetch_items import Item, read_items
from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import choose_messages, vanished_of
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.protocol.responses import Fetched, Refused, Untagged, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import SequenceSet, format_numbers


@dataclass(frozen=True, slots=True)
class Wish:
    """What a FETCH asks for."""

    wanted: SequenceSet
    items: tuple[Item, ...]
    changed_since: int | None = None
    vanished: bool = False


def fetch(session: Session, args: Scanner, *, by_uid: bool = False) -> Flow:
    """Send the items of the messages."""
    wish = _read(session, args, by_uid=by_uid)
    view = session.selected
    if wish.vanished and wish.changed_since is not None:
        vanished = vanished_of(view.mailbox, wish.changed_since, wish.wanted)
        if vanished:
            yield Untagged(b"VANISHED (EARLIER) " + format_numbers(vanished))
    missing = False
    for number, uid in choose_messages(session, wish.wanted, by_uid=by_uid):
        message = view.mailbox.get(uid)
        if message is None:
            missing = True
        elif wish.changed_since is None or message.mod_seq > wish.changed_since:
            yield _answer(session, wish, number, message)
    if missing and not by_uid:
        raise Refused("Some of the requested messages no longer exist", "EXPUNGEISSUED")
    yield ok("Fetch completed")


def _read(session: Session, args: Scanner, *, by_uid: bool) -> Wish:
    args.space()
    wanted = args.sequence_set()
    args.space()
    items = read_items(session, args)
    changed_since, vanished = _modifiers(session, args, by_uid=by_uid)
    args.end()
    names = {item.name for item in items}
    if by_uid and b"UID" not in names:
        items = [Item.of("UID"), *items]
    if b"MODSEQ" in names or changed_since is not None:
        session.require_mod_seqs()
    if changed_since is not None and b"MODSEQ" not in names:  # RFC 7162 3.1.4.1: asked for implicitly
        items = [*items, Item.of("MODSEQ")]
    return Wish(wanted, tuple(items), changed_since, vanished)


def _modifiers(session: Session, args: Scanner, *, by_uid: bool) -> tuple[int | None, bool]:
    if not (session.can("CONDSTORE") and args.accept(b" (CHANGEDSINCE ")):
        return None, False
    changed_since = args.number()
    vanished = args.accept(b" VANISHED")
    args.expect(b")")
    if vanished and not (by_uid and "QRESYNC" in session.enabled):
        raise WireError("VANISHED needs UID FETCH and QRESYNC")
    return changed_since, vanished


def _answer(session: Session, wish: Wish, number: int, message: StoredMessage) -> Fetched:
    seen = _mark_seen(session, wish, message)
    shown = seen or message
    values = [(item.name, item.render(shown)) for item in wish.items]
    names = {item.name for item in wish.items}
    tells_flags = b"FLAGS" in names
    if seen is not None and not tells_flags:
        values.append((b"FLAGS", encode.flags(shown.flags)))
    if seen is not None and session.tells_mod_seqs and b"MODSEQ" not in names:
        values.append((b"MODSEQ", b"(%d)" % shown.mod_seq))
    if seen is not None or tells_flags:
        session.selected.tell(shown)
    return Fetched(number, message.uid, tuple(values))


def _mark_seen(session: Session, wish: Wish, message: StoredMessage) -> StoredMessage | None:
    r"""Set \Seen when a body is fetched without PEEK; answer the message if that changed it."""
    view = session.selected
    if view.read_only or "\\Seen" in message.flags or not any(item.marks_seen for item in wish.items):
        return None
    changed = view.mailbox.add_flags([message.uid], ["\\Seen"])
    return changed[0] if changed else None
