"""Where the sessions under test get their mail from: each origin can be filled and connected to."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.builtin import register_sources
from mailhelper_core.server.url import parse_url
from mailhelper_core.testing import ImapServer
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.pymap import PASSWORD as PYMAP_PASSWORD
from tests.servers.pymap import Pymap

RECEIVED = datetime(2024, 2, 6, 9, 0, tzinfo=UTC)
# What every server has that hides all others.
BARE = "IMAP4rev1"
CONDSTORE = "IMAP4rev1 LITERAL+ CHILDREN ENABLE UIDPLUS CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS SPECIAL-USE"

# Closed after each test.
OPENED: list[MailSession] = []

_LETTERS = {"\\Seen": "S", "\\Answered": "R", "\\Flagged": "F", "\\Deleted": "T", "\\Draft": "D"}


def mail(number: int, *, body: bytes = b"Hello\r\n") -> bytes:
    """Write a message whose header fields are the same at every origin."""
    return (
        b"Received: from here\r\nFrom: Ada <ada@example.org>\r\nSubject: mail %d\r\n  folded\r\n"
        b"Date: Tue, 06 Feb 2024 10:00:00 +0100\r\nMessage-ID: <%d@example.org>\r\n\r\n" % (number, number)
    ) + body


class Origin(Protocol):
    """A mailbox tree that tests fill behind the session's back."""

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        """Put a message into INBOX, received at RECEIVED."""
        ...

    def make_empty(self) -> None:
        """Make an INBOX without mail."""
        ...

    def connect(self, **options: str) -> MailSession:
        """Open a session."""
        ...


def connect(url: str, *, username: str = "", secret: str = "", **options: str) -> MailSession:
    """Open a session through the registered sources, as the program does."""
    endpoint = parse_url(url, username=username)
    (source,) = (source for source in register_sources() if endpoint.scheme in source.schemes)
    session = source.connect(replace(endpoint, secret=secret, options=tuple(options.items())))
    OPENED.append(session)
    return session


@dataclass(frozen=True, slots=True)
class BundledOrigin:
    """The bundled server, with its own user ada."""

    server: ImapServer

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        self.server.store.user("ada").mailbox("INBOX").append(raw, flags=flags, internal_date=RECEIVED)

    def make_empty(self) -> None:
        """It is there."""

    def connect(self, **options: str) -> MailSession:
        return connect(self.server.url, username="ada", secret="secret", **options)


@dataclass(frozen=True, slots=True)
class DovecotOrigin:
    """A user of a real Dovecot."""

    dovecot: Dovecot
    user: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.dovecot.port}"

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        letters = "".join(_LETTERS[flag] for flag in flags)
        self.dovecot.deliver(self.user, raw, flags=letters, received_at=RECEIVED)

    def make_empty(self) -> None:
        """It appears on the first login."""

    def connect(self, **options: str) -> MailSession:
        return connect(self.url, username=self.user, secret=PASSWORD, **dict(self.options) | options)


@dataclass(frozen=True, slots=True)
class PymapOrigin:
    """A user of pymap."""

    pymap: Pymap
    user: str

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.pymap.port}"

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        self.pymap.deliver(self.user, raw, flags=flags, received_at=RECEIVED)

    def make_empty(self) -> None:
        """It appears on the first login."""

    def connect(self, **options: str) -> MailSession:
        return connect(self.url, username=self.user, secret=PYMAP_PASSWORD, **options)


@dataclass(frozen=True, slots=True)
class MaildirOrigin:
    """A Maildir."""

    root: Path

    def make_empty(self) -> None:
        for part in ("cur", "new", "tmp"):
            (self.root / part).mkdir(parents=True, exist_ok=True)

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        self.make_empty()
        number = len(os.listdir(self.root / "cur"))
        letters = "".join(sorted(_LETTERS[flag] for flag in flags))
        path = self.root / "cur" / f"{1_700_000_000 + number * 100_000}.{number}.host:2,{letters}"
        path.write_bytes(raw)
        os.utime(path, (RECEIVED.timestamp(), RECEIVED.timestamp()))

    def connect(self, **options: str) -> MailSession:
        return connect(f"maildir://{self.root}", **options)


@dataclass(frozen=True, slots=True)
class MboxOrigin:
    """An mbox file; flags stand in its Status fields, so they change the raw message."""

    path: Path

    def make_empty(self) -> None:
        self.path.touch()

    def put(self, raw: bytes, *, flags: frozenset[str] = frozenset()) -> None:
        separator = f"From ada@example.org {RECEIVED:%a %b %d %H:%M:%S %Y}\n".encode()
        status = b"Status: R\r\n" if flags else b""
        quoted = re.sub(rb"^(>*From )", rb">\1", status + raw, flags=re.MULTILINE)
        with self.path.open("ab") as file:
            file.write(separator + quoted + b"\n")

    def connect(self, **options: str) -> MailSession:
        return connect(f"mbox://{self.path}", **options)


# What a bundled server of this name does not offer.
WITHOUT: dict[str, tuple[str, ...]] = {
    "bundled": (),
    "no-qresync": ("QRESYNC",),
    "no-condstore": ("QRESYNC", "CONDSTORE"),
    "no-move": ("MOVE",),
    "no-uidplus": ("MOVE", "UIDPLUS"),
    "no-list-status": ("LIST-STATUS", "SPECIAL-USE"),
    "no-esearch": ("ESEARCH",),
    "no-literal-plus": ("LITERAL+",),
    "bare": ("SASL-IR", "LITERAL+", "ID", "ENABLE", "IDLE", "NAMESPACE", "CHILDREN", "LIST-EXTENDED", "LIST-STATUS",
             "SPECIAL-USE", "STATUS=SIZE", "UNSELECT", "UIDPLUS", "MOVE", "ESEARCH", "CONDSTORE", "QRESYNC",
             "OBJECTID"),
}  # fmt: skip
# What Dovecot is asked to hide, one at a time.
CAPABILITIES = ("SASL-IR", "LITERAL+", "ENABLE", "QRESYNC", "CONDSTORE", "ESEARCH", "MOVE", "UIDPLUS", "LIST-EXTENDED",
                "LIST-STATUS", "SPECIAL-USE", "IDLE", "NOTIFY", "NAMESPACE", "UNSELECT", "CHILDREN", "ID")  # fmt: skip


def hidden(capability: str) -> str:
    """Answer what Dovecot says it can when it hides one; CONDSTORE takes QRESYNC along (RFC 7162 3.2.3)."""
    gone = {capability, *(["QRESYNC"] if capability in ("CONDSTORE", "ENABLE") else [])}
    return " ".join(["IMAP4rev1", *(name for name in CAPABILITIES if name not in gone)])


# What a real Dovecot of this name says it can; empty: everything.
DOVECOTS = {"dovecot": "", "dovecot-compress": "", "dovecot-condstore": CONDSTORE, "dovecot-bare": BARE}
# On this machine nothing is compressed unless asked for.
DOVECOT_OPTIONS = {"dovecot-compress": (("compress", "always"),)}
# With --full: all but one.
HIDING_DOVECOTS = {f"dovecot-no-{capability.lower()}": hidden(capability) for capability in CAPABILITIES}
FILES: dict[str, Callable[[Path], Origin]] = {
    "maildir": lambda folder: MaildirOrigin(folder / "Maildir"),
    "mbox": lambda folder: MboxOrigin(folder / "box"),
}
