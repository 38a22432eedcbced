"""The wire layer against octets that no server should send: an error of ours, soon, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError, ThrottledError
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import Literal
from mailhelper_core.server.imap.listing import STATUS_IN_FLIGHT
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire

FETCHED = (
    b'* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE " 7-Jul-1996 02:44:25 -0700" RFC822.SIZE 9 MODSEQ (4) '
    b"BODY[HEADER.FIELDS (DATE)] {9}\r\nDate: x\r\n)\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc FLAGS ())\r\n"
)
LISTED = (
    b'* LIST (\\HasNoChildren) "/" INBOX\r\n* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 4 HIGHESTMODSEQ 5)\r\n'
    b"* LIST (\\Sent) NIL {4}\r\nSent\r\n"
)
SELECTED = (
    b"* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 4] ok\r\n"
    b"* OK [UIDNEXT 3] ok\r\n* OK [HIGHESTMODSEQ 5] ok\r\n* VANISHED (EARLIER) 1:9\r\n* 1 FETCH (UID 10 FLAGS ())\r\n"
)
SEARCHED = b'* SEARCH 1 2\r\n* ESEARCH (TAG "M1") UID ALL 1:2\r\n'
COPIED = b"* VANISHED 3\r\nM1 OK [COPYUID 4 1:2,5 7:8,9] done\r\n"
APPENDED = b"* 3 EXISTS\r\nM1 OK [APPENDUID 4 9] done\r\n"
ALL = frozenset({"CONDSTORE", "ESEARCH", "LIST-STATUS", "LITERAL+"})
CALLS: list[tuple[bytes, Callable[[MailSession], object]]] = [
    (FETCHED, lambda session: list(session.metadata(UidSet.parse("1:9")))),
    (FETCHED, lambda session: list(session.bodies(UidSet.parse("1:9")))),
    (FETCHED, lambda session: list(session.flags(UidSet.parse("1:9")))),
    (LISTED, lambda session: session.mailboxes()),
    (LISTED, lambda session: session.status("INBOX")),
    (SELECTED, lambda session: session.open("INBOX")),
    (SEARCHED, lambda session: session.uids()),
    (COPIED, lambda session: session.copy(UidSet.parse("1:9"), "Archive").uids),
    (APPENDED, lambda session: session.append("Archive", b"x").uids),
]
PIECES = st.sampled_from(
    [b"(", b")", b'"', b"\r\n", b"{9}", b"{99999999999}", b"NIL", b"* ", b"M1 OK x\r\n", b"[", b"]", b":", b"1:2:3"]
)


class _Socket:
    """Says what it was given, whatever it is told."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heard = b""

    def settimeout(self, timeout: float) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        self.heard += data

    def recv(self, size: int) -> bytes:
        said, self.answer = self.answer[:size], self.answer[size:]
        return said

    def close(self) -> None:
        pass


class _Slow(_Socket):
    """Answers STATUS only once a number of them has come, as a server at the end of a long line seems to."""

    def __init__(self, at_once: int) -> None:
        super().__init__(b"")
        self.at_once, self.answered = at_once, 0

    def recv(self, size: int) -> bytes:
        asked = re.findall(rb'(M\d+) STATUS ("[^"]+")', self.heard)
        if len(asked) - self.answered < min(self.at_once, len(asked)) and len(asked) < 40:
            raise TimeoutError
        for tag, name in asked[self.answered :]:
            self.answer += b"* STATUS %s (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)\r\n%s OK x\r\n" % (name, tag)
        self.answered = len(asked)
        return super().recv(size)


def session_with(answer: bytes) -> ImapSession:
    return ImapSession(Wire(Stream(_Socket(answer), timeout=1.0), ALL), ALL)  # type: ignore[arg-type]


def test_the_states_of_many_mailboxes_are_asked_for_without_waiting_for_each() -> None:
    socket = _Slow(at_once=STATUS_IN_FLIGHT)
    session = ImapSession(Wire(Stream(socket, timeout=1.0), frozenset()), frozenset())  # type: ignore[arg-type]
    names = [f"List {number}" for number in range(40)]

    found = dict(session.statuses(names))

    assert list(found) == names
    assert session.commands == 40


