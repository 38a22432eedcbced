"""A server that never stops sending: in every phase an error of ours after some octets, whoever waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap import connection
from mailhelper_core.server.imap.connection import LOGIN_TIMEOUTS, connect_imap
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import CHUNK_BYTES, SLOWEST_BYTES_PER_SECOND, Stream
from mailhelper_core.server.imap.wire import Wire

LINE = b"* OK Still here, and a little more text to fill the line\r\n"
LITERAL = b"* X {900000}\r\n" + b"a" * 900_000 + b"\r\n"
LISTED = b'* LIST () "/" {900000}\r\n' + b"a" * 900_000 + b"\r\n"
STRANGER = b"* 9 FETCH (UID 99 BODY[] {900000}\r\n" + b"a" * 900_000 + b")\r\n"
AGAIN = b"* 1 FETCH (UID 1 BODY[] {900000}\r\n" + b"a" * 900_000 + b")\r\n"
CHALLENGE = b"+ more\r\n"
# A flood that nobody ends would fill the memory.
TOO_MUCH_BYTES = 60_000_000
TIMEOUT = 10.0
IDLE = frozenset({"IDLE"})


@dataclass
class Server:
    """A socket that answers every command, and one of them without end; at each read so much time passes."""

    floods_at: bytes
    flood: bytes = LINE
    pace: float = 0.0
    a_read: int = CHUNK_BYTES
    said: bytes = b"* OK hi\r\n"
    now: float = 0.0
    came: int = 0
    floods: bool = False

    def sendall(self, data: bytes) -> None:
        tag, _, rest = data.strip().partition(b" ")
        if rest.startswith(self.floods_at):
            self.floods = True
        elif rest.startswith(b"CAPABILITY"):
            self.said += b"* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + b" OK done\r\n"
        elif rest.startswith(b"EXAMINE"):
            self.said += b"* 2 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 3] .\r\n" + tag + b" OK done\r\n"
        elif rest == b"IDLE":
            self.said += b"+ idling\r\n"
        elif rest:
            self.said += tag + b" OK done\r\n"

    def recv(self, size: int) -> bytes:
        self.now += self.pace
        if self.floods and len(self.said) < size:
            self.said += self.flood * (1 + size // len(self.flood))
        if not self.said:
            raise TimeoutError
        size = min(size, self.a_read)
        data, self.said = self.said[:size], self.said[size:]
        self.came += len(data)
        assert self.came < TOO_MUCH_BYTES, "nobody ends it"
        return data

    def settimeout(self, _: float) -> None:
        """It waits for nothing."""

    def setsockopt(self, *_: object) -> None:
        """It has none."""

    def close(self) -> None:
        """It has nothing open."""


def stream(server: Server) -> Stream:
    return Stream(server, timeout=TIMEOUT, clock=lambda: server.now)  # type: ignore[arg-type]


def session(server: Server) -> MailSession:
    server.said = b""
    return ImapSession(Wire(stream(server), frozenset()), frozenset())


def log_in(server: Server, monkeypatch: pytest.MonkeyPatch, **options: str) -> MailSession:
    monkeypatch.setattr(connection, "connect", lambda *_, **__: stream(server))
    all_options = (("timeout", str(TIMEOUT)), *options.items())
    return connect_imap(Endpoint("imap", "127.0.0.1", 143, "", "ada", "none", "secret", all_options))


@pytest.mark.parametrize("command", [b"CAPABILITY", b"LOGIN"])
@pytest.mark.parametrize("flood", [LINE, LITERAL], ids=["lines", "literals"])
def test_log_in_ends(command: bytes, flood: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(command, flood)

    with pytest.raises(ServerError) as caught:
        log_in(server, monkeypatch)

    assert (caught.value.code, caught.value.transient) == ("protocol", True)
    assert server.came < 3_000_000


def test_challenges_end(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(b"AUTHENTICATE", CHALLENGE)

    with pytest.raises(ServerError):
        log_in(server, monkeypatch, auth="xoauth2")

    assert server.came < 3_000_000


@pytest.mark.parametrize(
    ("command", "flood", "options"), [(b"LOGIN", LINE, {}), (b"AUTHENTICATE", CHALLENGE, {"auth": "xoauth2"})]
)
def test_log_in_ends_by_the_clock_though_something_comes_all_the_time(
    command: bytes, flood: bytes, options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(command, flood, pace=1.0, a_read=len(flood))

    with pytest.raises(ServerError) as caught:
        log_in(server, monkeypatch, **options)

    assert (caught.value.code, caught.value.transient) == ("timeout", True)
    assert server.now <= LOGIN_TIMEOUTS * TIMEOUT + 1


def test_clock_of_the_log_in_does_not_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(b"none")
    logged_in = log_in(server, monkeypatch)
    server.now = 86_400.0

    assert logged_in.open("INBOX").status.messages == 2


CALLS: list[tuple[bytes, bytes, Callable[[MailSession], object]]] = [
    (b"APPEND", LINE, lambda opened: opened.append("INBOX", b"Subject: x\r\n\r\ny\r\n")),
    (b"APPEND", LITERAL, lambda opened: opened.append("INBOX", b"Subject: x\r\n\r\ny\r\n")),
    (b"LIST", LISTED, lambda opened: opened.mailboxes()),
    (b"LIST", b"* 1 FETCH (FLAGS ())\r\n", lambda opened: opened.mailboxes()),
    (b"LIST", b"* 1000000 EXISTS\r\n" + LINE * 100, lambda opened: opened.mailboxes()),
    (b"UID SEARCH", b"* SEARCH 1" + b" 2" * 100_000 + b"\r\n", lambda opened: opened.uids()),
    (b"UID FETCH", STRANGER, lambda opened: list(opened.bodies(UidSet.parse("1:2")))),
    (b"UID FETCH", AGAIN, lambda opened: list(opened.bodies(UidSet.parse("1:2")))),
    (b"UID FETCH", AGAIN, lambda opened: list(opened.flags(UidSet.parse("1:2")))),
    (b"UID FETCH", AGAIN, lambda opened: (next(opened.bodies(UidSet.parse("1:2"))), opened.status("INBOX"))),
    (b"EXAMINE", LITERAL, lambda opened: opened.open("Other")),
]


@pytest.mark.parametrize(("command", "flood", "call"), CALLS)
def test_answer_of_a_command_ends(command: bytes, flood: bytes, call: Callable[[MailSession], object]) -> None:
    server = Server(b"none", flood)
    opened = session(server)
    opened.open("INBOX")
    server.floods_at = command

    with pytest.raises(ServerError) as caught:
        call(opened)

    assert (caught.value.code, caught.value.transient) == ("too_much", True)


@pytest.mark.parametrize(("command", "flood", "call"), [CALLS[0], CALLS[2], CALLS[3], CALLS[6]])
def test_chatter_buys_little_time(command: bytes, flood: bytes, call: Callable[[MailSession], object]) -> None:
    server = Server(b"none", flood, a_read=20_000)
    opened = session(server)
    opened.open("INBOX")
    server.floods_at, server.pace = command, 4.0  # faster than mail must be

    with pytest.raises(ServerError) as caught:
        call(opened)

    assert (caught.value.code, caught.value.transient) == ("timeout", True)
    assert server.now < 300 * TIMEOUT


def test_mail_takes_as_long_as_it_comes() -> None:
    server = Server(b"none", a_read=20_000)
    opened = session(server)
    opened.open("INBOX")
    server.floods_at, server.pace = b"UID FETCH", 4.0
    server.said = AGAIN + AGAIN.replace(b"UID 1", b"UID 2") + b"M2 OK\r\n"

    bodies = dict(opened.bodies(UidSet.parse("1:2")))

    assert [len(body) for body in bodies.values()] == [900_000, 900_000]
    assert server.now > 300.0


def test_listing_takes_as_long_as_a_server_that_opens_each_mailbox_needs() -> None:
    server = Server(b"none")
    opened = session(server)
    listed = b"".join(
        b'* LIST (\\HasNoChildren) "/" "Archive of %05d"\r\n* STATUS "Archive of %05d" (MESSAGES 1 UIDNEXT 2)\r\n'
        % (number, number)
        for number in range(2_000)
    )
    server.said, server.a_read = listed, 50
    server.pace = 0.8 * 50 / SLOWEST_BYTES_PER_SECOND

    assert len(opened.mailboxes()) == 2_000
    assert server.now > 3 * TIMEOUT


def test_answer_left_half_way_may_be_larger_than_chatter() -> None:
    server = Server(b"none")
    opened = session(server)
    opened.open("INBOX")
    many = b"".join(AGAIN.replace(b"UID 1", b"UID %d" % uid) for uid in range(1, 31))
    server.floods_at = b"UID FETCH"
    server.said = many + b"M2 OK\r\n"
    bodies = opened.bodies(UidSet.parse("1:30"))
    next(bodies)
    server.floods_at = b"none"
    server.floods = False

    assert opened.open("INBOX").status.messages == 2


def test_news_end() -> None:
    server = Server(b"none", said=b"", flood=b"* STATUS {60000}\r\n" + b"a" * 60_000 + b" (MESSAGES 1)\r\n")
    pusher = ImapSession(Wire(stream(server), IDLE), IDLE).push()
    assert pusher is not None
    server.floods = True

    with pytest.raises(ServerError) as caught:
        pusher.read()

    assert caught.value.code == "too_much"
