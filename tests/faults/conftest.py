"""A whole program against a server with a fault: its database, its owner, its account, and a clock."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from mailhelper_core import MailHelper, Settings, TokenProvider, TokenRequest, hookimpl
from mailhelper_core.app.owner import OwnerServices
from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.mail.keyword import normalize_keywords, unpack_keywords
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.faults import FAULTS, ScriptedFault
from mailhelper_core.testing.faults.login import NEW_TOKEN, OLD_TOKEN
from mailhelper_core.testing.mailstore.store import User
from tests.unit.sync.world import fill

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Shorter than a fault lasts, longer than a healthy answer takes on a busy machine.
TIMEOUT_SECONDS = 1.0
# Syncs within which a fault that passes must be over.
PATIENCE = 4


@dataclass
class Tokens:
    """Gives the first token until it is asked to renew, then the next."""

    kept: str = OLD_TOKEN
    renewals: int = 0

    def token(self, request: TokenRequest) -> str:
        if request.renew:
            self.renewals += 1
            self.kept = NEW_TOKEN
        return self.kept

    @hookimpl
    def register_tokens(self) -> list[TokenProvider]:
        return [TokenProvider("kit", self.token)]


@dataclass
class Program:
    """A program with one account, and what it does about a fault."""

    fault: ScriptedFault
    server: ImapServer
    store: Store
    ada: OwnerServices
    account_id: int
    clock: list[datetime]
    tokens: Tokens
    reports: list[SyncReport] = field(default_factory=list)
    errors: list[MailHelperError] = field(default_factory=list)

    @property
    def user(self) -> User:
        return self.server.store.user("ada")

    @property
    def account(self) -> Account:
        return self.ada.accounts.get(self.account_id)

    def arm(self) -> None:
        uid = max(self.user.mailbox(self.fault.target.mailbox).uids, default=1)
        self.fault.arm(self.server, replace(self.fault.target, uid=uid))  # the newest comes first

    def disarm(self) -> None:
        self.fault.disarm(self.server)

    def sync(self) -> SyncReport | None:
        """Sync once; what is raised is kept, and only errors of our own tree may be."""
        try:
            report = self.ada.sync(self.account_id)
        except MailHelperError as exc:
            self.errors.append(exc)
            return None
        self.reports.append(report)
        return report

    def wait(self, **delta: float) -> None:
        self.clock[0] += timedelta(**(delta or {"hours": 30}))

    def stored(self) -> dict[tuple[str, int], tuple[bytes | None, frozenset[str]]]:
        """Answer {(mailbox, uid): (digest, keywords)} as the database has them; a place twice would fail here."""
        p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
        joined = select(b.name, p.uid, m.digest, p.flags, p.keywords).select_from(
            t.placements.join(t.mailboxes, b.id == p.mailbox_id).join(t.messages, m.id == p.message_id)
        )
        with self.store.read() as connection:
            rows = list(connection.execute(joined))
        found = {}
        for row in rows:
            assert (row.name, row.uid) not in found
            found[row.name, row.uid] = (row.digest, unpack_keywords(row.flags, row.keywords))
        return found

    def raw(self, mailbox: str, uid: int) -> bytes:
        """Answer the octets that are stored of a place."""
        p, b = t.placements.c, t.mailboxes.c
        at = select(p.message_id).join(t.mailboxes, b.id == p.mailbox_id).where(b.name == mailbox, p.uid == uid)
        with self.store.read() as connection:
            message_id = int(connection.scalar(at) or 0)
        return self.ada.messages.raw(message_id)

    def on_server(self) -> dict[tuple[str, int], tuple[bytes | None, frozenset[str]]]:
        """Answer the same of the server."""
        return {
            (box.name, one.uid): (sha256(one.raw).digest(), normalize_keywords(one.flags))
            for box in self.user.mailboxes
            for one in box.messages
        }

    def shown(self) -> int:
        """Answer how many messages the owner sees."""
        return int(self.ada.count("", at_most=100_000))

    def ids(self) -> dict[bytes, int]:
        """Answer the message of each content, hidden ones too; a content twice would fail here."""
        m = t.messages.c
        with self.store.read() as connection:
            rows = list(connection.execute(select(m.digest, m.id).where(m.digest.is_not(None))))
        found = {row.digest: row.id for row in rows}
        assert len(found) == len(rows)
        return found


def parameters(*strikes: str, heavy: frozenset[str] = frozenset(), but: frozenset[str] = frozenset()) -> list[object]:
    """Answer the faults that strike there as parameters that speak: `F04 connection drops inside a literal`."""
    return [
        pytest.param(fault, id=f"{fault.name} {fault.title}", marks=pytest.mark.full if fault.name in heavy else ())
        for fault in FAULTS.values()
        if fault.strikes in strikes and fault.name not in but
    ]


@pytest.fixture(scope="session")
def faults_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with its key, to copy."""
    folder = tmp_path_factory.mktemp("faults")
    with MailHelper(f"sqlite:///{folder / 'mail.db'}") as helper:
        helper.migrate()
    return folder


@pytest.fixture
def program(faults_template: Path, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Start a program on a server that can have a fault; nothing is armed yet.

    On SQLite alone: these are faults of a server; those of databases stand in tests/contract/jobs.
    """
    with ExitStack() as stack:

        def start(fault: ScriptedFault, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Program:
            for name in ("mail.db", "mail.db.key"):
                shutil.copy(faults_template / name, tmp_path / name)
            clock = [START]
            server = stack.enter_context(fault.server())
            settings = Settings(
                f"sqlite:///{tmp_path / 'mail.db'}", server_timeout_seconds=timeout_seconds,
                fetch_batch_messages=4, commit_batch_messages=2,
            )  # fmt: skip
            tokens = Tokens()
            helper = stack.enter_context(MailHelper(settings, clock=lambda: clock[0], plugins=[tokens]))
            ada = helper.for_owner("ada")
            options = dict(fault.options)
            gives = "kit" if options.pop("auth", "") else ""  # a provider names the mechanism itself
            account = ada.accounts.add(server.url, username="ada", password="secret", options=options, tokens=gives)
            store = Store.open(settings.database_url)
            stack.callback(store.close)
            made = Program(fault, server, store, ada, account.id, clock, tokens)
            fill(made.user.mailbox("INBOX"), range(1, 8))
            fill(made.user.create("Work"), range(20, 23))
            fill(made.user.mailbox("Archive"), range(30, 33))
            return made

        yield start
