"""A server that pushes and then breaks: the error is told at once, and nobody waits for news that cannot come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.push import Pusher
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.imap import push
from mailhelper_core.testing import After, Answer, Bye, Fault, ImapServer, Interrupt, SendInstead
from mailhelper_core.testing.faults import FAULTS
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Done, Response, Watch
from tests.contract.mail_session.news import IDLE, SOON, inbox
from tests.contract.mail_session.origins import BundledOrigin, mail


def wait_long(pusher: Pusher) -> None:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        pusher.wait(0.5)


def test_server_that_does_not_answer_a_renewal_is_gone(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "ANSWER_SECONDS", 0.1)
    pusher = pushing(BundledOrigin(pushed).connect())
    monkeypatch.setattr(push, "RENEW_SECONDS", 0.02)
    pushed.faults.add(*(Fault(name, Interrupt("line", seconds=30), times=None) for name in ("IDLE", "NOOP")))
    pusher.renew()

    with pytest.raises(ServerError) as caught:
        pusher.wait(SOON)

    assert (caught.value.code, caught.value.transient, pusher.fileno()) == ("timeout", True, -1)


def test_idle_that_tells_nothing_is_noticed_when_it_is_renewed(
    opened: list[Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(push, "ANSWER_SECONDS", 0.2)
    with FAULTS["F19"].server(without=IDLE) as server:
        FAULTS["F19"].arm(server)
        pusher = BundledOrigin(server).connect().push()  # type: ignore[attr-defined]
        opened.append(pusher)

        with pytest.raises(ServerError) as caught:
            pusher.wait(SOON)

    assert caught.value.code == "timeout"


def test_lost_connection_is_noticed_at_once(pushed: ImapServer, pushing: Callable[[MailSession], Pusher]) -> None:
    pusher = pushing(BundledOrigin(pushed).connect())
    pushed.drop_connections()

    with pytest.raises(ServerError) as caught:
        pusher.wait(SOON)

    assert (caught.value.code, pusher.fileno()) == ("connection_lost", -1)
    with pytest.raises(ServerError):
        pusher.read()
    pusher.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Bye("Bye", "UNAVAILABLE"), "throttled"),
        (Bye("Session expired"), "connection_lost"),
        (Answer("NO", "Not now"), "rejected"),
        (SendInstead(b"* STATUS {99999999}\r\n"), "too_much"),
        (SendInstead(b"* STATUS (((\r\n"), "protocol"),
        (SendInstead(b"P99 OK what\r\n"), "protocol"),
        (SendInstead(b"* " + b"x" * 3_000_000), "line_too_long"),
        (SendInstead(b"* OK Still here\r\n" * 30_000), "too_much"),
    ],
    ids=["bye", "expired", "refused", "literal", "garbage", "tag", "line", "lines"],
)
def test_whatever_a_server_pushes_ends_in_an_error_and_never_in_a_wait(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher], fault: Answer, code: str
) -> None:
    pusher = pushing(BundledOrigin(pushed).connect())
    pushed.faults.add(*(Fault(name, fault) for name in ("IDLE", "NOOP")))
    pusher.renew()

    with pytest.raises(ServerError) as caught:
        wait_long(pusher)

    assert caught.value.code == code
    assert pusher.fileno() == -1


@dataclass(frozen=True, slots=True)
class EndIdle(Action):
    """End the IDLE with OK, as some servers do after some minutes."""

    after: Callable[[], None] = lambda: None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        if not isinstance(response, Watch):
            return (response,)
        self.after()
        return (Done("OK", "IDLE terminated, come again"),)


def test_idle_that_the_server_ends_is_sent_again(opened: list[Pusher], monkeypatch: pytest.MonkeyPatch) -> None:
    with ImapServer(users={"ada": "secret"}, without=IDLE) as server:
        monkeypatch.setattr(push, "SOON_SECONDS", 0.0)  # all minutes pass at once
        server.faults.add(Fault("IDLE", EndIdle(), times=10))
        pusher = BundledOrigin(server).connect().push()  # type: ignore[attr-defined]
        opened.append(pusher)

        deadline = time.monotonic() + SOON
        while server.log.names.count("IDLE") < 11 and time.monotonic() < deadline:
            assert pusher.wait(0.05) == frozenset()
        inbox(server).append(mail(2))

        assert pusher.wait(SOON) == {"INBOX"}
        assert (server.log.names.count("IDLE"), server.log.names.count("LOGIN")) == (11, 1)


def test_idle_that_the_server_ends_at_once_again_and_again_is_no_loop(opened: list[Pusher]) -> None:
    with ImapServer(users={"ada": "secret"}, without=IDLE) as server:
        server.faults.add(Fault("IDLE", EndIdle(), times=None))
        pusher = BundledOrigin(server).connect().push()  # type: ignore[attr-defined]
        opened.append(pusher)

        with pytest.raises(ServerError) as caught:
            wait_long(pusher)

        assert (caught.value.transient, pusher.fileno()) == (True, -1)
        assert server.log.names.count("IDLE") == push.MAX_SOON_ENDED


def test_done_that_meets_an_idle_that_has_just_ended_breaks_nothing(opened: list[Pusher]) -> None:
    with ImapServer(users={"ada": "secret"}, without=IDLE) as server:
        server.faults.add(Fault("IDLE", EndIdle(lambda: time.sleep(0.2))))
        pusher = BundledOrigin(server).connect().push()  # type: ignore[attr-defined]
        opened.append(pusher)
        pusher.wait(0.1)
        pusher.renew()
        pusher.wait(0.3)
        inbox(server).append(mail(2))

        assert pusher.wait(SOON) == {"INBOX"}
        assert server.log.names.count("LOGIN") == 1


OVERFLOW = b"* OK [NOTIFICATIONOVERFLOW] too much\r\n"


def test_overflow_of_all_news_leaves_those_of_inbox(
    server: ImapServer, pushing: Callable[[MailSession], Pusher]
) -> None:
    pusher = pushing(BundledOrigin(server).connect())
    server.faults.add(Fault("NOOP", After(OVERFLOW)))
    pusher.renew()

    assert pusher.wait(SOON) == {"INBOX"}  # for what was not told
    assert pusher.mailboxes == {"INBOX"}
    inbox(server).append(mail(2))
    assert pusher.wait(SOON) == {"INBOX"}
    assert server.log.names.count("LOGIN") == 1


def test_overflow_while_all_news_are_asked_for_leaves_those_of_inbox(
    server: ImapServer, pushing: Callable[[MailSession], Pusher]
) -> None:
    server.faults.add(Fault("NOTIFY", SendInstead(OVERFLOW)))

    pusher = pushing(BundledOrigin(server).connect())

    assert pusher.mailboxes == {"INBOX"}
    inbox(server).append(mail(2))
    assert pusher.wait(SOON) == {"INBOX"}


def test_overflow_of_the_news_of_inbox_leaves_the_account_to_polls(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher]
) -> None:
    pusher = pushing(BundledOrigin(pushed).connect())
    for command, answer in (("NOOP", After(OVERFLOW)), ("NOTIFY", After(OVERFLOW)), ("IDLE", SendInstead(OVERFLOW))):
        pushed.faults.add(Fault(command, answer))
    pusher.renew()

    with pytest.raises(ServerError) as caught:
        wait_long(pusher)

    assert (caught.value.code, caught.value.retry_after) == ("notify_overflow", push.OVERFLOW_SECONDS)
    assert pusher.fileno() == -1


@pytest.mark.parametrize(
    "answer",
    [
        Answer("NO", "No", "BADEVENT (X)"), Answer("BAD", "Unknown command"), Answer("NO", "Not now", "UNAVAILABLE"),
        Answer("NO", "Internal error", "SERVERBUG"),
    ],
)  # fmt: skip
def test_refused_notify_falls_back_to_idle(
    server: ImapServer, pushing: Callable[[MailSession], Pusher], answer: Answer
) -> None:
    server.faults.add(Fault("NOTIFY", answer))

    session = BundledOrigin(server).connect()

    assert pushing(session).mailboxes == {"INBOX"}
    assert "NOTIFY" in session.info.refused


def test_half_a_line_is_not_waited_for(pushing: Callable[[MailSession], Pusher]) -> None:
    with ImapServer(without=IDLE) as server:
        server.faults.add(Fault("IDLE", Interrupt("line", response=0, after=4, seconds=3)))
        session = BundledOrigin(server).connect()
        pusher = session.push()  # type: ignore[attr-defined]
        time.sleep(0.1)
        started = time.monotonic()
        assert pusher.read() == frozenset()
        assert time.monotonic() - started < 2.5  # the rest of the line comes after three seconds
        inbox(server).append(mail(1))

        assert pusher.wait(SOON) == {"INBOX"}
        pusher.close()
