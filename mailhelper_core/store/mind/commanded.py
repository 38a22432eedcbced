"""What the owner commanded, as the learner reads it: each command once, with the mailboxes that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, insert, select

from mailhelper_core.model.mail.keyword import SEEN, unpack_keywords
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage, Operation
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mind import taken_back
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes, outbox
from mailhelper_core.store.work.outbox import OutboxRow

# The kinds of operation that may say what the owner thinks.
_TEACHING = ("add_keyword", "move")
# What a change's data calls the ids of the corrections that it became.
_LEARNED = "learned"
# And what an undo's data calls those that it took back.
_UNLEARNED = "unlearned"
_x, _k = t.outbox.c, t.learn_cursors.c


@dataclass(frozen=True, slots=True)
class Commanded:
    """One operation that the owner decided; of a move the roles of the mailboxes, "" for those without one.

    is_unread: no place of the message bears \\Seen; False where it has no place.
    """

    number: int
    account_id: int
    message_id: int
    change_id: int
    operation: Operation
    came: str = ""
    left: str = ""
    is_unread: bool = False


def waiting(uow: UnitOfWork) -> bool:
    """Say whether a command was not read yet: a look that writes nothing."""
    after = func.coalesce(select(_k.outbox_id).where(_k.owner_id == uow.owner_id).scalar_subquery(), 0)
    return uow.one(select(_x.id).where(_is_own(uow), _x.id > after).limit(1)) is not None


def take(uow: UnitOfWork, limit: int) -> list[Commanded]:
    """Answer the oldest commands that were not read yet; they stay until `done`."""
    after = int(uow.connection.scalar(select(_k.outbox_id).where(_k.owner_id == uow.owner_id)) or 0)
    statement = select(t.outbox).where(_is_own(uow), _x.id > after).order_by(_x.id).limit(limit)
    rows = [outbox.read_row(row) for row in uow.execute(statement)]
    roles = _roles(uow, {row.account_id for row in rows})
    unread = _unread(uow, [row.message_id for row in rows if isinstance(row.operation, MoveMessage)])
    return [_commanded(row, roles, unread) for row in rows]


def done(uow: UnitOfWork, through: int) -> None:
    """Note how far the owner's commands were read."""
    uow.lock_owner()  # two at once would both find no row to delete
    uow.execute(delete(t.learn_cursors).where(_k.owner_id == uow.owner_id))
    uow.execute(insert(t.learn_cursors).values(owner_id=uow.owner_id, outbox_id=through))


def note_learned(uow: UnitOfWork, learned: Mapping[int, Sequence[int]]) -> None:
    """Note the corrections that commands became, by change: undo takes them back."""
    for change_id, corrections in learned.items():
        _add_ids(uow, change_id, _LEARNED, corrections)


def unlearn(uow: UnitOfWork, change_id: int, message_ids: Iterable[int], by: int) -> None:
    """Take back what a change has taught about these messages, and note it with the undo that does so."""
    taken, _ = taken_back.take_back(uow, _of_messages(uow, change_id, _LEARNED, message_ids))
    _add_ids(uow, by, _UNLEARNED, taken)


def learn_again(uow: UnitOfWork, undo_id: int, message_ids: Iterable[int], by: int) -> None:
    """Let stand again what an undo took back of these messages: `by`, which undoes it, teaches what was taught."""
    given, _ = taken_back.give_back(uow, _of_messages(uow, undo_id, _UNLEARNED, message_ids))
    _add_ids(uow, by, _LEARNED, given)


def _add_ids(uow: UnitOfWork, change_id: int, name: str, ids: Sequence[int]) -> None:
    if ids:
        changes.add_data(uow, change_id, {name: [*changes.data(uow, change_id).get(name, ()), *ids]})


def _of_messages(uow: UnitOfWork, change_id: int, name: str, message_ids: Iterable[int]) -> list[int]:
    """Answer those corrections that a change's data names which are about these messages."""
    c, learned = t.corrections.c, set(changes.data(uow, change_id).get(name, ()))
    found: list[int] = []
    # By message: of a change about all mail each part of an undo would look through all that was learned.
    for chunk in chunks(sorted(set(message_ids)) if learned else []):
        # + 0: not by the owner's index, which holds all that was ever said.
        mine = select(c.id).where(c.message_id.in_(chunk), c.owner_id + 0 == uow.owner_id)
        found += learned.intersection(uow.connection.scalars(mine))
    return sorted(found)


def _is_own(uow: UnitOfWork) -> ColumnElement[bool]:
    """What was taken back, and what took something back, is no deed of the owner's own."""
    takes_back = exists().where(t.changes.c.id == _x.change_id, t.changes.c.kind == "undo")
    own = (_x.owner_id == uow.owner_id, _x.decided_by == "owner", _x.undone_by.is_(None))
    return and_(*own, _x.kind.in_(_TEACHING), ~takes_back)


def _commanded(row: OutboxRow, roles: dict[tuple[int, str], str], unread: set[int]) -> Commanded:
    command = Commanded(row.id, row.account_id, row.message_id, row.change_id, row.operation)
    if not isinstance(row.operation, MoveMessage):
        return command
    came = row.operation.role or roles.get((row.account_id, row.operation.mailbox), "")
    back = next((one.mailbox for one in row.inverse if isinstance(one, MoveMessage | CopyMessage)), "")
    left = roles.get((row.account_id, back), "")
    return replace(command, came=came, left=left, is_unread=row.message_id in unread)


def _roles(uow: UnitOfWork, account_ids: set[int]) -> dict[tuple[int, str], str]:
    b = t.mailboxes.c
    special = select(b.account_id, b.name, b.role).where(b.account_id.in_(account_ids), b.role != "")
    return {(row.account_id, row.name): row.role for row in uow.execute(special)}


def _unread(uow: UnitOfWork, message_ids: Sequence[int]) -> set[int]:
    p = t.placements.c
    rows: list[Row[Any]] = []
    for chunk in chunks(list(dict.fromkeys(message_ids))):
        rows += uow.execute(select(p.message_id, p.flags, p.keywords).where(p.message_id.in_(chunk)))
    seen = {row.message_id for row in rows if SEEN in unpack_keywords(row.flags, row.keywords)}
    return {row.message_id for row in rows} - seen
