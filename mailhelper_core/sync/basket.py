"""Collects messages of one mailbox and stores them in small transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.store.faults import UNFIT
from mailhelper_core.store.mail import bodies
from mailhelper_core.store.mail.ingest import Added, Incoming, NewMessage, add_batch, outside
from mailhelper_core.sync import incoming
from mailhelper_core.sync.run import SyncRun

# Octets that one transaction writes: 8 MB, as they are fetched, would hold SQLite's write lock three times as long as
# 50 usual mails do. A large mail alone is written whole.
WRITTEN_OCTETS = 2_000_000


@dataclass(slots=True)
class Basket:
    """What was fetched and is not stored yet; bounded in messages and in octets.

    bodiless: the messages, by uid, that are stored without their body. uids: all that was ever put here.
    """

    run: SyncRun
    held: HeldMailbox
    bodiless: Mapping[int, int] = field(default_factory=dict)
    uids: set[int] = field(default_factory=set)
    _items: list[Incoming] = field(default_factory=list)
    _octets: int = 0
    _written: int = 0

    def put(self, item: Incoming) -> None:
        """Take a message; store what has gathered when it is enough."""
        self._items.append(item)
        self.uids.add(item.flags.uid)
        if isinstance(item.message, NewMessage) and item.message.raw:
            self._octets += item.message.raw.size
            self._written += len(item.message.raw.data) + len(item.message.text)
        if self._is_full():
            self.flush()

    def flush(self) -> None:
        """Store what has gathered."""
        items, self._items, self._octets, self._written = self._items, [], 0, 0
        if items:
            self._store(items)
            self.run.advance(self.held, len(items))

    def _is_full(self) -> bool:
        settings = self.run.settings
        is_large = self._octets >= settings.fetch_batch_bytes or self._written >= WRITTEN_OCTETS
        return is_large or len(self._items) >= settings.commit_batch_messages

    def _store(self, items: Sequence[Incoming]) -> None:
        try:
            self._commit(items)
        except InvalidError as exc:
            if exc.code != UNFIT:
                raise
            self._store_one_by_one(items)

    def _store_one_by_one(self, items: Sequence[Incoming]) -> None:
        """Store messages of which one holds a value that the database refuses: that one without its fields."""
        if len(items) > 1:
            for item in items:
                self._store([item])
        elif isinstance(items[0].message, NewMessage):
            self._commit([replace(items[0], message=incoming.reduced(items[0].message))])

    def _commit(self, items: Sequence[Incoming]) -> None:
        with outside(self.run.owner.store, self.run.owner.owner, items) as stored, self.run.begin() as uow:
            added = add_batch(uow, self.held, stored)
            found = {self.bodiless[one.flags.uid]: one.message for one in stored if one.flags.uid in self.bodiless}
            late = {id_: message for id_, message in found.items() if isinstance(message, NewMessage)}
            self.run.tally.completed += len(bodies.complete(uow, self.held.account_id, late)) if late else 0
        self._count(items, added)

    def _count(self, items: Sequence[Incoming], added: Added) -> None:
        tally = self.run.tally
        tally.new += len(added.new)
        tally.adopted += len(added.adopted)
        tally.moved += len(added.revived)
        tally.orphans -= set(added.revived)
        tally.quarantined += sum(isinstance(item.message, NewMessage) and item.message.is_quarantined for item in items)
