"""A server, an owner and rules act at random while commands fail: in the end all three agree with a model."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from mailhelper_core.errors import MailHelperError
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Fault, ImapServer
from tests.contract.sync.servers import WITHOUT, ImapSources
from tests.servers.postgres import Postgres
from tests.stateful.campaign import span
from tests.stateful.two_way_acts import (
    COPIES,
    KEYWORDS,
    MAILBOXES,
    MOVES_WITHOUT,
    faults,
    happenings,
    numbers,
)  # fmt: skip
from tests.stateful.two_way_drafts import Drafts
from tests.stateful.two_way_ground import Ground
from tests.stateful.two_way_others import OtherClient
from tests.stateful.two_way_owner import OwnerAndRules
from tests.stateful.two_way_undo import UndoModel
from tests.unit.sync.world import OWNER, Clock, add_account, new_sqlite


class TwoWayMachine(OtherClient, OwnerAndRules, Drafts):
    """The mail of one owner, from three sides."""

    @initialize(family=st.sampled_from(sorted(WITHOUT)), lacks=st.sampled_from(MOVES_WITHOUT), are_twins=st.booleans())
    def begin(self, family: str, lacks: tuple[str, ...], are_twins: bool) -> None:
        self.clock = Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.server = ImapServer(without=(*WITHOUT[family], *lacks)).start()
        self.may_leave = "UIDPLUS" in lacks
        self.store = Store.open(self.ground.new_database(), clock=self.clock)
        self.sources = ImapSources(self.server)
        self.account = add_account(self.store)
        self.owner = self.store.for_owner(OWNER)
        self.model = UndoModel(tells_changes=family != "neither")
        self.digests: dict[bytes, str] = {}
        self.names = {name: name for name in (*MAILBOXES, COPIES)}
        for name in MAILBOXES[1:]:
            if name not in [box.name for box in self.server.store.user("ada").mailboxes]:
                self.server.store.user("ada").create(name)
        for _ in range(2):
            self.deliver_mail("INBOX", frozenset(), are_twins)
        self.deliver_mail("Work", frozenset(KEYWORDS))
        self.come_to_rest()
        if are_twins:
            self.wish_moves("Archive", by_rule=False, backwards=True)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, acts=st.lists(happenings, min_size=2, max_size=6))
    def much_happens_to_one_message(self, number: int, acts: list[tuple[object, ...]]) -> None:
        for name, *given in acts:
            if name == "sync":
                self.sync()
            else:
                getattr(self, str(name))(number, *given)

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

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        try:
            self.come_to_rest()
        finally:
            self.server.stop()
            self.store.close()
            self.ground.drop_database()


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
