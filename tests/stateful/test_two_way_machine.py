"""A server, an owner and rules act at random while commands fail: in the end all three agree with a model."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mailhelper_core.actions.service import ActionService
from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.report import DeliverReport, SyncReport
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import Fault, ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.sync.servers import WITHOUT, ImapSources
from tests.servers.postgres import Postgres
from tests.stateful.campaign import span
from tests.stateful.two_way_acts import (
    COPIES,
    KEYWORDS,
    LETTERS,
    MAILBOXES,
    MOVES_WITHOUT,
    ROUNDS,
    faults,
    happenings,
    keywords,
    letter,
    mailboxes,
    numbers,
)  # fmt: skip  # fmt: skip
from tests.stateful.two_way_ends import LEFT, digests_in, digests_on, held_by, id_in, name_of, shown_by, waiting_in
from tests.stateful.two_way_ground import Ground
from tests.stateful.two_way_model import Letter, Model
from tests.unit.sync.world import OWNER, START, Clock, add_account, new_sqlite


class TwoWayMachine(RuleBasedStateMachine):
    """The mail of one owner, from three sides."""

    ground: ClassVar[Ground] = Ground()

    @initialize(family=st.sampled_from(sorted(WITHOUT)), lacks=st.sampled_from(MOVES_WITHOUT), are_twins=st.booleans())
    def begin(self, family: str, lacks: tuple[str, ...], are_twins: bool) -> None:
        self.clock = Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.server = ImapServer(without=(*WITHOUT[family], *lacks)).start()
        self.may_leave = "UIDPLUS" in lacks
        self.store = Store.open(self.ground.new_database(), clock=self.clock)
        self.sources = ImapSources(self.server)
        self.account = add_account(self.store)
        self.owner = self.store.for_owner(OWNER)
        self.model = Model(tells_changes=family != "neither")
        self.digests: dict[bytes, str] = {}
        self.names = {name: name for name in MAILBOXES}
        for name in MAILBOXES[1:]:
            if name not in [box.name for box in self.server.store.user("ada").mailboxes]:
                self.server.store.user("ada").create(name)
        for _ in range(2):
            self.deliver_mail("INBOX", frozenset(), are_twins)
        self.deliver_mail("Work", frozenset(KEYWORDS))
        self.come_to_rest()
        if are_twins:
            self.wish_moves("Archive", by_rule=False, backwards=True)

    # another client

    @precondition(lambda self: len(self.model.letters) < LETTERS)
    @rule(name=mailboxes, carried=st.frozensets(keywords), is_twin=st.booleans())
    def deliver_mail(self, name: str, carried: frozenset[str], is_twin: bool = False) -> None:
        number = len(self.digests) + 1
        subject = f"Letter {number}"
        raw = letter(number, subject, is_twin=is_twin)
        self._box(name).append(raw, flags=sorted(carried), internal_date=START if is_twin else None)
        self.digests[sha256(raw).digest()] = subject
        self.model.letters[subject] = Letter(name, carried)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, keyword=keywords)
    def another_client_flags(self, number: int, keyword: str) -> None:
        subject = self.model.pick(number)
        if self.model.may_flag(subject, keyword):
            box, uid = self._place(subject)
            is_on = keyword not in self.model.letters[subject].keywords
            (box.add_flags if is_on else box.remove_flags)([uid], [keyword])
            self.model.flag(subject, keyword)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, goal=mailboxes)
    def another_client_moves(self, number: int, goal: str) -> None:
        subject = self.model.pick(number)
        if self.model.letters[subject].mailbox != goal and self.model.may_move(subject, goal):
            box, uid = self._place(subject)
            box.move([uid], self._box(goal))
            self.model.move(subject, goal)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers)
    def another_client_deletes(self, number: int) -> None:
        subject = self.model.pick(number)
        box, uid = self._place(subject)
        box.expunge([uid])
        self.model.delete(subject)

    @rule(name=mailboxes)
    def the_server_renumbers(self, name: str) -> None:
        inside = self.model.inside(name)
        if all(self.model.may_move(subject) for subject in inside):
            self._box(name).renumber()
            for subject in inside:
                self.model.move(subject, name)

    @rule(name=st.sampled_from(MAILBOXES[1:]), then=st.sampled_from(("sync", "deliver", "come_to_rest")))
    def another_client_renames(self, name: str, then: str) -> None:
        """Rename what holds mail by which we know it again; sync, deliver before that, or come to rest."""
        self.sync()
        if self._box(name).messages:
            number = int(self.names[name].partition(" ")[2] or 0)
            self.names[name], was = f"{name} {number % 3 + 1}", self.names[name]
            self.server.store.user("ada").rename(was, self.names[name])
            if then == "deliver":
                self._deliver()
            (self.sync if then == "sync" else self.come_to_rest)()

    # the owner, and rules

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, keyword=keywords, by_rule=st.booleans())
    def wish_keyword(self, number: int, keyword: str, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if by_rule and not self.model.may_rule(subject):
            return
        is_on = keyword not in self.model.letters[subject].saw
        operation = AddKeyword if is_on else RemoveKeyword
        if self._decide(subject, lambda id_: operation(id_, keyword), by_rule=by_rule):
            self.model.wish_keyword(subject, keyword, is_on=is_on, by_rule=by_rule)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, goal=mailboxes, by_rule=st.booleans())
    def wish_move(self, number: int, goal: str, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if self.model.may_wish_move(subject) and self._decide(
            subject, lambda id_: MoveMessage(id_, self.names[goal]), by_rule=by_rule
        ):
            self.model.wish_move(subject, goal, by_rule=by_rule)

    @rule(goal=mailboxes, by_rule=st.booleans(), backwards=st.booleans())
    def wish_moves(self, goal: str, by_rule: bool, backwards: bool) -> None:
        """All go to one mailbox, and are decided about in some order."""
        for number in sorted(range(len(self.model.letters)), reverse=backwards):
            self.wish_move(number, goal, by_rule)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, by_rule=st.booleans())
    def wish_copy(self, number: int, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if not self.model.has_copy(subject) and self._decide(
            subject, lambda id_: CopyMessage(id_, COPIES), by_rule=by_rule
        ):
            self.model.wish_copy(subject, COPIES)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, acts=st.lists(happenings, min_size=2, max_size=6))
    def much_happens_to_one_message(self, number: int, acts: list[tuple[object, ...]]) -> None:
        for name, *given in acts:
            if name == "sync":
                self.sync()
            else:
                getattr(self, str(name))(number, *given)

    # we

    @rule()
    def sync(self) -> None:
        self._sync()
        self.model.look()

    @rule(fault=faults)
    def sync_with_a_fault(self, fault: Fault) -> None:
        self.server.faults.add(fault)
        with suppress(MailHelperError):
            self._sync()
        self.server.faults.clear()
        self.sync()

    @rule(fault=faults)
    def come_to_rest_after_a_fault(self, fault: Fault) -> None:
        self.server.faults.add(fault)
        with suppress(MailHelperError):
            self._deliver()
        with suppress(MailHelperError):
            self._sync()
        self.server.faults.clear()
        self.come_to_rest()

    @rule(looks=st.integers(0, 4))
    def come_to_rest_after_a_look_cut_short(self, looks: int) -> None:
        """Deliver on what a poll has seen (0: it fetches nothing), or a sync that was cancelled after so many looks."""
        left = iter(range(looks))
        self._sync(**({"cancel": lambda: next(left, None) is None} if looks else {"max_messages": 0}))
        self._deliver()
        self.come_to_rest()

    @rule()
    def come_to_rest(self) -> None:
        """Everything is carried out; the server, the store and the model say the same; then nothing is left to do."""
        for _ in range(ROUNDS):
            self.clock.now += timedelta(hours=1)
            self._sync()
            self._deliver()
        assert self._sync().errors == ()
        self.model.fulfil()
        assert held_by(self.server, but_left=self.may_leave) == self.model.expected(self.names)
        assert shown_by(self.store, self.digests, but_left=self.may_leave) == self.model.expected(self.names)
        assert digests_in(self.store) == digests_on(self.server)
        assert waiting_in(self.store) == 0
        again = self._sync()
        assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)
        assert self._deliver().commands == 0
        self.model.look()

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        try:
            self.come_to_rest()
        finally:
            self.server.stop()
            self.store.close()
            self.ground.drop_database()

    # the machine's hands and eyes

    def _sync(self, **options: Any) -> SyncReport:
        self.clock.now += timedelta(minutes=16)
        return MailSyncService(self.store, self.sources, self.clock).sync(self.account, **options)

    def _deliver(self) -> DeliverReport:
        return ActionService(self.owner, self.sources, jitter=lambda: 0.5).deliver(self.account)

    def _decide(self, subject: str, make: object, *, by_rule: bool) -> bool:
        with self.owner.begin() as uow:
            id_ = id_in(uow, self.digests, subject)
            if id_ is None:
                return False
            operation: Operation = make(id_)  # type: ignore[operator]
            change_id = changes.new_change(uow, "wish")
            return bool(decide(uow, change_id, [Decision(operation, "rule" if by_rule else "owner")]))

    def _box(self, name: str) -> Mailbox:
        return self.server.store.user("ada").mailbox(self.names[name])

    def _place(self, subject: str) -> tuple[Mailbox, int]:
        box = self._box(self.model.letters[subject].mailbox)
        there = [one for one in box.messages if name_of(one.raw) == subject]
        return box, next(one.uid for one in there if LEFT not in one.flags)


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
