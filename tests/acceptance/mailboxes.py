"""A mail server as acceptance tests see it: where it is, who logs in, and what an independent client finds there."""

from __future__ import annotations

import email
import imaplib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from mailhelper_core.testing import GeneratedMail

_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One mail on the server: its Subject field and its keywords."""

    subject: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A running IMAP server and one login there."""

    name: str
    port: int
    username: str
    password: str

    @property
    def url(self) -> str:
        """The account's URL."""
        return f"imap://localhost:{self.port}"

    def fill(self, mails: tuple[GeneratedMail, ...]) -> None:
        """Put mails into their mailboxes, as another client would."""
        with self.client() as client:
            for name in {mail.mailbox for mail in mails} - {"INBOX"}:
                client.create(name)
            for mail in mails:
                flags = f"({' '.join(sorted(mail.flags))})"
                date = imaplib.Time2Internaldate(mail.internal_date)
                kind, answer = client.append(mail.mailbox, flags, date, mail.raw)
                assert kind == "OK", answer

    def create(self, mailbox: str) -> None:
        """Make a mailbox."""
        with self.client() as client:
            assert client.create(mailbox)[0] == "OK"

    def mails(self, mailbox: str) -> list[Seen]:
        """Answer what is in a mailbox now, in an order of its own; nothing for one that does not exist."""
        with self.client() as client:
            if client.select(mailbox, readonly=True)[0] != "OK":
                return []
            _, answers = client.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        return sorted(_seen(answer, after) for answer, after in pairwise([*answers, b""]) if isinstance(answer, tuple))

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Log in with the standard library's client."""
        with imaplib.IMAP4("localhost", self.port) as client:
            # imaplib sends a literal and its line end apart; Nagle would hold the end back for 40 ms.
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(self.username, self.password)
            yield client


def _seen(answer: tuple[bytes, bytes], after: object) -> Seen:
    flags = _FLAGS.search(answer[0] + (after if isinstance(after, bytes) else b""))
    # \\Recent belongs to the session that looks, not to the mail.
    keywords = sorted(set(flags[1].decode().split()) - {"\\Recent"}) if flags else []
    return Seen(str(email.message_from_bytes(answer[1])["Subject"]), tuple(keywords))
