"""STATUS, and the STATUS responses of LIST-STATUS."""

from __future__ import annotations

from collections.abc import Callable

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.found import find_mailbox
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.protocol.responses import Untagged, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError

# Item -> (its value, the capability it needs).
_ITEMS: dict[str, tuple[Callable[[Mailbox], str], str | None]] = {
    "MESSAGES": (lambda mailbox: str(len(mailbox.uids)), None),
    "RECENT": (lambda _: "0", None),
    "UIDNEXT": (lambda mailbox: str(mailbox.uid_next), None),
    "UIDVALIDITY": (lambda mailbox: str(mailbox.uid_validity), None),
    "UNSEEN": (lambda mailbox: str(_without(mailbox, "\\Seen")), None),
    "SIZE": (lambda mailbox: str(sum(message.size for message in mailbox.messages)), "STATUS=SIZE"),
    "HIGHESTMODSEQ": (
        # RFC 7162 3.1.7: 0 says that the mailbox keeps no mod-sequences.
        lambda mailbox: str(mailbox.highest_mod_seq if mailbox.keeps_mod_seqs else 0),
        "CONDSTORE",
    ),
    "MAILBOXID": (lambda mailbox: f"({mailbox.mailbox_id})", "OBJECTID"),
}


def status(session: Session, args: Scanner) -> Flow:
    """Tell counts of a mailbox without opening it."""
    args.space()
    name = args.mailbox()
    args.space()
    items = read_items(session, args)
    args.end()
    yield line(find_mailbox(session, name), items)
    yield ok("Status completed")


def read_items(session: Session, args: Scanner) -> list[str]:
    """Take the parenthesized status items; asking for HIGHESTMODSEQ switches CONDSTORE on (RFC 7162 3.1)."""
    items = args.group(Scanner.keyword)
    for item in items:
        if item not in _ITEMS or not _is_offered(session, item):
            raise WireError("Unknown status item")
    if "HIGHESTMODSEQ" in items:
        session.enabled.add("CONDSTORE")
    return items


def line(mailbox: Mailbox, items: list[str]) -> Untagged:
    """Answer the STATUS response."""
    with mailbox.lock:  # the counts are of one moment
        values = " ".join(f"{item} {_ITEMS[item][0](mailbox)}" for item in items)
    return Untagged(b"STATUS %s (%s)" % (encode.mailbox(mailbox.name), values.encode()))


def _is_offered(session: Session, item: str) -> bool:
    needs = _ITEMS[item][1]
    return needs is None or session.can(needs)


def _without(mailbox: Mailbox, flag: str) -> int:
    return sum(flag not in message.flags for message in mailbox.messages)
