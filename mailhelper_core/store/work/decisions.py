"""Decide: write operations into the outbox and show their effect at once, in the caller's one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mail.keyword import unpack_keywords
from mailhelper_core.model.mail.message import Message, Place
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.inverse import inverse
from mailhelper_core.model.work.operation import (
    SERVER_KINDS,
    AddKeyword,
    AddTag,
    AppendDraft,
    AskReply,
    CopyMessage,
    DecidedBy,
    DropCopy,
    DropDraft,
    Effect,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
    operation_kind,
)
from mailhelper_core.model.work.overlay import View, apply, leaving, resolved, spoken_of
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, reserve_ids
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import replies, tags
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import events, made_tags, outbox, shown
from mailhelper_core.store.work.outbox import LOCAL_ONLY, OutboxRow

NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class Decision:
    """One operation and who decided it: a rule by its revision, a classifier by its confidence.

    What others decide than the owner gives way to what other clients did since; an undo asks for that too.
    """

    operation: Operation
    decided_by: DecidedBy = "owner"
    revision_id: int | None = None
    confidence: float | None = None
    gives_way: bool = False


def decide(uow: UnitOfWork, change_id: int, decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Write decisions as entries of a change, show their effect, and answer the entries' ids.

    What would change nothing makes no entry. Tags, priorities and notices are done here and now; what concerns
    the server waits for its delivery, unless the mailbox cannot be written. Call it last: events lock the owner's
    row. Raises NotFoundError for an unknown or foreign message and InvalidError for a bad name.
    """
    desk = _Desk.open(uow, decisions)
    made = [(row, decision) for decision in decisions if (row := desk.row(change_id, decision))]
    ids = reserve_ids(uow.connection, t.outbox, len(made))
    rows = [replace(row, id=id_) for (row, _), id_ in zip(made, ids, strict=True)]
    outbox.put(uow, rows)
    shown.refresh(uow, [row.message_id for row in rows if operation_kind(row.operation) in SERVER_KINDS])
    _write_tags(uow, change_id, [(row.operation, decision) for row, decision in made])
    _write_priorities(uow, {row.message_id: desk.views[row.message_id] for row in rows if _is_priority(row)})
    for row in rows:
        if isinstance(row.operation, AskReply):
            replies.ask(uow, row.account_id, row.message_id, row.operation.tone)
    _emit(uow, rows)
    return tuple(ids)


def view_of(message: Message) -> View:
    """Answer the parts of a message that operations change."""
    return View(message.places, message.tags, message.urgency, message.importance)


@dataclass(slots=True)
class _Seen:
    """What a rule knows of a message's places: by mailbox the mod_seq, and the keywords that the server said."""

    mod_seqs: dict[int, int] = field(default_factory=dict)
    keywords: set[frozenset[str]] = field(default_factory=set)


@dataclass(slots=True)
class _Desk:
    """The messages that one call decides about, as they are after the decisions taken so far."""

    uow: UnitOfWork
    account_ids: dict[int, int]
    views: dict[int, View]
    seen: dict[int, _Seen]
    directories: dict[int, Directory] = field(default_factory=dict)

    @classmethod
    def open(cls, uow: UnitOfWork, decisions: Sequence[Decision]) -> _Desk:
        ids = list(dict.fromkeys(decision.operation.message_id for decision in decisions))
        found = messages.summaries(uow, ids)
        if len(found) < len(ids):
            raise NotFoundError("One of these messages does not exist for this owner.")
        yielding = {d.operation.message_id for d in decisions if d.decided_by != "owner" or d.gives_way}
        return cls(
            uow,
            {message.id: message.account_id for message in found},
            {message.id: view_of(message) for message in found},
            _seen(uow, sorted(yielding)),
        )

    def row(self, change_id: int, decision: Decision) -> OutboxRow | None:
        message_id = decision.operation.message_id
        account_id, before = self.account_ids[message_id], self.views[message_id]
        after = self._after(account_id, before, decision.operation)
        if after is None:
            return None
        self.views[message_id] = after
        where = self._directory(account_id)
        operation = resolved(before, decision.operation, where)
        is_local = operation_kind(operation) in SERVER_KINDS and _is_local(before, operation, where)
        seen = self.seen.get(message_id, _Seen())
        waits = isinstance(operation, Effect) or (operation_kind(operation) in SERVER_KINDS and not is_local)
        return OutboxRow(
            id=0,
            account_id=account_id,
            change_id=change_id,
            operation=operation,
            inverse=inverse(before, operation, where),
            assigned=self._assigned(operation),
            decided_by=decision.decided_by,
            revision_id=decision.revision_id,
            decided_on=seen.mod_seqs,
            decided_keywords=frozenset(seen.keywords),
            state="waiting" if waits else "delivered",
            error_code=LOCAL_ONLY if is_local else "",
        )

    def _after(self, account_id: int, before: View, operation: Operation) -> View | None:
        where = self._directory(account_id)
        after = apply(before, operation, where)
        if after is None or not isinstance(operation, MoveMessage | CopyMessage):
            return after
        target = where.target(operation)
        if target.mailbox_id:
            return after
        _create_mailbox(self.uow, account_id, target, read_only=where.is_read_only)
        del self.directories[account_id]
        return apply(before, operation, self._directory(account_id))

    def _directory(self, account_id: int) -> Directory:
        if account_id not in self.directories:
            self.directories[account_id] = shown.directory(self.uow, account_id)
        return self.directories[account_id]

    def _assigned(self, operation: Operation) -> dict[str, object]:
        if not isinstance(operation, RemoveTag):
            return {}
        tag = tags.find(self.uow, operation.tag)  # None: an earlier decision of this call makes it
        found = tags.assignments(self.uow, tag.id, message_ids=[operation.message_id]) if tag else {}
        return asdict(found[operation.message_id]) if operation.message_id in found else {}


