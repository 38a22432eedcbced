"""News that a server pushes: with NOTIFY for all mailboxes, with IDLE for INBOX, never missed and never waited for."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Iterator
from statistics import median

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import MailSession, Pusher, PushingSession
from mailhelper_core.server.imap import push
from mailhelper_core.testing import (
    Answer,
    Bye,
    Fault,
    ImapServer,
    Interrupt,
    LocalCertificate,
    SendInstead,
)
from mailhelper_core.testing.faults import FAULTS
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.mail_session.origins import BundledOrigin, Origin, connect
from tests.contract.mail_session.test_reading import mail

IDLE, NOTIFY = ("NOTIFY",), ()
# How long a test waits for news that must come; a real server takes half a second.
SOON = 5.0


@pytest.fixture
def opened() -> Iterator[list[Pusher]]:
    pushers: list[Pusher] = []
    yield pushers
    for pusher in pushers:
        pusher.close()


@pytest.fixture
def pushing(opened: list[Pusher]) -> Callable[[MailSession], Pusher]:
    """Turn a session into a pusher that has told its first news."""

    def make(session: MailSession) -> Pusher:
        assert isinstance(session, PushingSession)
        pusher = session.push()
        assert pusher is not None
        opened.append(pusher)
        pusher.wait(0.05)
        return pusher

    return make


@pytest.fixture(params=[IDLE, NOTIFY], ids=["idle", "notify"])
def pushed(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """A server that pushes one way or the other."""
    with ImapServer(without=request.param) as running:
        running.store.user("ada").mailbox("INBOX").append(mail(1))
        yield running


def inbox(server: ImapServer, name: str = "INBOX") -> Mailbox:
    return server.store.user("ada").mailbox(name)


def wait_long(pusher: Pusher) -> None:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        pusher.wait(0.5)


def test_new_mail_is_pushed_by_every_server_that_can(imap: Origin, pushing: Callable[[MailSession], Pusher]) -> None:
    session = imap.connect()
    can = {"IDLE", "NOTIFY"} & session.info.capabilities
    imap.put(mail(1))
    if not can:
        assert isinstance(session, PushingSession)
        assert session.push() is None
        return
    pusher = pushing(session)
    assert pusher.wait(0.0) == frozenset()

    other, news = imap.connect(), list[frozenset[str]]()
    for number in range(4):  # Dovecot is blind to what happens in the second of its own last look
        other.append("INBOX", mail(number))
        news.append(pusher.wait(1.5))
        if news[-1]:
            break

    assert {"INBOX"} in news


@pytest.mark.parametrize(
    "change",
    [
        lambda box: box.append(mail(2)),
        lambda box: box.expunge([1]),
        lambda box: box.add_flags([1], ["\\Seen"]),
    ],
    ids=["new", "gone", "flags"],
)
def test_every_change_is_pushed(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher], change: Callable[[Mailbox], object]
) -> None:
    pusher = pushing(BundledOrigin(pushed).connect())

    change(inbox(pushed))

    assert pusher.wait(SOON) == {"INBOX"}
    assert pusher.wait(0.05) == frozenset()


def test_notify_tells_of_all_mailboxes_and_idle_of_inbox(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher]
) -> None:
    pushed.store.user("ada").create("Entwürfe & mehr")
    pusher = pushing(BundledOrigin(pushed).connect())

    inbox(pushed, "Entwürfe & mehr").append(mail(5))

    if pusher.mailboxes is None:
        assert pusher.wait(SOON) == {"Entwürfe & mehr"}
    else:
        assert (pusher.mailboxes, pusher.wait(0.2)) == ({"INBOX"}, frozenset())


def test_one_loop_serves_many_accounts(pushed: ImapServer, pushing: Callable[[MailSession], Pusher]) -> None:
    names = [f"user{number}" for number in range(20)]
    for name in names:
        pushed.store.add_user(name, "secret")
    pushers = {}
    with selectors.DefaultSelector() as selector:
        for name in names:
            pushers[name] = pushing(_session(pushed, name))
            selector.register(pushers[name], selectors.EVENT_READ, name)
        for name in names[::3]:
            pushed.store.user(name).mailbox("INBOX").append(mail(1))
        found: set[str] = set()
        deadline = time.monotonic() + SOON
        while found != set(names[::3]) and time.monotonic() < deadline:
            for key, _ in selector.select(0.1):
                found |= {key.data} if pushers[key.data].read() else set()

    assert found == set(names[::3])


def test_news_wake_up_within_a_tenth_of_a_second(pushed: ImapServer, pushing: Callable[[MailSession], Pusher]) -> None:
    pusher = pushing(BundledOrigin(pushed).connect())
    waits = []
    for number in range(15):
        started = time.monotonic()
        inbox(pushed).append(mail(number))
        assert pusher.wait(SOON) == {"INBOX"}
        waits.append(time.monotonic() - started)

    assert median(waits) <= 0.1


def test_waiting_is_renewed_and_nothing_is_lost_meanwhile(
    pushed: ImapServer, pushing: Callable[[MailSession], Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "RENEW_SECONDS", 0.02)
    pusher = pushing(BundledOrigin(pushed).connect())
    pushed.log.clear()

    for number in range(5):
        assert pusher.wait(0.1) == frozenset()
        inbox(pushed).append(mail(number))
        assert pusher.wait(SOON) == {"INBOX"}

    assert pushed.log.names.count("IDLE" if pusher.mailboxes else "NOOP") >= 5


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
        (SendInstead(b"* OK [NOTIFICATIONOVERFLOW] too much\r\n"), "notify_overflow"),
        (SendInstead(b"* " + b"x" * 3_000_000), "line_too_long"),
        (SendInstead(b"* OK Still here\r\n" * 30_000), "too_much"),
    ],
    ids=["bye", "expired", "refused", "literal", "garbage", "tag", "overflow", "line", "lines"],
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
        server.faults.add(Fault("IDLE", Interrupt("line", response=0, after=4, seconds=0.3)))
        session = BundledOrigin(server).connect()
        pusher = session.push()  # type: ignore[attr-defined]
        time.sleep(0.1)
        started = time.monotonic()
        assert pusher.read() == frozenset()
        assert time.monotonic() - started < 0.1
        inbox(server).append(mail(1))

        assert pusher.wait(SOON) == {"INBOX"}
        pusher.close()


def test_session_that_pushes_takes_no_commands(pushed: ImapServer, pushing: Callable[[MailSession], Pusher]) -> None:
    session = BundledOrigin(pushed).connect()
    pusher = pushing(session)

    with pytest.raises(ServerError, match="waits for news"):
        session.mailboxes()
    session.close()
    inbox(pushed).append(mail(3))

    assert pusher.wait(SOON) == {"INBOX"}


@pytest.mark.parametrize("way", ["tls", "compress"])
def test_news_come_through_tls_and_compression(
    monkeypatch: pytest.MonkeyPatch, way: str, pushing: Callable[[MailSession], Pusher]
) -> None:
    certificate = LocalCertificate()
    monkeypatch.setattr("mailhelper_core.server.imap.connection.shared_tls", certificate.client_context, raising=True)
    with ImapServer(tls=certificate if way == "tls" else None, without=IDLE) as server:
        pusher = pushing(BundledOrigin(server).connect(compress="always"))

        for number in range(3):
            inbox(server).append(mail(number))
            assert pusher.wait(SOON) == {"INBOX"}


def _session(server: ImapServer, user: str) -> MailSession:
    return connect(server.url, username=user, secret="secret")
