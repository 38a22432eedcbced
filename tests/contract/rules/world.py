"""An owner whose mail was synced and processed, with the services that decide about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select, update

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import ActionType, Condition, PluginInfo, Provided, Registry
from mailhelper_core.model.mail.message import Message, MessageDetail
from mailhelper_core.model.work.operation import Change
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.rules import builtin
from mailhelper_core.rules.service import RulesEngine
from mailhelper_core.rules.sieve import words
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import messages
from mailhelper_core.store.work import changes, pending
from mailhelper_core.tags.service import TagManager
from tests.contract.search import world as search
from tests.unit.rules.generated import mail

BUILT_IN = Registry(
    actions={one.name: Provided("rules", one, built_in=True) for one in builtin.register_actions()},
    rules={one.name: Provided("rules", one, built_in=True) for one in builtin.register_rules()},
    plugins=(PluginInfo("rules", built_in=True),),
)


@dataclass
class World(search.World):
    """One owner with the accounts `home` and `Work`, each with INBOX, Archive and Work/Größe."""

    registry: Registry = BUILT_IN
    settings: Settings = field(default_factory=Settings)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)

    @property
    def rules(self) -> RulesEngine:
        return RulesEngine(self.owner, self.registry, self.dispatcher, self.settings)

    @property
    def tags(self) -> TagManager:
        return TagManager(self.owner)

    @property
    def messages(self) -> MessageCommands:
        return MessageCommands(self.owner)

    @property
    def opinions(self) -> OpinionService:
        return OpinionService(self.owner)

    @property
    def undo(self) -> UndoService:
        return UndoService(self.owner)

    def put(self, details: Sequence[MessageDetail]) -> list[int]:
        """Store messages; they wait for the rules."""
        ids = super().put(details)
        with self.owner.begin() as uow:
            for id_, detail in zip(ids, details, strict=True):
                pending.add(uow, "rules", self.accounts[detail.account_id], [id_])
        return ids

    def mail(self, subject: str = "Hello", **fields: object) -> int:
        """Store one message."""
        return self.put([mail(subject, **fields)])[0]

    def see(self, message_id: int) -> Message:
        with self.owner.read() as uow:
            return messages.summaries(uow, [message_id])[0]

    def change(self, change_id: int | None) -> Change:
        assert change_id is not None
        with self.owner.read() as uow:
            return changes.get(uow, change_id)

    def last_change(self) -> Change:
        with self.owner.read() as uow:
            return changes.page(uow, limit=1)[0]

    def waiting(self) -> set[int]:
        """The messages that wait for the rules."""
        p = t.pending.c
        with self.owner.read() as uow:
            mine = p.account_id.in_(self.accounts.values())
            return set(uow.connection.scalars(select(p.message_id).where(mine, p.stage == "rules")))

    def lose_mailbox(self, name: str, *, account: int = 0) -> None:
        """Let the servers, or that of one account, have no such mailbox any more."""
        b = t.mailboxes.c
        ids = [self.accounts[account]] if account else self.accounts.values()
        with self.owner.begin() as uow:
            mine = b.account_id.in_(ids)
            uow.execute(update(t.mailboxes).where(mine, b.name == name).values(gone_at=uow.now, uid_validity=1))

    def find_mailbox(self, name: str) -> None:
        """Let the servers have a mailbox again."""
        b = t.mailboxes.c
        with self.owner.begin() as uow:
            mine = b.account_id.in_(self.accounts.values())
            uow.execute(update(t.mailboxes).where(mine, b.name == name).values(gone_at=None))

    def move_elsewhere(self, message_id: int, name: str) -> None:
        """Let a sync find that another program moved a message."""
        b, p = t.mailboxes.c, t.placements.c
        with self.owner.begin() as uow:
            account = select(t.messages.c.account_id).where(t.messages.c.id == message_id).scalar_subquery()
            there = select(b.id).where(b.account_id == account, b.name == name).scalar_subquery()
            uow.execute(update(t.placements).where(p.message_id == message_id).values(mailbox_id=there))

    def state(self) -> list[tuple[object, ...]]:
        """All that decisions change, to compare before and after."""
        p, mt, m = t.placements.c, t.message_tags.c, t.messages.c
        columns = (p.message_id, p.mailbox_id, p.uid, p.base_flags, p.base_keywords, p.flags, p.keywords, p.hidden)
        mine = m.owner_id == select(t.owners.c.id).where(t.owners.c.key == self.name).scalar_subquery()
        tagged = (mt.message_id, t.tags.c.name, mt.set_by, mt.actor, mt.rule_revision_id, mt.created_at)
        queries = (
            select(*columns).join(t.messages, m.id == p.message_id),
            select(*tagged).join(t.tags, t.tags.c.id == mt.tag_id).join(t.messages, m.id == mt.message_id),
            select(m.id, m.urgency, m.importance),
        )
        with self.owner.read() as uow:
            rows = [
                row for query in queries for row in uow.execute(query.where(mine).order_by(*query.selected_columns))
            ]
        return [tuple(row) for row in rows]

    def with_sieve(self) -> World:
        """The same owner with Sieve's words."""
        mine = self.registry
        conditions = {one.name: Provided("sieve", one, built_in=True) for one in words.register_conditions()}
        actions = {one.name: Provided("sieve", one, built_in=True) for one in words.register_actions()}
        registry = replace(
            mine,
            conditions={**mine.conditions, **conditions},
            actions={**mine.actions, **actions},
            plugins=(*mine.plugins, PluginInfo("sieve", built_in=True)),
        )
        return replace(self, registry=registry)

    def with_plugin(self, *provided: Condition | ActionType) -> World:
        """The same owner in a process where a plugin is installed."""
        conditions = {one.name: Provided("demo", one) for one in provided if isinstance(one, Condition)}
        actions = {one.name: Provided("demo", one) for one in provided if isinstance(one, ActionType)}
        both = replace(
            self.registry,
            conditions={**self.registry.conditions, **conditions},
            actions={**self.registry.actions, **actions},
        )
        return replace(self, registry=both, dispatcher=Dispatcher())


def tagged(world: World, ids: Iterable[int]) -> list[list[str]]:
    """The names of the tags of each message."""
    return [sorted(world.see(id_).tag_names) for id_ in ids]


def notices(world: World) -> int:
    """How often the owner was notified."""
    e = t.events.c
    mine = e.owner_id == select(t.owners.c.id).where(t.owners.c.key == world.name).scalar_subquery()
    with world.owner.read() as uow:
        return len(uow.execute(select(e.id).where(mine, e.kind == "notified")).all())