class _OneByOne(_Socket):
    """Cuts the line when a command comes before the last one was answered."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.answered = 0

    def sendall(self, data: bytes) -> None:
        super().sendall(data)
        *before, last = re.findall(rb'(M\d+) (?:STATUS ("[^"]+")|UID FETCH (\d+))', self.heard)
        if len(before) == self.answered:
            tag, name, uid = last
            status, body = b"STATUS %s (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)", b'1 FETCH (UID %s BODY[] "x")'
            told = status % name if name else body % uid
            self.answer += b"* %s\r\n%s OK x\r\n" % (told, tag)

    def recv(self, size: int) -> bytes:
        self.answered += self.answer.count(b" OK x")
        return super().recv(size)


@pytest.mark.parametrize("pipelines", [True, False])
def test_a_server_that_takes_one_command_at_a_time_can_be_spoken_to_so(pipelines: bool) -> None:
    wire = Wire(Stream(_OneByOne(), timeout=1.0), frozenset(), pipelines=pipelines)  # type: ignore[arg-type]
    session = ImapSession(wire, frozenset())
    names = ["One", "Two", "Three"]
    uids = [UidSet.of([uid]) for uid in (1, 2, 3)]

    if pipelines:
        with pytest.raises(ServerError):
            dict(session.statuses(names))
    else:
        assert list(dict(session.statuses(names))) == names
        assert dict(session.bodies_of(uids)) == dict.fromkeys((1, 2, 3), b"x")


@pytest.mark.parametrize(("answer", "call"), CALLS)
def test_whole_answers_are_understood(answer: bytes, call: Callable[[MailSession], object]) -> None:
    assert call(session_with(answer + b"M1 OK done\r\n"))


def test_a_mailbox_whose_uids_do_not_last_is_not_opened() -> None:
    session = session_with(SELECTED + b"* NO [UIDNOTSTICKY] no lasting uids\r\nM1 OK done\r\n")

    with pytest.raises(ServerError) as caught:
        session.open("INBOX")

    assert caught.value.code == "no_uid_validity"


@given(st.sampled_from(CALLS), st.lists(st.tuples(st.integers(0, 400), PIECES | st.binary(max_size=3)), max_size=4))
def test_mutated_answers_are_understood_or_an_error_of_ours(
    chosen: tuple[bytes, Callable[[MailSession], object]], changes: list[tuple[int, bytes]]
) -> None:
    answer, call = chosen
    for at, octets in changes:
        answer = answer[:at] + octets + answer[at + len(octets) :]

    with suppress(ServerError):
        call(session_with(answer + b"M1 OK done\r\n"))


@given(st.binary(), st.booleans())
def test_literals_travel_with_their_length(data: bytes, at_once: bool) -> None:
    socket = _Socket(b"" if at_once else b"+ go on\r\n")
    wire = Wire(Stream(socket, timeout=1.0), frozenset({"LITERAL+"} if at_once else ()))  # type: ignore[arg-type]

    with pytest.raises(ServerError):
        wire.run(b"APPEND x ", Literal(data))

    sign = b"+" if at_once else b""
    assert socket.heard == b"M1 APPEND x {%d%s}\r\n" % (len(data), sign) + data + b"\r\n"


def test_small_literals_do_not_ask_where_the_server_takes_them() -> None:
    socket = _Socket(b"")
    wire = Wire(Stream(socket, timeout=1.0), frozenset({"LITERAL-"}))  # type: ignore[arg-type]

    with pytest.raises(ServerError):
        wire.run(b"X ", Literal(b"a" * 4096), b" ", Literal(b"b" * 4097))

    assert re.findall(rb"\{\d+\+?\}", socket.heard) == [b"{4096+}", b"{4097}"]


def test_the_reason_of_a_server_that_ends_before_it_takes_a_literal_is_heard() -> None:
    said = b"* 3 EXISTS\r\n* BYE Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n"
    wire = Wire(Stream(_Socket(said), timeout=5.0), frozenset())  # type: ignore[arg-type]

    with pytest.raises(ThrottledError) as caught:
        wire.run(b"APPEND Drafts ", Literal(b"Subject: one"))

    assert caught.value.retry_after == 92.415


def test_time_between_two_reads_does_not_count_against_the_server() -> None:
    now = [0.0]
    stream = Stream(_Socket(b"a\r\n"), timeout=1.0, clock=lambda: now[0])  # type: ignore[arg-type]
    now[0] = 1000.0

    assert stream.line() == b"a\r\n"


def test_time_spent_waiting_is_summed_up_over_one_answer() -> None:
    class Slow(_Socket):
        def recv(self, size: int) -> bytes:
            now[0] += 0.4
            return super().recv(1)

    now = [0.0]
    stream = Stream(Slow(b"abcdef\r\n"), timeout=1.0, clock=lambda: now[0])  # type: ignore[arg-type]

    with pytest.raises(ServerError) as caught:
        stream.line()

    assert caught.value.code == "timeout"


def test_the_next_command_is_on_its_way_before_the_last_one_is_answered() -> None:
    socket = _Socket(b"* 1 FETCH (UID 1 FLAGS ())\r\nM1 OK\r\nM2 OK\r\nM3 OK\r\n")
    wire = Wire(Stream(socket, timeout=1.0), frozenset())  # type: ignore[arg-type]
    answers = wire.responses([(b"UID FETCH %d FLAGS" % number,) for number in (1, 2, 3)])

    next(answers)
    early = socket.heard
    rest = list(answers)

    assert early == b"M1 UID FETCH 1 FLAGS\r\nM2 UID FETCH 2 FLAGS\r\n"
    assert socket.heard == early + b"M3 UID FETCH 3 FLAGS\r\n"
    assert rest == []
