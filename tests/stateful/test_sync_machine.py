"""A server acts at random, syncs come and are cut off at random: in the end the store says what the server says."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.held import BREAKS_CONNECTION
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.servers.postgres import Postgres
from tests.stateful.campaign import span
from tests.stateful.two_way_ground import Ground
from tests.unit.sync.memory import FAMILIES, Family, MemorySources
from tests.unit.sync.world import START, Clock, MemoryWorld, add_account, mail, new_sqlite, new_user, on_server

NAMES = ("INBOX", "Archive", "Work", "Lists")
KEYWORDS = ("\\Seen", "\\Flagged", "$Work")
DAY_SECONDS = 86_400
SMALL = Settings(fetch_batch_messages=4, commit_batch_messages=2)

names = st.sampled_from(NAMES)
picks = st.lists(st.integers(0, 20), min_size=1, max_size=4)


@dataclass(frozen=True)
class Deed:
    """Something that happens at the server: an action's name, where, to which messages, where to, with what."""

    action: str
    mailbox: str
    numbers: list[int]
    goal: str
    keyword: str


ACTIONS = (
    "deliver", "deliver", "deliver_without_id", "deliver_again", "deliver_twins", "flag", "unflag", "expunge", "move",
    "move", "copy", "empty", "renumber", "delete", "forget_expunged",
)  # fmt: skip
deeds = st.builds(Deed, st.sampled_from(ACTIONS), names, picks, names, st.sampled_from(KEYWORDS))
happenings = st.lists(deeds, min_size=1, max_size=5)


