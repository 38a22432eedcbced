"""A connection that sends random commands and checks after each what it was told, as RFC 3501 lets a client rely on."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from random import Random

MAIL = b"From: ada@example.org\r\nSubject: many\r\n\r\nText\r\n"
FLAGS = ("\\Seen", "\\Flagged", "\\Deleted", "\\Answered", "$Todo")
# While one of these is answered, numbers must keep their meaning (7.4.1).
NUMBERED = ("FETCH", "STORE", "SEARCH")
_UNTAGGED = re.compile(rb"\* ([0-9]+) (EXISTS|EXPUNGE|FETCH)(.*)", re.DOTALL)
_UID = re.compile(rb"UID ([0-9]+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
SECONDS = 20.0


@dataclass
class Talker:
    """One session with INBOX selected; `view` is the UID of each message number, None where it was not told yet."""

    port: int
    user: str
    password: str
    draw: Random
    view: list[int | None] = field(default_factory=list)
    flags: dict[int, frozenset[bytes]] = field(default_factory=dict)
    sent: int = 0
    refused: list[str] = field(default_factory=list)

    def __enter__(self) -> Talker:
        self._socket = socket.create_connection(("127.0.0.1", self.port), SECONDS)
        self._file = self._socket.makefile("rb")
        self._file.readline()
        self.command(f"LOGIN {self.user} {self.password}")
        self.command("SELECT INBOX")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def step(self) -> None:
        """Send one command, drawn by lot."""
        draw, count = self.draw, len(self.view)
        number = draw.randint(1, count) if count else 0
        flag, sign = draw.choice(FLAGS), draw.choice("+-")
        choices = ["NOOP", "CHECK", "UID SEARCH ALL", "EXPUNGE", "APPEND", "APPEND"]
        if number:
            choices += [
                f"FETCH {number}:* (UID FLAGS)", f"UID FETCH {self._some_uid()} (FLAGS)", "SEARCH DELETED",
                f"STORE {number} {sign}FLAGS ({flag})", f"UID STORE {self._some_uid()} {sign}FLAGS ({flag})",
                f"STORE {number} +FLAGS.SILENT (\\Deleted)", f"COPY {number} INBOX",
            ]  # fmt: skip
        self.command(draw.choice(choices))

    def settle(self) -> dict[int, frozenset[bytes]]:
        """Hear what is new, and answer the flags of all messages by UID."""
        self.command("NOOP")
        self.flags.clear()
        if self.view:
            self.command("FETCH 1:* (UID FLAGS)")
        assert len(self.flags) == len(self.view), "a FETCH of all answered not all"
        return dict(self.flags)

    def command(self, words: str) -> None:
        """Send a command, take in what is told, and check it."""
        self.sent += 1
        tag = f"t{self.sent}".encode()
        if words == "APPEND":
            words = f"APPEND INBOX ({self.draw.choice(FLAGS)}) {{{len(MAIL)}+}}\r\n{MAIL.decode()}"
        self._socket.sendall(tag + b" " + words.encode() + b"\r\n")
        name = words.split()[0]
        while not (line := self._file.readline()).startswith(tag + b" "):
            assert line, f"the connection ended after {name}"
            self._take(line, name)
        status = line.split()[1]
        assert status in (b"OK", b"NO"), f"{name}: {line!r}"
        if status == b"NO":
            self.refused.append(name)

    def _take(self, line: bytes, name: str) -> None:
        if line.startswith(b"* SEARCH"):
            numbers = [int(word) for word in line.split()[2:]]
            assert name == "UID" or all(1 <= number <= len(self.view) for number in numbers), "SEARCH beyond the view"
        if not (found := _UNTAGGED.match(line)):
            return
        number, kind = int(found[1]), found[2]
        if kind == b"EXISTS":
            assert number >= len(self.view), f"EXISTS {number} where {len(self.view)} were known and none went"
            self.view += [None] * (number - len(self.view))
            return
        assert 1 <= number <= len(self.view), f"{kind!r} of {number} among {len(self.view)}"
        if kind == b"EXPUNGE":
            assert name not in NUMBERED, f"EXPUNGE while {name} was answered"
            del self.view[number - 1]
        else:
            self._take_fetch(number, found[3])

    def _take_fetch(self, number: int, items: bytes) -> None:
        uid, flags = _UID.search(items), _FLAGS.search(items)
        if uid is None:
            return
        known = self.view[number - 1]
        assert known in (None, int(uid[1])), f"number {number} is UID {int(uid[1])}, and was {known}"
        self.view[number - 1] = int(uid[1])
        told = [one for one in self.view if one is not None]
        assert told == sorted(set(told)), "UIDs do not ascend with the numbers"
        if flags is not None:
            self.flags[int(uid[1])] = frozenset(flags[1].split()) - {b"\\Recent"}

    def _some_uid(self) -> int:
        return self.draw.choice([one for one in self.view if one is not None] or [1])
