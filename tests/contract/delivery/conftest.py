"""One account on a real connection: the bundled server in several shapes, and Dovecot; a store in each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from mailhelper_core.actions.service import ActionService
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.source.account import Account, AccountPolicy, Endpoint
from mailhelper_core.model.source.remote import MailSession, OpenedMailbox
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import Change, Operation
from mailhelper_core.model.work.report import DeliverReport, SyncReport
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.unit_of_work import OwnerStore, Store
from mailhelper_core.store.work import changes, events
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.outbox import DecidedBy
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import ImapServer
from tests.servers.dovecot import PASSWORD, Dovecot

SHAPES = {
    "all": (),
    "no-move": ("MOVE",),
    "no-uidplus": ("UIDPLUS",),
    "no-condstore": ("CONDSTORE", "QRESYNC"),
    "bare": ("MOVE", "UIDPLUS", "CONDSTORE", "QRESYNC", "ESEARCH"),
}

# The same without the server's own identity of a message (OBJECTID), which decides at once, and two with it.
LACKS = {shape: (*without, "OBJECTID") for shape, without in SHAPES.items()} | {
    "named": (),
    "named-bare": SHAPES["bare"],
}


@dataclass
class World:
    """A server with mail, the store of its owner, and hands for both."""

    owner: OwnerStore
    endpoint: Endpoint
    account: Account
    now: datetime
    server: ImapServer | None = None
    jitter: Callable[[], float] = field(default=lambda: 0.5)

    def open(self, account: Account) -> MailSession:
        return connect_imap(self.endpoint)

    @contextmanager
    def other_client(self, mailbox: str = "INBOX") -> Iterator[MailSession]:
        with closing(connect_imap(self.endpoint)) as session:
            session.open(mailbox, writable=True)
            yield session

    def put(self, name: str, *, mailbox: str = "INBOX", keywords: tuple[str, ...] = (), message_id: str = "") -> None:
        header = f"Message-ID: <{message_id or name}@example.org>\r\n" if message_id != "none" else ""
        raw = f"{header}From: Bob <bob@example.org>\r\nSubject: {name}\r\n\r\nText of {name}\r\n".encode()
        with closing(connect_imap(self.endpoint)) as session:
            session.create(mailbox)
            session.append(mailbox, raw, keywords=frozenset(keywords), received_at=datetime(2026, 3, 1, tzinfo=UTC))

    def sync(self) -> SyncReport:
        return MailSyncService(self.owner.store, self, lambda: self.now).sync(self.account)

    def deliver(self, **options: object) -> DeliverReport:
        service = ActionService(self.owner, self, jitter=self.jitter)
        return service.deliver(self.account)

    def id(self, subject: str) -> int:
        with self.owner.read() as uow:
            m = t.messages.c
            return int(uow.connection.scalar(t.messages.select().with_only_columns(m.id).where(m.subject == subject)))

    def see(self, subject: str) -> Message:
        with self.owner.read() as uow:
            return messages.summaries(uow, [self.id(subject)])[0]

    def decide(self, *operations: Operation, by: DecidedBy = "owner") -> Change:
        with self.owner.begin() as uow:
            change_id = changes.new_change(uow, "test")
            decide(uow, change_id, [Decision(operation, by) for operation in operations])
        return self.change(change_id)

    def change(self, change_id: int) -> Change:
        with self.owner.read() as uow:
            return changes.get(uow, change_id)

    def told(self, kind: str) -> list[dict[str, str | int]]:
        with self.owner.read() as uow:
            return [dict(event.data) for event in events.page(uow) if event.kind == kind]

    def states(self, change: Change) -> list[str]:
        return [entry.state for entry in self.change(change.id)]

    def on_server(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """What the server holds: by mailbox the subjects and keywords, in no order."""
        with closing(connect_imap(self.endpoint)) as session:
            found = {}
            for name in [one.name for one in session.mailboxes() if one.selectable]:
                uids = all_uids(session.open(name))
                held = [(_subject(one.header), tuple(sorted(one.keywords))) for one in session.metadata(uids)]
                if held:
                    found[name] = sorted(held)
            return found

    def shown(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """What the owner sees, in the same form."""
        p, m, b = t.placements.c, t.messages.c, t.mailboxes.c
        joined = t.placements.join(t.messages, m.id == p.message_id).join(t.mailboxes, b.id == p.mailbox_id)
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        with self.owner.read() as uow:
            ids = sorted(set(uow.connection.scalars(joined.select().with_only_columns(m.id))))
            for message in messages.summaries(uow, ids):
                for place in message.places:
                    found.setdefault(place.mailbox, []).append((message.subject, tuple(sorted(place.keywords))))
        return {name: sorted(held) for name, held in found.items()}

    def pass_time(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def _subject(header: bytes) -> str:
    return next(line[9:].strip().decode() for line in header.splitlines() if line.lower().startswith(b"subject:"))


def make_world(store: Store, host: str, port: int, user: str, password: str) -> World:
    owner = store.for_owner("ada")
    endpoint = Endpoint("imap", host, port, "", user, security="none", secret=password)
    with owner.begin() as uow:
        account_id = accounts.add(
            uow, f"imap://{host}:{port}", name="home", username=user, options={}, policy=AccountPolicy(),
            addresses=frozenset(),
        )  # fmt: skip
        account = accounts.get(uow, "ada", account_id)
    world = World(owner, endpoint, account, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    store.clock = lambda: world.now
    return world


@pytest.fixture
def postgres_store(postgres_database: str) -> Iterator[Store]:
    store = Store.open(postgres_database)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_database: str) -> Iterator[Store]:
    store = Store.open(sqlite_database)
    yield store
    store.close()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store in each database."""
    made = Store.open(database_url)
    yield made
    made.close()


@pytest.fixture(params=[*SHAPES, "dovecot", "all-postgresql", "bare-postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The same mail on every kind of server; the store is in SQLite where the name does not say another."""
    shape = request.param.removesuffix("-postgresql")
    store: Store = request.getfixturevalue("postgres_store" if request.param != shape else "sqlite_store")
    if shape == "dovecot":
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        user = request.getfixturevalue("dovecot_user")
        yield make_world(store, "127.0.0.1", dovecot.port, user, PASSWORD)
        return
    with ImapServer(without=SHAPES[shape]) as server:
        yield _on(server, store)


@pytest.fixture
def bundled(request: pytest.FixtureRequest) -> Iterator[World]:
    """The bundled server as LACKS says; the store is in SQLite where the name does not say another."""
    shape = request.param.removesuffix("-postgresql")
    store: Store = request.getfixturevalue("postgres_store" if request.param != shape else "sqlite_store")
    with ImapServer(without=LACKS[shape]) as server:
        yield _on(server, store)


@pytest.fixture
def home(store: Store) -> Iterator[World]:
    """The bundled server with all it can, for what does not depend on the kind of server; each database."""
    with ImapServer() as server:
        yield _on(server, store)


def _on(server: ImapServer, store: Store) -> World:
    made = make_world(store, server.host, server.port, "ada", "secret")
    made.server = server
    return made


def all_uids(opened: OpenedMailbox) -> UidSet:
    """All uids that a mailbox may hold."""
    return UidSet(((1, max(1, opened.status.uid_next - 1)),))