class SyncMachine(RuleBasedStateMachine):
    """The owner's other clients, the server's whims, and our syncs."""

    ground: ClassVar[Ground] = Ground()

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count()

    @initialize(family=st.sampled_from(FAMILIES), has_remote_ids=st.booleans())
    def begin(self, family: Family, has_remote_ids: bool) -> None:
        clock = Clock()
        store = Store.open(self.ground.new_database(), clock=clock)
        sources = MemorySources(new_user(), family, has_remote_ids=has_remote_ids)
        self.world = MemoryWorld(store, sources, add_account(store), clock, SMALL)
        self.sent: list[bytes] = []
        for name in NAMES[:2]:
            self.deliver(Deed("deliver", name, [0] * 5, name, ""))
        self.world.sync()

    def act(self, happening: list[Deed]) -> None:
        for deed in happening:
            getattr(self, deed.action)(deed)

    def mailbox(self, name: str) -> Mailbox:
        existing = {box.name: box for box in self.world.user.mailboxes}
        return existing.get(name) or self.world.user.create(name)

    def chosen(self, deed: Deed) -> list[int]:
        uids = self.mailbox(deed.mailbox).uids
        return sorted({uids[number % len(uids)] for number in deed.numbers}) if uids else []

    def deliver(self, deed: Deed, message_id: str | None = None) -> None:
        for _ in deed.numbers:
            self.sent.append(mail(next(self.numbers), message_id=message_id))
            self.mailbox(deed.mailbox).append(self.sent[-1])

    def deliver_without_id(self, deed: Deed) -> None:
        self.deliver(deed, message_id="")

    def deliver_again(self, deed: Deed) -> None:
        for number in deed.numbers if self.sent else []:
            self.mailbox(deed.mailbox).append(self.sent[number % len(self.sent)])

    def deliver_twins(self, deed: Deed) -> None:
        # Of one size they could not be told apart without their bodies, once one of them is gone.
        number = next(self.numbers)
        for body in ("one", "three"):
            self.mailbox(deed.mailbox).append(mail(number, subject="Twins", body=body), internal_date=START)

    def flag(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).add_flags(self.chosen(deed), [deed.keyword])

    def unflag(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).remove_flags(self.chosen(deed), [deed.keyword])

    def expunge(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).expunge(self.chosen(deed))

    def move(self, deed: Deed) -> None:
        if deed.mailbox != deed.goal:
            self.mailbox(deed.mailbox).move(self.chosen(deed), self.mailbox(deed.goal))

    def copy(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).copy(self.chosen(deed), self.mailbox(deed.goal))

    def empty(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).expunge(self.mailbox(deed.mailbox).uids)

    def renumber(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).renumber()

    def delete(self, deed: Deed) -> None:
        if deed.mailbox in ("Work", "Lists"):
            self.mailbox(deed.mailbox)
            self.world.user.delete(deed.mailbox)

    def forget_expunged(self, deed: Deed) -> None:
        self.mailbox(deed.mailbox).forget_expunged()

    @rule(happening=happenings, name=names)
    def lose_mod_seqs(self, happening: list[Deed], name: str) -> None:
        self.act(happening)
        # Where they are no lower than at the last look, no client can know; so the sync comes before that.
        b = t.mailboxes.c
        if self.world.rows(select(b.id).where(b.name == name, b.highest_mod_seq > 1)):
            self.mailbox(name).highest_mod_seq = 1
        self.world.sync()

    @rule(happening=happenings, name=names, amount=st.integers(2, 5))
    def restore_a_backup(self, happening: list[Deed], name: str, amount: int) -> None:
        self.act(happening)
        box, b = self.mailbox(name), t.mailboxes.c
        lost = box.uids[-amount:]
        # Where its numbers have passed what the last look saw, no client can know; so the sync comes before that.
        seen = (b.name == name, b.uid_validity == box.uid_validity, b.gone_at.is_(None), b.uid_next > box.uid_next - 1)
        if len(lost) == amount and self.world.rows(select(b.id).where(*seen)):
            box.expunge(lost)
            box.forget_expunged()
            box.uid_next = lost[0]
            self.deliver(Deed("deliver", name, [0] * (amount - 1), name, ""))
        self.world.sync()

    @rule(happening=happenings, at=st.integers(0, 25))
    def sync_until_cut(self, happening: list[Deed], at: int) -> None:
        self.act(happening)
        words = count()

        def trip(_: str) -> None:
            if next(words) == at:
                raise ServerError("gone", code="connection_lost")

        self.world.memory.trip = trip
        with suppress(ServerError):
            self.world.sync()
        self.world.memory.trip = lambda verb: None

    @rule(happening=happenings, amount=st.integers(1, 5))
    def sync_some(self, happening: list[Deed], amount: int) -> None:
        self.act(happening)
        assert self.world.sync(max_messages=amount).new <= amount

    @rule(happening=happenings)
    def sync_and_compare(self, happening: list[Deed]) -> None:
        self.act(happening)
        self.world.later()
        report = self.world.sync()
        if any(note.code == BREAKS_CONNECTION for note in report.errors):
            # Cut off there three times in a row: it is taken for the mailbox, which is tried again the next day.
            self.world.clock.advance(DAY_SECONDS)
            report = self.world.sync()
        assert (report.errors, report.remaining) == ((), 0)
        assert self.world.placed() == on_server(self.world.user)
        assert self.world.contents() == {
            (box.name, one.uid): sha256(one.raw).digest() for box in self.world.user.mailboxes for one in box.messages
        }
        again = self.world.sync()
        assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)

    @invariant()
    def a_message_is_hidden_exactly_when_it_has_no_place(self) -> None:
        if not hasattr(self, "world"):
            return
        m, p = t.messages.c, t.placements.c
        hidden = {id_ for (id_,) in self.world.rows(select(m.id).where(m.orphaned_at.is_not(None)))}
        placed = {id_ for (id_,) in self.world.rows(select(p.message_id))}
        every = {id_ for (id_,) in self.world.rows(select(m.id))}
        assert hidden == every - placed

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()
            self.ground.drop_database()


class OnSqlite(SyncMachine):
    """Its databases are SQLite files."""


class OnPostgres(SyncMachine):
    """Its databases are on PostgreSQL."""


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A migrated SQLite file that every example copies."""
    folder = tmp_path_factory.mktemp("machine")
    new_sqlite(folder)
    OnSqlite.ground = Ground(folder)


@pytest.fixture(scope="module")
def on_postgres(postgres: Postgres, postgres_template: str) -> None:
    """A migrated database that every example copies."""
    OnPostgres.ground = Ground(postgres=postgres, template=postgres_template)


@pytest.mark.usefixtures("on_sqlite")
class TestOnSqlite(OnSqlite.TestCase):  # type: ignore[name-defined,misc]
    """The machine on SQLite."""

    settings = span(few=6, full=500)


@pytest.mark.usefixtures("on_postgres")
class TestOnPostgres(OnPostgres.TestCase):  # type: ignore[name-defined,misc]
    """The machine on PostgreSQL."""

    settings = span(few=2, full=100)
