"""What a two-way machine is made of: a server, a store and a model, and the hands that change and compare them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, rule

from mailhelper_core.actions.service import ActionService
from mailhelper_core.model.mail.keyword import normalize_keywords
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.model.work.report import DeliverReport, SyncReport
from mailhelper_core.store.mail import messages
from mailhelper_core.store.unit_of_work import OwnerStore, Store
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.sync.servers import ImapSources
from tests.stateful.two_way_acts import ROUNDS, TRASH
from tests.stateful.two_way_ends import digests_in, digests_on, held_by, id_in, name_of, shown_by, waiting_in
from tests.stateful.two_way_ground import Ground
from tests.stateful.two_way_undo import UndoModel
from tests.unit.sync.world import Clock


class Hands(RuleBasedStateMachine):
    """The sides of one machine; what they do is added by those who inherit."""

    ground: ClassVar[Ground] = Ground()
    clock: Clock
    server: ImapServer
    may_leave: bool
    store: Store
    sources: ImapSources
    account: Account
    owner: OwnerStore
    model: UndoModel
    digests: dict[bytes, str]
    names: dict[str, str]

    @rule()
    def sync(self) -> None:
        """What the server holds now is known."""
        self._sync()
        self.model.look()

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

    def _sync(self, **options: Any) -> SyncReport:
        self.clock.now += timedelta(minutes=16)
        return MailSyncService(self.store, self.sources, self.clock).sync(self.account, **options)

    def _deliver(self) -> DeliverReport:
        return ActionService(self.owner, self.sources, jitter=lambda: 0.5).deliver(self.account)

    def _decide(
        self,
        subject: str,
        make: Callable[[Message], Sequence[Operation]],
        note: Callable[[], None],
        *,
        by_rule: bool,
    ) -> None:
        """Let the owner or a rule decide, and note it in the model where it changes something."""
        with self.owner.begin() as uow:
            id_ = id_in(uow, self.digests, subject)
            if id_ is None:
                return
            [message] = messages.summaries(uow, [id_])
            change_id = changes.new_change(uow, "wish")
            wanted = [Decision(operation, "rule" if by_rule else "owner") for operation in make(message)]
            is_anything = bool(decide(uow, change_id, wanted))
        if is_anything:
            before = len(self.model.wishes)
            note()
            self.model.note(change_id, before)

    def _box(self, name: str) -> Mailbox:
        if not self._has_box(name):
            self.server.store.user("ada").create(self.names[name], role="\\Trash" if name == TRASH else None)
        return self.server.store.user("ada").mailbox(self.names[name])

    def _has_box(self, name: str) -> bool:
        return self.names[name] in [box.name for box in self.server.store.user("ada").mailboxes]

    def _place(self, subject: str) -> tuple[Mailbox, int]:
        box = self._box(self.model.letters[subject].mailbox)
        keywords = self.model.letters[subject].keywords  # a copy may lie beside it
        there = [one for one in box.messages if name_of(one.raw) == subject]
        return box, next(one.uid for one in there if normalize_keywords(one.flags) == keywords)
