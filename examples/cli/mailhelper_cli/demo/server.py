"""A second pair of eyes: what another mail program finds on the server, by the standard library's own client."""

from __future__ import annotations

import imaplib
import re
from collections import Counter
from dataclasses import dataclass, field

_LISTED = re.compile(rb'\(.*?\) "." "?(?P<name>.+?)"?$')
_FLAGS = re.compile(rb"FLAGS \((?P<flags>[^)]*)\)")


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How many messages a mailbox holds, and how often each keyword is set on them."""

    messages: int = 0
    keywords: Counter[str] = field(default_factory=Counter)


def look(host: str, port: int, username: str, password: str) -> dict[str, MailboxState]:
    """Answer the mailboxes as they are on the server now; nothing is changed by looking."""
    with imaplib.IMAP4(host, port) as client:
        client.login(username, password)
        _, listed = client.list()
        names = [
            match["name"].decode() for line in listed if isinstance(line, bytes) and (match := _LISTED.match(line))
        ]
        return {name: _state(client, name) for name in sorted(names, key=lambda name: (name != "INBOX", name))}


def _state(client: imaplib.IMAP4, name: str) -> MailboxState:
    _, counts = client.select(f'"{name}"', readonly=True)
    messages = int(counts[0] or 0)
    _, answers = client.fetch("1:*", "(FLAGS)") if messages else ("", [])
    found = [match["flags"].decode().split() for line in answers if (match := _FLAGS.search(_octets(line)))]
    return MailboxState(messages, Counter(flag for flags in found for flag in flags))


def _octets(line: object) -> bytes:
    return line if isinstance(line, bytes) else b""
