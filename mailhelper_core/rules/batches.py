"""Messages for the rules, a batch at a time, with all that deciding about them needs; and those that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import fields_used
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.overlay import View
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.rules.engine import CompiledRule
from mailhelper_core.rules.turned_back import owners_word, rules_of
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import mirrors, rules, waits
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import outbox, pending, shown, tag_entries

STAGE: pending.Stage = "rules"
# Where a batch ended in the order of its source, to go on behind it.
Position = tuple[int, int]
# Who judges messages before the rules do.
BEFORE: pending.Stage = "process"


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were looked at, by account; `details` leaves out those that no rule can match.

    settled and placed are what `evaluate` takes, by message. again: these were ruled on before, and are now old enough
    for rules with a delay; the others decide nothing more, but for those that had one when these began to wait
    (`owed`).
    """

    end: Position
    ids: Mapping[int, Sequence[int]]
    details: tuple[MessageDetail, ...] = ()
    settled: Mapping[int, Collection[tuple[int, int]]] = field(default_factory=dict)
    placed: Mapping[int, Collection[int]] = field(default_factory=dict)
    directories: Mapping[int, Directory] = field(default_factory=dict)
    errors: tuple[ErrorNote, ...] = ()
    again: bool = False
    mirrors: Mapping[str, str] = field(default_factory=dict)
    owed: Mapping[int, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the rules, oldest first; not what nobody has judged yet, nor what lies nowhere.

    Then what rules with a delay have waited for; due is the moment up to which.
    """

    account_ids: tuple[int, ...]
    rules: Sequence[CompiledRule]
    with_headers: bool
    due: int

    def total(self, owner: OwnerStore) -> int:
        """Answer about how many messages there are."""
        with owner.read() as uow:
            new = sum(pending.count(uow, STAGE, account_id) for account_id in self.account_ids)
            return new + sum(waits.count(uow, account_id, self.due) for account_id in self.account_ids)

    def batches(self, owner: OwnerStore, size: int, *, after: Position | None = None) -> Iterator[Batch]:
        """Yield batches, from the beginning or behind the end of one; each is read when it is asked for."""
        turn, last = after or (0, 0)
        for account_id in self.account_ids:
            for again in (False, True):
                if 2 * account_id + again < turn:
                    continue
                done = last if 2 * account_id + again == turn else 0
                while ids := (batch := self._batch(owner, account_id, size, done, again=again)).ids.get(account_id):
                    yield batch
                    done = ids[-1]

    def _batch(self, owner: OwnerStore, account_id: int, size: int, after: int, *, again: bool) -> Batch:
        with owner.read() as uow:
            if again:
                ids = waits.take(uow, account_id, self.due, size, after=after)
            else:
                ids = pending.take(uow, STAGE, account_id, size, after=after, unless=BEFORE)
            found = load(uow, ids, with_headers=self.with_headers) if self.rules else []
            end = (2 * account_id + again, ids[-1] if ids else after)
            owed = waits.owed(uow, ids) if again else {}
            return replace(batch_of(uow, {account_id: ids}, found, end=end), again=again, owed=owed)


def batch_of(
    uow: UnitOfWork,
    ids: Mapping[int, Sequence[int]],
    details: Sequence[MessageDetail],
    errors: Sequence[ErrorNote] = (),
    *,
    end: Position,
) -> Batch:
    """Answer messages with what acted on them before, and the mailboxes of their accounts."""
    settled = rules.settled(uow, ids, [message.id for message in details])
    directories = {account_id: shown.directory(uow, account_id) for account_id in ids}
    placed = _settle_turned_back(uow, settled, details, directories)
    marks = mirrors.keywords(uow)
    return Batch(end, ids, tuple(details), settled, placed, directories, tuple(errors), mirrors=marks)


def _settle_turned_back(
    uow: UnitOfWork,
    settled: Mapping[int, set[tuple[int, int]]],
    details: Sequence[MessageDetail],
    directories: Mapping[int, Directory],
) -> dict[int, set[int]]:
    """Settle what the owner turned back; answer by message the rules whose moves the owner went on from."""
    placed: dict[int, set[int]] = {}
    decided: dict[int, list[outbox.OutboxRow]] = defaultdict(list)
    later = outbox.later_operations(uow, list(settled), 0) if settled else []
    for row in tag_entries.as_called_now(uow, later, through_merges=True):
        decided[row.message_id].append(row)
    for message in details:
        if message.id in decided:
            view = View(message.places, message.tags, message.urgency, message.importance)
            word = owners_word(decided[message.id], view, directories[message.account_id])
            placed[message.id] = rules_of(settled[message.id], word.moved_on)
            settled[message.id].update([(rule, 0) for rule in rules_of(settled[message.id], word.turned_back)])
    return placed


def load(uow: UnitOfWork, ids: Sequence[int], *, with_headers: bool) -> list[MessageDetail]:
    """Answer messages as conditions and actions see them."""
    return messages.details(uow, ids, decode_headers=header_fields_of if with_headers else None) if ids else []


def needs_headers(compiled: Sequence[CompiledRule]) -> bool:
    """Say whether a rule looks at header fields, or hands messages to plugins or scripts, who may."""
    return any(
        "header" in fields_used(one.matcher.criteria)
        or one.matcher.has_plugins
        or any(not step.built_in or step.type.name == "sieve" for step in one.steps)
        for one in compiled
    )
