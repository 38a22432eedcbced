"""CAPABILITY, NOOP, CHECK, LOGOUT, ID, ENABLE, COMPRESS: commands about the connection itself."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.protocol.responses import Close, Compress, Refused, Untagged, ok, status
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner

# RFC 7162 3.2.3: QRESYNC switches CONDSTORE on as well.
_ENABLES = {"CONDSTORE": {"CONDSTORE"}, "QRESYNC": {"QRESYNC", "CONDSTORE"}}


def capability(session: Session, args: Scanner) -> Flow:
    """Say what the server can do now."""
    args.end()
    yield Untagged(f"CAPABILITY {session.capability_line}".encode())
    yield ok("Capability completed")


def noop(_: Session, args: Scanner) -> Flow:
    """Do nothing: the news of the mailbox go out with the answer."""
    args.end()
    yield ok("NOOP completed")


def check(_: Session, args: Scanner) -> Flow:
    """Do nothing, as a store in memory has no housekeeping."""
    args.end()
    yield ok("CHECK completed")


def logout(_: Session, args: Scanner) -> Flow:
    """Say goodbye and close."""
    args.end()
    yield status("BYE", "Logging out")
    yield ok("Logout completed")
    yield Close()


def identify(_: Session, args: Scanner) -> Flow:
    """Exchange names (RFC 2971)."""
    args.space()
    if not args.accept(b"NIL"):
        args.group(_id_value)
    args.end()
    yield Untagged(b'ID ("name" "mailhelper test server")')
    yield ok("ID completed")


def enable(session: Session, args: Scanner) -> Flow:
    """Switch extensions on (RFC 5161); what the server does not know is passed over."""
    asked: list[str] = []
    while not args.at_end():
        args.space()
        asked.append(args.keyword())
    known = [name for name in asked if name in _ENABLES and session.can(name)]
    session.enabled.update(*(_ENABLES[name] for name in known))
    yield Untagged(b" ".join([b"ENABLED", *(name.encode() for name in known)]))
    yield ok("Enabled")


def compress(session: Session, args: Scanner) -> Flow:
    """Compress the connection from the end of the answer on (RFC 4978)."""
    args.space()
    mechanism = args.keyword()
    args.end()
    if mechanism != "DEFLATE":
        raise Refused("Unknown compression", "CANNOT")
    if session.is_compressed:
        raise Refused("Compression is active", "COMPRESSIONACTIVE")
    yield ok("Compression begins")
    yield Compress()


def _id_value(args: Scanner) -> bytes | None:
    return None if args.accept(b"NIL") else args.string()
