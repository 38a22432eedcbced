"""What sync saw change at the server, noted for the learner: places of a message and keywords, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, and_, delete, func, insert, or_, select

from mailhelper_core.model.mail.keyword import ANSWERED, FLAGGED, JUNK, NOT_JUNK, unpack_keywords
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox

Kind = Literal["arrived", "left", "keywords"]
Packed = tuple[int, str]

NOTHING: Packed = (0, "")
_o = t.observations.c
_COLUMNS = (
    "owner_id", "account_id", "message_id", "mailbox_id", "kind", "before_flags", "before_keywords", "after_flags",
    "after_keywords", "created_at",
)  # fmt: skip
# Operations that rules decided, and those that took something back: not the owner's own deeds.
_KEYWORD_KINDS = ("add_keyword", "remove_keyword")
# Keywords whose appearance says what the owner thinks of a message.
TEACHING_KEYWORDS = frozenset({FLAGGED, ANSWERED, JUNK, NOT_JUNK})
_TEACHING = ("add_keyword", "move")
_PLACE_KINDS = ("move", "copy", "drop_copy")


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
    """One change as the learner reads it; is_ours: an operation that a rule or a classifier decided explains it."""

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
        select(t.observations, b.role)
        .join(t.mailboxes, b.id == _o.mailbox_id, isouter=True)
        .where(_o.owner_id == uow.owner_id)
        .order_by(_o.id)
        .limit(limit)
    )
    rows = uow.execute(statement).all()
    decided = _decided_by_us(uow, sorted({row.message_id for row in rows}))
    return [_observed(row, decided) for row in rows]


def waiting(uow: UnitOfWork) -> bool:
    """Say whether anything is to be read: a look that writes nothing."""
    x, k = t.outbox.c, t.learn_cursors.c
    cursor = select(k.outbox_id).where(k.owner_id == uow.owner_id).scalar_subquery()
    own = (x.owner_id == uow.owner_id, x.decided_by == "owner", x.kind.in_(_TEACHING))
    decided = select(x.id).where(*own, x.id > func.coalesce(cursor, 0)).limit(1)
    seen = select(_o.id).where(_o.owner_id == uow.owner_id).limit(1)
    return uow.one(seen) is not None or uow.one(decided) is not None


def commands(uow: UnitOfWork, limit: int) -> tuple[int, list[tuple[int, int, Operation]]]:
    """Answer the owner's own commands that were not read yet: (last row, [(account, message, operation)])."""
    x, k = t.outbox.c, t.learn_cursors.c
    after = int(uow.connection.scalar(select(k.outbox_id).where(k.owner_id == uow.owner_id)) or 0)
    own = (x.owner_id == uow.owner_id, x.id > after, x.decided_by == "owner", x.undone_by.is_(None))
    rows = uow.execute(select(t.outbox).where(*own, x.kind.in_(_TEACHING)).order_by(x.id).limit(limit)).all()
    last = rows[-1].id if rows else after
    return last, [(row.account_id, row.message_id, outbox.decode(row.kind, row.message_id, row.data)) for row in rows]


def commands_done(uow: UnitOfWork, through: int) -> None:
    """Note how far the owner's commands were read."""
    uow.lock_owner()  # two at once would both find no row to delete
    k = t.learn_cursors.c
    uow.execute(delete(t.learn_cursors).where(k.owner_id == uow.owner_id))
    uow.execute(insert(t.learn_cursors).values(owner_id=uow.owner_id, outbox_id=through))


def done(uow: UnitOfWork, through: int) -> None:
    """Delete the observations that were read."""
    uow.execute(delete(t.observations).where(_o.owner_id == uow.owner_id, _o.id <= through))


def _observed(row: Row[Any], decided: set[tuple[int, bool]]) -> Observed:
    before = unpack_keywords(row.before_flags, row.before_keywords)
    after = unpack_keywords(row.after_flags, row.after_keywords)
    is_ours = (row.message_id, row.kind == "keywords") in decided
    return Observed(row.id, row.account_id, row.message_id, row.kind, row.role or "", before, after, is_ours)


def _decided_by_us(uow: UnitOfWork, message_ids: Sequence[int]) -> set[tuple[int, bool]]:
    """Answer (message, whether it is about keywords) of operations that the owner did not decide."""
    x = t.outbox.c
    not_owner = or_(x.decided_by != "owner", x.undone_by.is_not(None))
    found: set[tuple[int, bool]] = set()
    for chunk in chunks(message_ids):
        wanted = and_(x.message_id.in_(chunk), x.kind.in_((*_KEYWORD_KINDS, *_PLACE_KINDS)), not_owner)
        found.update(
            (row.message_id, row.kind in _KEYWORD_KINDS) for row in uow.execute(select(t.outbox).where(wanted))
        )
    return found
