"""A server that breaks the protocol or the connection: what came is kept, what follows is an error, never nonsense."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap import fetch, wire
from mailhelper_core.testing import (
    Answer,
    Call,
    Ending,
    ExtraLines,
    Fault,
    ImapServer,
    Interrupt,
    LyingLiteral,
    MissingItem,
    MissingMessage,
    NilBody,
    SendInstead,
    Trickle,
    Twice,
    Unbalanced,
    WithItem,
    WrongTag,
)
from mailhelper_core.testing.imap.fault_actions import Action
from tests.contract.mail_session.origins import BundledOrigin, mail

MAILS = 5
# How long a session waits for a silent server: so long that a busy machine is not taken for one.
WAITS_SECONDS = 5


@pytest.fixture
def session(server: ImapServer) -> MailSession:
    """A session with five mails in its open mailbox."""
    origin = BundledOrigin(server)
    for number in range(MAILS):
        origin.put(mail(number, body=b"x" * 5_000))
    session = origin.connect(timeout=str(WAITS_SECONDS))
    session.open("INBOX", writable=True)
    return session


def read(session: MailSession) -> tuple[list[int], ServerError | None]:
    """Read all bodies; answer the uids that came, each whole, and what ended it."""
    came = []
    try:
        for uid, raw in session.bodies(UidSet.parse(f"1:{MAILS}")):
            assert raw == mail(uid - 1, body=b"x" * 5_000)
            came.append(uid)
    except ServerError as error:
        return came, error
    return came, None


def assert_unusable(session: MailSession) -> None:
    with pytest.raises(ServerError, match="closed") as caught:
        session.uids()
    assert caught.value.transient


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Interrupt("literal", after=100, response=2), "connection_lost"),
        (Interrupt("line", after=9, response=2), "connection_lost"),
        (Interrupt("tag"), "connection_lost"),
        (Interrupt("literal", after=100, response=2, seconds=30), "timeout"),
        (Interrupt("tag", seconds=30), "timeout"),
        (WrongTag(), "connection_lost"),
        (SendInstead(b"* 1 FETCH (UID 1 BODY[] {10000000000}\r\n"), "too_much"),
        (SendInstead(b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n"), "too_much"),
        (SendInstead(b"* 1 FETCH (" + b"a" * 2_000_000), "line_too_long"),
        (ExtraLines((b"5 EXISTS",), times=700), "too_much"),
        (ExtraLines((b"1 FETCH (FLAGS ())",), times=700), "too_much"),
    ],
)
def test_broken_connection_keeps_what_came_and_is_over(
    server: ImapServer, session: MailSession, fault: Action, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SPARE_LINES", 500)
    server.faults.add(Fault("UID FETCH", fault))

    with within(3 * WAITS_SECONDS):
        came, error = read(session)

    assert error is not None
    assert (error.code, error.transient) == (code, True)
    assert came == list(range(1, len(came) + 1))
    if isinstance(fault, Interrupt):
        assert len(came) == (MAILS if fault.at == "tag" else 2)
    assert_unusable(session)


def test_slow_drip_is_not_waited_for(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", Trickle(per_second=30), times=None))

    with within(3 * WAITS_SECONDS):
        _, error = read(session)

    assert error is not None
    assert error.code == "timeout"


@pytest.mark.parametrize("by", [-5000, -3, -2, -1, 1, 2, 3, 4, 50, 5000])
def test_literal_of_wrong_length_never_becomes_a_body(server: ImapServer, session: MailSession, by: int) -> None:
    server.faults.add(Fault("UID FETCH", LyingLiteral(by, uid=2)))

    came, error = read(session)

    assert error is not None
    assert error.transient
    assert 2 not in came


@pytest.mark.parametrize("uid", [1, 3, 5])
def test_one_message_that_cannot_be_read_does_not_cost_the_others(
    server: ImapServer, session: MailSession, uid: int
) -> None:
    server.faults.add(Fault("UID FETCH", Unbalanced(uid)))

    came, error = read(session)

    assert error is not None
    assert (error.code, error.transient) == ("protocol", True)
    assert set(came) == set(range(1, MAILS + 1)) - {uid}
    assert read(session) == ([1, 2, 3, 4, 5], None)


def test_refusal_at_the_end_keeps_what_came(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", Ending("NO", "SERVERBUG")))

    came, error = read(session)

    assert error is not None
    assert (came, error.code, error.transient) == ([1, 2, 3, 4, 5], "server_bug", True)
    assert session.uids() == UidSet.parse("1:5")


def test_messages_expunged_meanwhile_are_no_error(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", MissingMessage(3)), Fault("UID FETCH", Ending("NO", "EXPUNGEISSUED")))

    assert read(session) == ([1, 2, 4, 5], None)


def test_nil_body_is_no_body(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", NilBody(uid=2)))

    assert read(session) == ([1, 3, 4, 5], None)


def test_body_without_uid_is_nobodys(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", MissingItem("UID", uid=2)))

    came, error = read(session)

    assert came == [1, 3, 4, 5]
    assert error is not None
    assert error.code == "protocol"


def test_news_of_other_messages_are_not_taken_for_answers(server: ImapServer, session: MailSession) -> None:
    news = (b"1 FETCH (FLAGS (\\Seen))", b"2 FETCH (UID 77 FLAGS (\\Seen))", b"6 EXISTS", b"1 RECENT", b"OK Still here")
    server.faults.add(Fault("UID FETCH", ExtraLines(news), times=None))
    uids = UidSet.parse("1:5")

    assert read(session) == ([1, 2, 3, 4, 5], None)
    assert [found.uid for found in session.metadata(uids)] == [1, 2, 3, 4, 5]
    assert {found.uid for found in session.flags(uids)} == {1, 2, 3, 4, 5}


def test_repeated_bodies_come_once(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID FETCH", Twice()))

    assert read(session) == ([1, 2, 3, 4, 5], None)


@pytest.mark.parametrize(
    "date", [b"NIL", b'"garbage"', b'"01-Jan-0000 00:00:00 +0000"', b'"01-Jan-9999 00:00:00 -9999"']
)
def test_odd_dates_are_no_dates(server: ImapServer, session: MailSession, date: bytes) -> None:
    server.faults.add(Fault("UID FETCH", WithItem(b"INTERNALDATE", date)))

    assert [found.received_at for found in session.metadata(UidSet.parse("1:5"))] == [None] * MAILS


def test_connection_lost_in_append_leaves_the_message_to_be_found(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("APPEND", Interrupt("tag")))

    with pytest.raises(ServerError) as caught:
        session.append("INBOX", mail(77))

    assert caught.value.code == "connection_lost"
    again = BundledOrigin(server).connect()
    again.open("INBOX")
    assert again.find_message_id("77@example.org", from_uid=6) == UidSet.of([6])


def test_append_that_is_refused_before_its_literal_sends_nothing() -> None:
    with ImapServer(without=["LITERAL+"]) as server:
        session = BundledOrigin(server).connect(timeout=str(WAITS_SECONDS))
        server.faults.add(Fault("APPEND", Answer("NO", "Too big", "TOOBIG")))

        with pytest.raises(ServerError) as caught:
            session.append("INBOX", mail(1))

        assert caught.value.code == "too_large"
        assert session.status("INBOX").messages == 0


def test_store_that_is_ignored_is_not_confirmed(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("UID STORE", Answer("OK")))  # type: ignore[arg-type]

    answer = session.store(UidSet.of([1]), add=frozenset({"\\Seen"}))

    assert [(found.uid, found.keywords) for found in answer] == [(1, frozenset())]


def test_generator_of_an_earlier_command_says_that_it_is_over(session: MailSession) -> None:
    bodies = session.bodies(UidSet.parse("1:5"))
    next(bodies)
    session.uids()

    with pytest.raises(ServerError) as caught:
        list(bodies)

    assert caught.value.code == "abandoned"
    assert read(session) == ([1, 2, 3, 4, 5], None)


def test_closing_a_lost_connection_raises_nothing(server: ImapServer, session: MailSession) -> None:
    server.drop_connections()

    session.close()

    assert_unusable(session)


def test_message_expunged_by_another_client_is_absent(server: ImapServer, session: MailSession) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    server.faults.add(Fault("UID FETCH", Call(lambda: inbox.expunge([2]))))

    assert read(session) == ([1, 3, 4, 5], None)
    assert session.uids() == UidSet.parse("1,3:5")


def test_long_fetch_takes_several_commands_of_which_one_may_fail(
    server: ImapServer, session: MailSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MESSAGES_A_COMMAND", 2)
    sent = session.commands

    assert read(session) == ([1, 2, 3, 4, 5], None)
    assert session.commands == sent + 3

    server.faults.add(Fault("UID FETCH", Ending("NO", "SERVERBUG")))
    came, error = read(session)

    assert (came, error.code if error else "") == ([1, 2], "server_bug")
    assert read(session) == ([1, 2, 3, 4, 5], None)
