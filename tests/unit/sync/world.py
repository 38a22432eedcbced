"""One account between a server in memory and a database, and what a test reads from both sides."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mailhelper_core.model.mail.keyword import normalize_keywords, unpack_keywords
from mailhelper_core.model.source.account import Account, AccountPolicy
from mailhelper_core.model.source.remote import Sources
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import MailStore, User
from tests.unit.sync.memory import MemorySources

OWNER = "ada"
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def mail(
    number: int,
    *,
    subject: str = "",
    body: str = "",
    message_id: str | None = None,
    in_reply_to: str = "",
    date: str = "Mon, 05 Jan 2026 08:00:00 +0000",
) -> bytes:
    """Write a message; `message_id=""` leaves the field out."""
    id_ = f"<{number}@example.org>" if message_id is None else message_id
    fields = {
        "From": "Grace <grace@example.org>",
        "To": "ada@example.org",
        "Subject": subject or f"Letter {number}",
        "Date": date,
        "Message-ID": id_,
        "In-Reply-To": in_reply_to,
    }
    header = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{header}\r\n{body or f'This is letter {number}.'}\r\n".encode()


def new_user(name: str = "ada") -> User:
    """Answer a user of a server in memory, with an empty INBOX and the special mailboxes."""
    clock = Clock()

    def tick() -> datetime:
        clock.advance(60)
        return clock.now

    return MailStore({name: "secret"}, clock=tick).user(name)


def add_account(store: Store, policy: AccountPolicy | None = None) -> Account:
    """Insert an account of the owner."""
    with store.for_owner(OWNER).begin() as uow:
        account_id = accounts.add(
            uow, "imap://127.0.0.1", name="ada", username="ada", options={}, policy=policy or AccountPolicy(),
            addresses=frozenset({"ada@example.org"}),
        )  # fmt: skip
        return accounts.get(uow, OWNER, account_id)


def read_account(store: Store, account_id: int) -> Account:
    """Answer the owner's account."""
    with store.for_owner(OWNER).read() as uow:
        return accounts.get(uow, OWNER, account_id)


def new_sqlite(folder: Path, name: str = "mail.db") -> str:
    """Make a migrated SQLite file and answer its URL."""
    url = f"sqlite:///{folder / name}"
    store = Store.open(url)
    migrate(store.engine)
    store.close()
    return url


@dataclass
class World:
    """An account whose server a test changes, and the service that syncs it."""

    store: Store
    sources: Sources
    account: Account
    clock: Clock = field(default_factory=Clock)
    settings: Settings = field(default_factory=Settings)

    @property
    def service(self) -> MailSyncService:
        return MailSyncService(self.store, self.sources, self.clock, self.settings)

    def sync(self, **options: Any) -> SyncReport:
        return self.service.sync(self.account, **options)

    def with_policy(self, policy: AccountPolicy) -> None:
        self.account = replace(self.account, policy=policy)

    def rows(self, statement: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(statement))

    def placed(self) -> Counter[tuple[str, int, int, frozenset[str]]]:
        """Answer what the database says is on the server: (mailbox, uid_validity, uid, keywords)."""
        p, b = t.placements.c, t.mailboxes.c
        statement = select(b.name, p.uid_validity, p.uid, p.base_flags, p.base_keywords)
        return Counter(
            (name, validity, uid, unpack_keywords(flags, keywords))
            for name, validity, uid, flags, keywords in self.rows(statement.join(t.mailboxes, b.id == p.mailbox_id))
        )

    def contents(self) -> dict[tuple[str, int], bytes]:
        """Answer {(mailbox, uid): digest} as stored."""
        p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
        statement = (
            select(b.name, p.uid, m.digest)
            .join(t.mailboxes, b.id == p.mailbox_id)
            .join(t.messages, m.id == p.message_id)
        )
        return {(name, uid): digest for name, uid, digest in self.rows(statement)}

    def raw(self, mailbox: str, uid: int) -> bytes:
        """Answer the octets of the message at a place."""
        p, b = t.placements.c, t.mailboxes.c
        at = select(p.message_id).join(t.mailboxes, b.id == p.mailbox_id).where(b.name == mailbox, p.uid == uid)
        [(message_id,)] = self.rows(at)
        with self.store.for_owner(OWNER).read() as uow:
            return messages.raw(uow, message_id)

    def messages(self) -> dict[str, int]:
        """Answer {subject: id} of the messages, hidden ones included."""
        return {subject: id_ for id_, subject in self.rows(select(t.messages.c.id, t.messages.c.subject))}

    def visible(self) -> set[str]:
        """Answer the subjects of the messages that are not hidden."""
        m = t.messages.c
        return {subject for (subject,) in self.rows(select(m.subject).where(m.orphaned_at.is_(None)))}

    def threads(self) -> dict[str, int]:
        """Answer {subject: thread}."""
        m = t.messages.c
        return {subject: thread for subject, thread in self.rows(select(m.subject, m.thread_id))}

    def pending(self) -> dict[str, int]:
        """Answer how many messages wait for each stage."""
        return dict(Counter(stage for (stage,) in self.rows(select(t.pending.c.stage))))

    def facts(self, subject: str) -> dict[str, Any]:
        """Answer the `facts` column of a message."""
        m = t.messages.c
        found: dict[str, Any] = json.loads(self.rows(select(m.facts).where(m.subject == subject))[0][0])
        return found


def on_server(user: User) -> Counter[tuple[str, int, int, frozenset[str]]]:
    """Answer what the server holds, in the shape of `World.placed`."""
    return Counter(
        (box.name, box.uid_validity, one.uid, normalize_keywords(one.flags))
        for box in user.mailboxes
        for one in box.messages
    )


def fill(mailbox: Mailbox, numbers: range) -> list[int]:
    """Append letters and answer their uids."""
    return [mailbox.append(mail(number)) for number in numbers]


@dataclass
class MemoryWorld(World):
    """A world whose server is in memory."""

    @property
    def memory(self) -> MemorySources:
        assert isinstance(self.sources, MemorySources)
        return self.sources

    @property
    def user(self) -> User:
        return self.memory.user

    @property
    def inbox(self) -> Mailbox:
        return self.user.mailbox("INBOX")

    @property
    def archive(self) -> Mailbox:
        return self.user.mailbox("Archive")

    def later(self) -> None:
        """Let enough time pass for a flag scan, which servers without mod_seqs need."""
        self.clock.advance(self.settings.flag_scan_seconds)
