"""News that a server pushes: with NOTIFY for all mailboxes, with IDLE for INBOX, never missed and never waited for."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from statistics import median

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.push import Pusher, PushingSession
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.imap import push
from mailhelper_core.testing import ImapServer, LocalCertificate
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.mail_session.news import IDLE, SOON, inbox
from tests.contract.mail_session.origins import BundledOrigin, Origin, connect, mail


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
