"""A server acts at random, syncs come and are cut off at random: in the end the store says what the server says."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from mailhelper_core.errors import ServerError
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.unit.sync.memory import FAMILIES, Family, MemorySources
from tests.unit.sync.world import Clock, MemoryWorld, add_account, mail, new_sqlite, new_user, on_server

NAMES = ("INBOX", "Archive", "Work", "Lists")
KEYWORDS = ("\\Seen", "\\Flagged", "$Work")
SMALL = Settings(fetch_batch_messages=4, commit_batch_messages=2)
# With --full as long as the campaigns of other sync programs; else a few seconds.
IS_FULL = settings().max_examples >= 1000
SPAN = (
    settings(max_examples=500, stateful_step_count=50) if IS_FULL else settings(max_examples=8, stateful_step_count=20)
)

names = st.sampled_from(NAMES)
picks = st.lists(st.integers(0, 20), min_size=1, max_size=4)


class SyncMachine(RuleBasedStateMachine):
    """The owner's other clients, the server's whims, and our syncs."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sync-machine-"))
        shutil.copy(self.template, self.folder / "mail.db")
        self.numbers = count()

    @initialize(family=st.sampled_from(FAMILIES), has_remote_ids=st.booleans())
    def begin(self, family: Family, has_remote_ids: bool) -> None:
        clock = Clock()
        store = Store.open(f"sqlite:///{self.folder / 'mail.db'}", clock=clock)
        sources = MemorySources(new_user(), family, has_remote_ids=has_remote_ids)
        self.world = MemoryWorld(store, sources, add_account(store), clock, SMALL)
        self.sent: list[bytes] = []

    def mailbox(self, name: str) -> Mailbox:
        existing = {box.name: box for box in self.world.user.mailboxes}
        return existing.get(name) or self.world.user.create(name)

    def chosen(self, mailbox: Mailbox, numbers: list[int]) -> list[int]:
        uids = mailbox.uids
        return sorted({uids[number % len(uids)] for number in numbers}) if uids else []

    @rule(name=names, amount=st.integers(1, 6), has_id=st.booleans())
    def deliver(self, name: str, amount: int, has_id: bool) -> None:
        for _ in range(amount):
            number = next(self.numbers)
            self.sent.append(mail(number, message_id=None if has_id else ""))
            self.mailbox(name).append(self.sent[-1])

    @rule(name=names, number=st.integers(0, 20))
    def deliver_again(self, name: str, number: int) -> None:
        if self.sent:
            self.mailbox(name).append(self.sent[number % len(self.sent)])

    @rule(name=names)
    def deliver_twins(self, name: str) -> None:
        number = next(self.numbers)
        for body in ("one", "two"):
            self.mailbox(name).append(mail(number, subject="Twins", body=body))

    @rule(name=names, numbers=picks, keyword=st.sampled_from(KEYWORDS))
    def flag(self, name: str, numbers: list[int], keyword: str) -> None:
        box = self.mailbox(name)
        box.add_flags(self.chosen(box, numbers), [keyword])

    @rule(name=names, numbers=picks, keyword=st.sampled_from(KEYWORDS))
    def unflag(self, name: str, numbers: list[int], keyword: str) -> None:
        box = self.mailbox(name)
        box.remove_flags(self.chosen(box, numbers), [keyword])

    @rule(name=names, numbers=picks)
    def expunge(self, name: str, numbers: list[int]) -> None:
        box = self.mailbox(name)
        box.expunge(self.chosen(box, numbers))

    @rule(origin=names, goal=names, numbers=picks)
    def move(self, origin: str, goal: str, numbers: list[int]) -> None:
        if origin != goal:
            self.mailbox(origin).move(self.chosen(self.mailbox(origin), numbers), self.mailbox(goal))

    @rule(origin=names, goal=names, numbers=picks)
    def copy(self, origin: str, goal: str, numbers: list[int]) -> None:
        self.mailbox(origin).copy(self.chosen(self.mailbox(origin), numbers), self.mailbox(goal))

    @rule(name=names)
    def empty(self, name: str) -> None:
        self.mailbox(name).expunge(self.mailbox(name).uids)

    @rule(name=names)
    def renumber(self, name: str) -> None:
        self.mailbox(name).renumber()

    @rule(name=st.sampled_from(("Work", "Lists")))
    def delete(self, name: str) -> None:
        self.mailbox(name)
        self.world.user.delete(name)

    @rule(name=names)
    def forget_expunged(self, name: str) -> None:
        self.mailbox(name).forget_expunged()

    @rule(name=names)
    def lose_mod_seqs(self, name: str) -> None:
        self.mailbox(name).highest_mod_seq = 1

    @rule(at=st.integers(0, 25))
    def sync_until_cut(self, at: int) -> None:
        words = count()

        def trip(_: str) -> None:
            if next(words) == at:
                raise ServerError("gone", code="connection_lost")

        self.world.memory.trip = trip
        with suppress(ServerError):
            self.world.sync()
        self.world.memory.trip = lambda verb: None

    @rule(amount=st.integers(1, 5))
    def sync_some(self, amount: int) -> None:
        assert self.world.sync(max_messages=amount).new <= amount

    @rule()
    def sync_and_compare(self) -> None:
        self.world.later()
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
        self.world.store.close()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A migrated SQLite file that every example copies."""
    folder = tmp_path_factory.mktemp("machine")
    new_sqlite(folder)
    SyncMachine.template = folder / "mail.db"


@pytest.mark.usefixtures("template")
class TestSyncMachine(SyncMachine.TestCase):  # type: ignore[name-defined,misc]
    """The machine as a test."""

    settings = SPAN
