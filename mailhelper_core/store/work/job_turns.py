"""Whose turn it is: owners with jobs stand in a row, who was served longest ago first, and are found by its index.

An owner stands in it from the first look after a job was asked for, until a claim meets the owner without an open one.
Who asks writes nothing here: rows that hosts hold in open transactions would keep workers waiting, and older programs
know nothing of the row. So whoever claims lines up new jobs first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    update,
)

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import MAX_VALUES, insert_rows
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work.job_due import lock_first, may_be_claimed
from mailhelper_core.store.work.jobs import IS_QUEUED
from mailhelper_core.store.written_out import is_word

# Owners that one look at the row answers.
MOST_OWNERS = 50
# What is left of new jobs: nothing, what others hold, or perhaps more than was to be lined up.
Left = Literal["none", "held", "more"]
J, T = t.jobs.c, t.job_turns.c
_NEW = select(J.id, J.owner_id).where(IS_QUEUED, J.lined_up_at.is_(None)).order_by(J.lined_up_at, J.id)
# A range: else SQLite says that it reads the whole table, where it goes along the index.
_IS_IN_ROW = and_(T.woken_by.is_not(None), T.served_at >= 0)


@dataclass(frozen=True, slots=True)
class Turn:
    """An owner in the row: when a job of theirs was last claimed (0: never), and the job that is due longest.

    None where the owner has no open job at all. woken_by is the job that put them into the row: among owners served at
    the same time it is their place.
    """

    owner_id: int
    served_at: int
    longest_due: int | None
    woken_by: int


def line_up(store: Store, *, at_most: int | None = None) -> Left:
    """Put the owners of new jobs into the row, a batch a transaction; answer what is left of them.

    Others hold some: a worker that lines them up for a moment, a host that cancels such a job for as long as it likes.
    """
    for number in count():
        if not _is_any_new(store):
            return "none"
        if number == at_most:
            return "more"
        if not _line_up_some(store):
            return "held"
    raise AssertionError


def row(connection: Connection, now: int, kinds: Collection[str] | None, behind: Turn | None = None) -> list[Turn]:
    """Answer the first owners of the row who have a job of these kinds that is due, or no open job at all.

    With `behind` those that stand behind this one: a page of them may have nothing that can be had.
    """
    due = _its_due(connection, now, kinds)
    statement = select(T.owner_id, T.served_at, due, T.woken_by).where(_IS_IN_ROW, or_(due.is_not(None), _is_idle()))
    if behind is not None:
        statement = statement.where(tuple_(T.served_at, T.woken_by) > (behind.served_at, behind.woken_by))
    rows = connection.execute(statement.order_by(T.served_at, T.woken_by).limit(MOST_OWNERS))
    return [Turn(*one) for one in rows]


def rest(connection: Connection, owner_ids: Sequence[int]) -> int:
    """Take owners out of the row who have no open job, the last of a claim, for it waits for nobody; say how many."""
    if not owner_ids:
        return 0
    locked = select(T.owner_id).where(T.owner_id.in_(owner_ids)).with_for_update(skip_locked=True)
    mine = connection.scalars(locked).all()
    # Looked at once more, now that nobody wakes them: a job lined up before is seen, one lined up later wakes them.
    resting = update(t.job_turns).where(T.owner_id.in_(mine), _IS_IN_ROW, _is_idle()).values(woken_by=None)
    return connection.execute(resting).rowcount


def served(connection: Connection, owner_id: int, now: int) -> None:
    """Send an owner to the end of the row."""
    insert_rows(connection, t.job_turns, ("owner_id", "served_at"), [(owner_id, now)], or_ignore=True)
    connection.execute(update(t.job_turns).where(T.owner_id == owner_id).values(served_at=now))


def does_another_wait(connection: Connection, now: int, owner_id: int, kinds: Collection[str] | None) -> bool:
    """Say whether a job of another owner, of these kinds, could be claimed now.

    Of each of the first owners in the row one job is looked at. What an open transaction holds nobody could claim: who
    gives way to that logs in anew for nothing.
    """
    due = _its_due(connection, now, kinds)
    in_row = select(due).where(_IS_IN_ROW, T.owner_id != owner_id, due.is_not(None)).order_by(T.served_at, T.woken_by)
    new = may_be_claimed(select(J.id), connection, now, kinds).where(J.lined_up_at.is_(None), J.owner_id != owner_id)
    looks = (in_row.limit(MOST_OWNERS), new.limit(MOST_OWNERS))
    return any(lock_first(connection, connection.scalars(look).all()) is not None for look in looks)


def _its_due(connection: Connection, now: int, kinds: Collection[str] | None) -> ScalarSelect[int]:
    return _one(may_be_claimed(_queued(), connection, now, kinds))


def _is_idle() -> ColumnElement[bool]:
    at_work = select(J.id).where(J.owner_id == T.owner_id, is_word(J.state, "running")).limit(1)
    return and_(_one(_queued()).is_(None), _one(at_work).is_(None))


def _queued() -> Select[int]:
    return select(J.id).where(J.owner_id == T.owner_id, IS_QUEUED).order_by(J.not_before, J.id).limit(1)


def _one(statement: Select[int]) -> ScalarSelect[int]:
    # A look into an index for each owner, until there are enough of them: an EXISTS may become a join of all jobs.
    return statement.correlate(t.job_turns).scalar_subquery()


def _is_any_new(store: Store) -> bool:
    with store.read() as connection:
        return connection.scalar(_NEW.limit(1)) is not None


def _line_up_some(store: Store) -> bool:
    with store.begin() as connection:
        found = connection.execute(_NEW.limit(MAX_VALUES).with_for_update(skip_locked=True)).all()
        if not found:
            return False
        connection.execute(update(t.jobs).where(J.id.in_([one.id for one in found])).values(lined_up_at=store.now()))
        # In one order for all, who would else wait for each other.
        first = sorted({one.owner_id: one.id for one in reversed(found)}.items())
        waiting = [(owner_id, 0, job_id) for owner_id, job_id in first]
        insert_rows(connection, t.job_turns, ("owner_id", "served_at", "woken_by"), waiting, or_ignore=True)
        connection.execute(_WAKE, [{"of": owner_id, "by": job_id} for owner_id, job_id in first])
    return True


# Written also where nothing changes: under a host's stricter isolation a `rest` that has not seen the job fails so.
_WAKE = (
    update(t.job_turns)
    .where(T.owner_id == bindparam("of"))
    .values(woken_by=func.coalesce(T.woken_by, bindparam("by", type_=BigInt)))
)
