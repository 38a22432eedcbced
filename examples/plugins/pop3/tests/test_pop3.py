"""A maildrop is synced to the octet, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import mailhelper_pop3 as plugin
import pytest

from mailhelper_core import LoginError, ServerError
from mailhelper_core.testing import Environment, check_source

RAWS = [
    b"From: bob@example.org\r\nDate: Sun, 01 Mar 2026 09:00:00 +0000\r\nSubject: One\r\n\r\n.dots\r\n..\r\n",
    b"From: eve@example.org\r\nSubject: no date\r\nX-Long: " + b"x" * 5_000 + b"\r\n\r\nText\r\n",
    b"Subject: \xe4\xf6\xfc\r\n\r\n\r\n",
]


class _Server(ThreadingTCPServer):
    daemon_threads = True


class _Handler(StreamRequestHandler):
    """RFC 1939, as far as a client that reads needs it."""

    def handle(self) -> None:
        raws = list(RAWS)
        self._say("+OK")
        for line in self.rfile:
            command, *rest = line.decode().split()
            number = int(rest[0]) - 1 if rest and rest[0].isdecimal() else 0
            if command == "PASS":
                self._say("+OK" if rest == ["secret"] else "-ERR")
            elif command == "UIDL":
                self._many(*(f"{place} uid-{hash(raw) & 0xFFFF}-{place}" for place, raw in enumerate(raws, 1)))
            elif command == "LIST":
                self._say(f"+OK {number + 1} {len(raws[number])}")
            elif command == "RETR":
                self._octets(raws[number])
            elif command == "TOP":
                self._octets(raws[number].partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            else:
                self._say("+OK")
            if command == "QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _many(self, *lines: str) -> None:
        self._octets("".join(f"{line}\r\n" for line in lines).encode())

    def _octets(self, data: bytes) -> None:
        stuffed = b"".join((b"." if line.startswith(b".") else b"") + line for line in data.splitlines(keepends=True))
        self.wfile.write(b"+OK\r\n" + stuffed + b".\r\n")


@pytest.fixture
def server() -> Iterator[str]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"pop3://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_the_source_keeps_its_contract(server: str) -> None:
    (source,) = plugin.register_sources()

    away = "pop3://127.0.0.1:1"
    check_source(source, server, RAWS, username="ada", password="secret", refused="wrong", away=away)


def test_a_wrong_password_is_a_login_error(server: str, tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        account = env.ada.accounts.add(server, username="ada", password="wrong")

        with pytest.raises(LoginError):
            env.ada.sync(account.id)


def test_a_password_is_never_sent_to_others_in_the_clear(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        account = env.ada.accounts.add("pop3://pop.example.org", username="ada", password="secret")

        with pytest.raises(ServerError, match="this machine only"):
            env.ada.sync(account.id)
