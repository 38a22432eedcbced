"""Sessions on every origin: the bundled server and Dovecot with capabilities on and off, pymap, Maildir, mbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailhelper_core.model.source.push import Pusher, PushingSession
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.testing import ImapServer
from tests.contract.mail_session.news import IDLE, NOTIFY
from tests.contract.mail_session.origins import (
    DOVECOT_OPTIONS,
    DOVECOTS,
    FILES,
    HIDING_DOVECOTS,
    OPENED,
    WITHOUT,
    BundledOrigin,
    DovecotOrigin,
    Origin,
    PymapOrigin,
    mail,
)
from tests.servers.dovecot import Dovecot
from tests.servers.pymap import Pymap
from tests.servers.pymap import start as start_pymap
from tests.servers.shared import acquire

_SERVERS = [
    *WITHOUT,
    "pymap",
    *(pytest.param(name, marks=pytest.mark.servers) for name in DOVECOTS),
    *(pytest.param(name, marks=(pytest.mark.servers, pytest.mark.full)) for name in HIDING_DOVECOTS),
]


@pytest.fixture(scope="session")
def pymap(servers_folder: Path) -> Pymap:
    """The run's pymap; each test uses a user of its own."""
    return Pymap(acquire(servers_folder, "pymap", start_pymap))


@pytest.fixture
def origin_named(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot_user: str
) -> Iterator[Callable[[str], Origin]]:
    """Answer an empty origin of this name."""
    with ExitStack() as stack:

        def make(name: str) -> Origin:
            if name in FILES:
                return FILES[name](tmp_path)
            if name in WITHOUT:
                return BundledOrigin(stack.enter_context(ImapServer(without=WITHOUT[name])))
            if name == "pymap":
                return PymapOrigin(request.getfixturevalue("pymap"), dovecot_user)
            running = _dovecot(request, (DOVECOTS | HIDING_DOVECOTS)[name])
            return DovecotOrigin(running, dovecot_user, DOVECOT_OPTIONS.get(name, ()))

        yield make


@pytest.fixture(params=[*_SERVERS, *FILES])
def origin(request: pytest.FixtureRequest, origin_named: Callable[[str], Origin]) -> Origin:
    """Mail of any origin."""
    return origin_named(request.param)


@pytest.fixture(params=_SERVERS)
def imap(request: pytest.FixtureRequest, origin_named: Callable[[str], Origin]) -> Origin:
    """Mail on an IMAP server."""
    return origin_named(request.param)


@pytest.fixture
def session(imap: Origin) -> MailSession:
    """A session on an IMAP server; its mail is changed through `imap`."""
    return imap.connect()


@pytest.fixture(autouse=True)
def _close_sessions() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A bundled server with all capabilities, for faults."""
    with ImapServer() as running:
        yield running


@pytest.fixture
def opened() -> Iterator[list[Pusher]]:
    """The pushers of a test, which are closed at its end."""
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


def _dovecot(request: pytest.FixtureRequest, capabilities: str) -> Dovecot:
    if capabilities:
        start: Callable[[str], Dovecot] = request.getfixturevalue("dovecot_with")
        return start(capabilities)
    running: Dovecot = request.getfixturevalue("dovecot")
    return running