def _seen(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, _Seen]:
    """Answer how the server had each message when a sync saw it last; where we moved it ourselves, none has yet."""
    p, b = t.placements.c, t.mailboxes.c
    columns = (p.message_id, p.mailbox_id, p.mod_seq, p.base_flags, p.base_keywords, b.highest_mod_seq)
    found: dict[int, _Seen] = defaultdict(_Seen)
    for chunk in chunks(ids):
        statement = select(*columns).join(t.mailboxes, b.id == p.mailbox_id)
        for row in uow.execute(statement.where(p.message_id.in_(chunk), p.uid.is_not(None))):
            seen = found[row.message_id]
            seen.keywords.add(unpack_keywords(row.base_flags, row.base_keywords))
            seen.mod_seqs[row.mailbox_id] = outbox.seen_mod_seq(row)
    return found


def _is_local(before: View, operation: Operation, where: Directory) -> bool:
    match operation:
        case AddKeyword() | RemoveKeyword():
            return all(place.mailbox_id in where.read_only for place in spoken_of(before.places, operation))
        case MoveMessage():
            source = leaving(before, operation, where.target(operation))
            return bool(where.read_only.intersection(_ids(source, where.target(operation))))
        case AppendDraft() | DropDraft():
            return where.is_read_only
        case CopyMessage() | DropCopy():
            return bool(where.read_only.intersection(_ids(where.target(operation))))
        case _:
            return False


def _ids(*places: Place | None) -> set[int]:
    return {place.mailbox_id for place in places if place}


def _create_mailbox(uow: UnitOfWork, account_id: int, target: Place, *, read_only: bool) -> None:
    # gone_at: the server has no such mailbox until the delivery makes it and a sync lists it.
    # Another command, or a sync, may name it in the same moment: then it is theirs.
    columns = ("account_id", "name", "role", "read_only", "gone_at")
    row = (account_id, target.mailbox, target.role, read_only, uow.now)
    insert_rows(uow.connection, t.mailboxes, columns, [row], or_ignore=True)


def _write_tags(uow: UnitOfWork, change_id: int, made: Iterable[tuple[Operation, Decision]]) -> None:
    last: dict[str, dict[int, tuple[AddTag | RemoveTag, Decision]]] = defaultdict(dict)
    for operation, decision in made:
        if isinstance(operation, AddTag | RemoveTag):
            last[fold_tag(operation.tag)][operation.message_id] = (operation, decision)
    for by_message in last.values():
        operations = [operation for operation, _ in by_message.values()]
        color = next((one.color for one in operations if isinstance(one, AddTag)), "")
        tag = made_tags.ensure(uow, change_id, operations[0].tag, color=color)
        tags.unassign(uow, tag.id, list(by_message))
        tags.assign(uow, tag.id, [_assignment(d) for one, d in by_message.values() if isinstance(one, AddTag)])


def _assignment(decision: Decision) -> tags.Assignment:
    return tags.Assignment(
        decision.operation.message_id,
        decision.decided_by,
        revision_id=decision.revision_id,
        confidence=decision.confidence,
    )


def _is_priority(row: OutboxRow) -> bool:
    return isinstance(row.operation, SetPriority)


def _write_priorities(uow: UnitOfWork, views: dict[int, View]) -> None:
    m = t.messages.c
    rows = [
        {"of_id": id_, "urgency_": one.urgency, "importance_": one.importance} for id_, one in sorted(views.items())
    ]
    if rows:
        values: dict[str, Any] = {"urgency": bindparam("urgency_"), "importance": bindparam("importance_")}
        uow.execute(update(t.messages).where(m.id == bindparam("of_id")).values(values), rows)


def _emit(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    events.emit_all(
        uow,
        [
            (NOTIFIED, {"message_id": row.message_id, "change_id": row.change_id, "text": row.operation.text})
            for row in rows
            if isinstance(row.operation, Notify)
        ],
    )
