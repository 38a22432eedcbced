"""A server, an owner and rules act at random while commands fail: in the end all three agree with a model.

The model is a dictionary of messages. What another client does there happens at once. What the owner or a rule
decided happens at the next delivery, wherever the message is by then: an owner's word always, a rule's only where
nobody changed the message since the rule saw it, as far as the server can tell: by its numbers, and around a move or
a renumbering by the keywords. What was changed and changed back there may be told or not, so no example does that.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import func, select

from mailhelper_core.actions.service import ActionService
from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.mail.keyword import normalize_keywords, unpack_keywords
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.report import DeliverReport, SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.outbox import UNFINISHED
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import Answer, Bye, Fault, ImapServer, Interrupt
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.sync.servers import WITHOUT, ImapSources
from tests.servers.postgres import Postgres
from tests.stateful.campaign import span
from tests.unit.sync.world import OWNER, Clock, add_account, mail, new_sqlite

MAILBOXES = ("INBOX", "Archive", "Work")
KEYWORDS = ("\\Seen", "\\Flagged", "$work")  # as we spell it: the first to say a keyword decides its case
COMMANDS = (
    "UID STORE",
    "UID MOVE",
    "UID COPY",
    "UID FETCH",
    "SELECT",
    "EXAMINE",
    "STATUS",
    "LIST",
    "LOGIN",
    "UID EXPUNGE",
)
ACTIONS = (Answer("NO"), Answer("NO", "Busy", "INUSE"), Bye(), Interrupt("tag"), Interrupt("line", after=7))
# Rounds of delivery and sync after which nothing may be left: a refused command waits, is tried again, then seen.
ROUNDS = 4

numbers = st.integers(0, 30)
mailboxes = st.sampled_from(MAILBOXES)
keywords = st.sampled_from(KEYWORDS)


@dataclass
class Letter:
    """What the model knows of a message; version counts what others changed, seen and saw are what of it we know."""

    mailbox: str
    keywords: frozenset[str] = frozenset()
    version: int = 0
    seen: int = 0
    saw: frozenset[str] = frozenset()


@dataclass
class Wish:
    """A decision on its way: wanted is a keyword with its value, or a mailbox."""

    subject: str
    keyword: str = ""
    is_on: bool = False
    mailbox: str = ""
    decided_at: int | None = None  # the version that a rule saw
    saw: frozenset[str] = frozenset()  # and the keywords
    has_moved: bool = False  # no number that the rule saw counts where the message is now

    def holds_for(self, letter: Letter) -> bool:
        """Say whether the message is as a rule saw it."""
        return letter.keywords == self.saw if self.has_moved else letter.version == self.decided_at


@dataclass
class Ground:
    """Where a machine keeps its databases."""

    folder: Path | None = None
    postgres: Postgres | None = None
    template: str = ""
    made: list[str] = field(default_factory=list)


class TwoWayMachine(RuleBasedStateMachine):
    """The mail of one owner, from three sides."""

    ground: ClassVar[Ground] = Ground()

    @initialize(family=st.sampled_from(sorted(WITHOUT)))
    def begin(self, family: str) -> None:
        self.family = family
        self.clock = Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.server = ImapServer(without=WITHOUT[family]).start()
        self.store = Store.open(self._database(), clock=self.clock)
        self.sources = ImapSources(self.server)
        self.account = add_account(self.store)
        self.owner = self.store.for_owner(OWNER)
        self.letters: dict[str, Letter] = {}
        self.wishes: list[Wish] = []
        self.count = 0
        self.unseen_moves: set[str] = set()
        for name in MAILBOXES[1:]:
            if name not in [box.name for box in self.server.store.user("ada").mailboxes]:
                self.server.store.user("ada").create(name)
        for _ in range(3):
            self.deliver_mail("INBOX")
        self.come_to_rest()

    def _database(self) -> str:
        ground = self.ground
        if ground.postgres is not None:
            ground.made.append(ground.postgres.create_database(template=ground.template))
            return ground.postgres.url(ground.made[-1])
        assert ground.folder is not None
        self.folder = Path(tempfile.mkdtemp(dir=ground.folder))
        shutil.copy(ground.folder / "mail.db", self.folder / "mail.db")
        return f"sqlite:///{self.folder / 'mail.db'}"

    # another client

    @rule(name=mailboxes)
    def deliver_mail(self, name: str) -> None:
        self.count += 1
        subject = f"Letter {self.count}"
        self._box(name).append(mail(self.count, subject=subject))
        self.letters[subject] = Letter(name)

    @precondition(lambda self: self.letters)
    @rule(number=numbers, keyword=keywords, is_on=st.booleans())
    def another_client_flags(self, number: int, keyword: str, is_on: bool) -> None:
        subject, letter = self._pick(number)
        after = letter.keywords | {keyword} if is_on else letter.keywords - {keyword}
        numberless = [one for one in self._rule_s(subject) if one.has_moved or self._is_on_its_way(subject)]
        if after != letter.keywords and any(after == one.saw for one in numberless):
            return
        box, uid = self._place(subject)
        (box.add_flags if is_on else box.remove_flags)([uid], [keyword])
        letter.version += after != letter.keywords
        letter.keywords = after

    @precondition(lambda self: self.letters)
    @rule(number=numbers, goal=mailboxes)
    def another_client_moves(self, number: int, goal: str) -> None:
        subject, letter = self._pick(number)
        if letter.mailbox == goal or self._was_changed_back(subject):
            return
        box, uid = self._place(subject)
        box.move([uid], self._box(goal))
        letter.mailbox = goal
        self._move(subject)

    @precondition(lambda self: self.letters)
    @rule(number=numbers)
    def another_client_deletes(self, number: int) -> None:
        subject, _ = self._pick(number)
        box, uid = self._place(subject)
        box.expunge([uid])
        del self.letters[subject]

    @rule(name=mailboxes)
    def the_server_renumbers(self, name: str) -> None:
        inside = [subject for subject, letter in self.letters.items() if letter.mailbox == name]
        if not any(self._was_changed_back(subject) for subject in inside):
            self._box(name).renumber()
            for subject in inside:
                self._move(subject)

    # the owner, and rules

    @precondition(lambda self: self.letters)
    @rule(number=numbers, keyword=keywords, is_on=st.booleans(), by_rule=st.booleans())
    def wish_keyword(self, number: int, keyword: str, is_on: bool, by_rule: bool) -> None:
        subject, letter = self._pick(number)
        was_changed_back = letter.version != letter.seen and letter.keywords == letter.saw
        if by_rule and was_changed_back and self._is_on_its_way(subject):
            return
        operation = AddKeyword if is_on else RemoveKeyword
        if self._decide(subject, lambda id_: operation(id_, keyword), by_rule=by_rule):
            wish = Wish(subject, keyword, is_on, saw=letter.saw, has_moved=subject in self.unseen_moves)
            wish.decided_at = letter.seen if by_rule else None
            self.wishes.append(wish)

    @precondition(lambda self: self.letters)
    @rule(number=numbers, goal=mailboxes)
    def wish_move(self, number: int, goal: str) -> None:
        subject, _ = self._pick(number)
        if self._was_changed_back(subject):
            return
        if self._decide(subject, lambda id_: MoveMessage(id_, goal), by_rule=False):
            self.wishes.append(Wish(subject, mailbox=goal))

    # we

    @rule()
    def sync(self) -> None:
        self._sync()
        self._look()

    @rule(command=st.sampled_from(COMMANDS), action=st.sampled_from(ACTIONS), nth=st.integers(1, 4))
    def sync_with_a_fault(self, command: str, action: Answer | Bye | Interrupt, nth: int) -> None:
        self.server.faults.add(Fault(command, action, nth=nth))
        with suppress(MailHelperError):
            self._sync()
        self.server.faults.clear()
        self.sync()

    @rule(command=st.sampled_from(COMMANDS), action=st.sampled_from(ACTIONS), nth=st.integers(1, 4))
    def come_to_rest_after_a_fault(self, command: str, action: Answer | Bye | Interrupt, nth: int) -> None:
        self.server.faults.add(Fault(command, action, nth=nth))
        with suppress(MailHelperError):
            self._deliver()
        with suppress(MailHelperError):
            self._sync()
        self.server.faults.clear()
        self.come_to_rest()

    @rule()
    def come_to_rest(self) -> None:
        """Everything is carried out; the server, the store and the model say the same; then nothing is left to do."""
        for _ in range(ROUNDS):
            self.clock.now += timedelta(hours=1)
            self._sync()
            self._deliver()
        report = self._sync()
        self._fulfil()
        assert report.errors == ()
        assert self._on_server() == self._expected()
        assert self._stored() == self._expected()
        assert self._waiting() == 0
        again = self._sync()
        assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)
        assert self._deliver().commands == 0
        self._look()

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        self.server.stop()
        self.store.close()
        if self.ground.postgres is not None:
            self.ground.postgres.drop_database(self.ground.made.pop())
        else:
            shutil.rmtree(self.folder)

    # the model's hands and eyes

    def _fulfil(self) -> None:
        holds = [wish.subject in self.letters and wish.holds_for(self.letters[wish.subject]) for wish in self.wishes]
        for wish, stands in zip(self.wishes, holds, strict=True):
            letter = self.letters.get(wish.subject)
            if letter is None:
                continue
            if wish.mailbox:
                letter.mailbox = wish.mailbox
                continue
            after = letter.keywords | {wish.keyword} if wish.is_on else letter.keywords - {wish.keyword}
            is_blind = self.family == "neither" or wish.decided_at is None
            if is_blind or stands:
                letter.keywords = after
        self.wishes.clear()

    def _expected(self) -> dict[str, tuple[str, frozenset[str]]]:
        return {subject: (letter.mailbox, letter.keywords) for subject, letter in self.letters.items()}

    def _on_server(self) -> dict[str, tuple[str, frozenset[str]]]:
        found = {}
        for box in self.server.store.user("ada").mailboxes:
            for one in box.messages:
                assert _subject(one.raw) not in found
                found[_subject(one.raw)] = (box.name, normalize_keywords(one.flags))
        return found

    def _stored(self) -> dict[str, tuple[str, frozenset[str]]]:
        p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
        joined = t.placements.join(t.mailboxes, b.id == p.mailbox_id).join(t.messages, m.id == p.message_id)
        statement = select(m.subject, b.name, p.flags, p.keywords).select_from(joined).where(p.hidden.is_(False))
        with self.store.read() as connection:
            rows = list(connection.execute(statement))
        found = {row.subject: (row.name, unpack_keywords(row.flags, row.keywords)) for row in rows}
        assert len(found) == len(rows)
        return found

    def _waiting(self) -> int:
        with self.store.read() as connection:
            waits = select(func.count()).select_from(t.outbox).where(t.outbox.c.state.in_(UNFINISHED))
            return int(connection.scalar(waits) or 0)

    def _look(self) -> None:
        self.unseen_moves.clear()
        for letter in self.letters.values():
            letter.seen, letter.saw = letter.version, letter.keywords

    def _move(self, subject: str) -> None:
        """Note that a message is where no number counts that a rule has seen."""
        self.unseen_moves.add(subject)
        for wish in self._rule_s(subject):
            wish.has_moved = True

    def _rule_s(self, subject: str) -> list[Wish]:
        return [one for one in self.wishes if one.subject == subject and one.decided_at is not None]

    def _is_on_its_way(self, subject: str) -> bool:
        return any(one.subject == subject and one.mailbox for one in self.wishes)

    def _was_changed_back(self, subject: str) -> bool:
        letter = self.letters[subject]
        return any(one.decided_at != letter.version and one.saw == letter.keywords for one in self._rule_s(subject))

    def _sync(self) -> SyncReport:
        self.clock.now += timedelta(minutes=16)
        return MailSyncService(self.store, self.sources, self.clock).sync(self.account)

    def _deliver(self) -> DeliverReport:
        return ActionService(self.owner, self.sources, jitter=lambda: 0.5).deliver(self.account)

    def _decide(self, subject: str, make: object, *, by_rule: bool) -> bool:
        with self.owner.begin() as uow:
            m = t.messages.c
            id_ = uow.connection.scalar(select(m.id).where(m.subject == subject, m.orphaned_at.is_(None)))
            if id_ is None:
                return False
            operation: Operation = make(id_)  # type: ignore[operator]
            change_id = changes.new_change(uow, "wish")
            return bool(decide(uow, change_id, [Decision(operation, "rule" if by_rule else "owner")]))

    def _pick(self, number: int) -> tuple[str, Letter]:
        subject = sorted(self.letters)[number % len(self.letters)]
        return subject, self.letters[subject]

    def _box(self, name: str) -> Mailbox:
        return self.server.store.user("ada").mailbox(name)

    def _place(self, subject: str) -> tuple[Mailbox, int]:
        box = self._box(self.letters[subject].mailbox)
        return box, next(one.uid for one in box.messages if _subject(one.raw) == subject)


def _subject(raw: bytes) -> str:
    return next(line[9:].decode() for line in raw.splitlines() if line.startswith(b"Subject: "))


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A migrated SQLite file that every example copies."""
    folder = tmp_path_factory.mktemp("two-way")
    new_sqlite(folder)
    OnSqlite.ground = Ground(folder)


@pytest.fixture(scope="module")
def on_postgres(postgres: Postgres, postgres_template: str) -> None:
    """A migrated database that every example copies."""
    OnPostgres.ground = Ground(postgres=postgres, template=postgres_template)


class OnSqlite(TwoWayMachine):
    """Its databases are SQLite files."""


class OnPostgres(TwoWayMachine):
    """Its databases are on PostgreSQL."""


@pytest.mark.usefixtures("on_sqlite")
class TestOnSqlite(OnSqlite.TestCase):  # type: ignore[name-defined,misc]
    """The machine on SQLite."""

    settings = span(few=5, full=400)


@pytest.mark.usefixtures("on_postgres")
class TestOnPostgres(OnPostgres.TestCase):  # type: ignore[name-defined,misc]
    """The machine on PostgreSQL."""

    settings = span(few=2, full=100)
