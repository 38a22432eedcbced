"""Jobs that open transactions hold: all of them are passed over in one statement, and not one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, select, true

from mailhelper_core.store import tables as t
from mailhelper_core.store.work.job_due import CANDIDATES, lock_first, may_be_claimed
from mailhelper_core.store.work.job_turns import Turn

# Owners who are looked up one after the other: with most claims the first has a job that can be had. A host that holds
# those of many is got past in two statements for all the others, which lock one job more.
NEAREST = 3
J, T = t.jobs.c, t.job_turns.c
Taken = TypeVar("Taken")


def first_of(
    connection: Connection,
    now: int,
    turns: Sequence[Turn],
    take: Callable[[Turn], Taken | None],
    *,
    kinds: Collection[str] | None,
) -> Taken | None:
    """Answer what `take` has of the first of these owners that has a job which can be had."""
    for turn in turns[:NEAREST]:
        if (taken := take(turn)) is not None:
            return taken
    tried: set[Turn] = set()
    farther = {turn.longest_due or 0: turn for turn in turns[NEAREST:]}
    taken = _unheld(connection, farther, tried, take)
    if taken is not None:
        return taken
    others = [turn for turn in farther.values() if turn not in tried]
    return _unheld(connection, _due_of_each(connection, now, others, kinds), tried, take)


def _unheld(
    connection: Connection, owners: Mapping[int, Turn], tried: set[Turn], take: Callable[[Turn], Taken | None]
) -> Taken | None:
    """Take of the first owner of whom one of these jobs is free, then of the next, until none is."""
    while free := lock_first(connection, [id_ for id_, turn in owners.items() if turn not in tried]):
        tried.add(owners[free])
        if (taken := take(owners[free])) is not None:
            return taken
    return None


def _due_of_each(
    connection: Connection, now: int, turns: Iterable[Turn], kinds: Collection[str] | None
) -> dict[int, Turn]:
    """Answer the jobs of these owners that may be claimed now, of each those due longest; PostgreSQL alone."""
    of = {turn.owner_id: turn for turn in turns}
    if not of:
        return {}
    its = may_be_claimed(select(J.id).where(J.owner_id == T.owner_id), connection, now, kinds).correlate(t.job_turns)
    longest = its.order_by(J.not_before, J.id).limit(CANDIDATES).lateral("its")
    found = select(longest.c.id, T.owner_id).select_from(t.job_turns.join(longest, true())).where(T.owner_id.in_(of))
    places = {owner_id: place for place, owner_id in enumerate(of)}
    rows = sorted(connection.execute(found).all(), key=lambda row: places[row.owner_id])
    return {row.id: of[row.owner_id] for row in rows}
