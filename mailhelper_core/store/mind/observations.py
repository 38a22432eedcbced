"""What sync saw change at the server, noted for the learner: places of a message and keywords, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Row, and_, delete, or_, select

from mailhelper_core.model.mail.keyword import ANSWERED, FLAGGED, JUNK, NOT_JUNK, unpack_keywords
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, DropCopy, MoveMessage, RemoveKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow

Kind = Literal["arrived", "left", "keywords"]
Packed = tuple[int, str]

NOTHING: Packed = (0, "")
_o = t.observations.c
_COLUMNS = (
    "owner_id", "account_id", "message_id", "mailbox_id", "kind", "before_flags", "before_keywords", "after_flags",
    "after_keywords", "created_at",
)  # fmt: skip
# Keywords whose appearance says what the owner thinks of a message.
TEACHING_KEYWORDS = frozenset({FLAGGED, ANSWERED, JUNK, NOT_JUNK})
_KINDS = ("add_keyword", "remove_keyword", "move", "copy", "drop_copy")


@dataclass(frozen=True, slots=True)
class Noted:
    """What is written down about one change."""

    account_id: int
    message_id: int
    mailbox_id: int
    kind: Kind
    before: Packed = NOTHING
    after: Packed = NOTHING


@dataclass(frozen=True, slots=True)
class Observed:
    """One change as the learner reads it: `after` without keywords that a rule, a classifier or an undo has set.

    is_ours: that it left or arrived is the echo of what one of them decided.
    """

    number: int
    account_id: int
    message_id: int
    kind: Kind
    role: str
    before: frozenset[str]
    after: frozenset[str]
    is_ours: bool


def teaches(seen: Noted) -> bool:
    """Say whether a change of keywords may say what the owner thinks; that a message was read says nothing."""
    before, after = unpack_keywords(*seen.before), unpack_keywords(*seen.after)
    return not (after - before).isdisjoint(TEACHING_KEYWORDS)


def note(uow: UnitOfWork, seen: Iterable[Noted]) -> None:
    """Write down what changed."""
    rows = [
        (uow.owner_id, one.account_id, one.message_id, one.mailbox_id, one.kind, *one.before, *one.after, uow.now)
        for one in seen
    ]
    insert_rows(uow.connection, t.observations, _COLUMNS, rows)


def take(uow: UnitOfWork, limit: int) -> list[Observed]:
    """Answer the oldest observations; they stay until `done`."""
    b = t.mailboxes.c
    statement = (
        select(t.observations, b.name, b.role)
        .join(t.mailboxes, b.id == _o.mailbox_id, isouter=True)
        .where(_o.owner_id == uow.owner_id)
        .order_by(_o.id)
        .limit(limit)
    )
    rows = uow.execute(statement).all()
    ours = _ours(uow, sorted({row.message_id for row in rows}))
    return [_observed(row, ours[row.message_id]) for row in rows]


def waiting(uow: UnitOfWork) -> bool:
    """Say whether anything is to be read: a look that writes nothing."""
    return uow.one(select(_o.id).where(_o.owner_id == uow.owner_id).limit(1)) is not None


def done(uow: UnitOfWork, through: int) -> None:
    """Delete the observations that were read."""
    uow.execute(delete(t.observations).where(_o.owner_id == uow.owner_id, _o.id <= through))


def _observed(row: Row[Any], ours: _Ours) -> Observed:
    before = unpack_keywords(row.before_flags, row.before_keywords)
    after = unpack_keywords(row.after_flags, row.after_keywords) - (ours.keywords - before)
    is_ours = ours.explains(row.kind, row.name or "", row.role or "")
    return Observed(row.id, row.account_id, row.message_id, row.kind, row.role or "", before, after, is_ours)


@dataclass(slots=True)
class _Ours:
    """What our own operations may have left to be seen of one message: keywords, and the last move or copy.

    came and left are mailboxes, the one that it went to by name or by role.
    """

    keywords: set[str] = field(default_factory=set)
    came: str = ""
    came_role: str = ""
    left: str = ""

    def explains(self, kind: Kind, mailbox: str, role: str) -> bool:
        """Say whether that a message left a mailbox, or arrived in it, is an echo of them."""
        if kind == "left":
            return bool(self.left) and mailbox == self.left
        if kind == "arrived":
            return mailbox == self.came if self.came else bool(self.came_role) and role == self.came_role
        return False

    def take_in(self, row: OutboxRow, *, is_owners: bool) -> None:
        """Take in one operation more; the owner's own leave nothing that has to be explained."""
        match row.operation:
            case AddKeyword(_, keyword) if not is_owners:
                self.keywords.add(keyword)
            case AddKeyword(_, keyword) | RemoveKeyword(_, keyword):
                self.keywords.discard(keyword)
            case MoveMessage() | CopyMessage() | DropCopy() as operation:
                self.came = self.came_role = self.left = ""
                if not is_owners:
                    self._take_place(row, operation)
            case _:
                pass

    def _take_place(self, row: OutboxRow, operation: MoveMessage | CopyMessage | DropCopy) -> None:
        if isinstance(operation, DropCopy):
            self.left = operation.mailbox
            return
        self.came = operation.mailbox
        if isinstance(operation, MoveMessage):
            self.came_role = operation.role
            self.left = next((one.mailbox for one in row.inverse if isinstance(one, MoveMessage | CopyMessage)), "")


def _ours(uow: UnitOfWork, message_ids: Sequence[int]) -> defaultdict[int, _Ours]:
    """Answer, by message, what operations may have left to be seen that are no deed of the owner's own.

    Only what has been tried can be seen; what was taken back, and what took something back, is no deed of the owner's.
    """
    x, c = t.outbox.c, t.changes.c
    tried = and_(or_(x.state == "delivered", x.attempts > 0), x.error_code != outbox.LOCAL_ONLY)
    joined = select(t.outbox, c.kind.label("change_kind")).join(t.changes, c.id == x.change_id)
    found: defaultdict[int, _Ours] = defaultdict(_Ours)
    for chunk in chunks(message_ids):
        mine = joined.where(x.message_id.in_(chunk), x.kind.in_(_KINDS), tried)
        for row in uow.execute(mine.order_by(x.id)):
            is_owners = row.decided_by == "owner" and row.undone_by is None and row.change_kind != "undo"
            found[row.message_id].take_in(outbox.read_row(row), is_owners=is_owners)
    return found
