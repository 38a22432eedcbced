"""Polls: which accounts are due for a look at their server, and who takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from mailhelper_core.model.work.job import account_resource
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import MICROS_A_SECOND, is_over, is_too_far, micros
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.revision import require_code
from mailhelper_core.store.schema.mail import RESTING
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.store.work.jobs import IS_STANDING
from mailhelper_core.store.written_out import is_any

# An account whose job was taken out of circulation is not polled into the same trap for a day.
QUARANTINE_SECONDS = 86_400.0
# A claimed poll that dies is due again after this long.
POLL_AGAIN_SECONDS = 60.0
# Accounts that one claim looks at: a few more than there are workers that look at the same time.
CANDIDATES = 50
J = t.jobs.c
A = t.accounts.c


@dataclass(frozen=True, slots=True)
class Poll:
    """An account to look at; was_left says that whoever held its lease last has not come to the end."""

    owner: str
    account_id: int
    lease: Lease
    was_left: bool


def polls_due(store: Store, limit: int) -> int:
    """Answer how many accounts are due for a poll, up to a limit."""
    with store.read() as connection:
        some = _due(connection, store.now(), limit).subquery()
        return int(connection.scalar(select(func.count()).select_from(some)) or 0)


def polls_late(store: Store, *, late_seconds: float) -> tuple[int, float]:
    """Answer how many accounts could have been polled for so long and were not, and the longest wait in seconds."""
    with store.read() as connection:
        now = store.now()
        late = union(*_late(connection, now, late_seconds)).subquery()
        number, oldest = connection.execute(select(func.count(), func.min(late.c.since))).one()
    return number, (now - oldest) / MICROS_A_SECOND if number else 0.0


def is_late(store: Store, late_seconds: float) -> bool:
    """Say whether an account could have been polled for so long and was not; SchemaError as a claim raises it."""
    with store.read() as connection:
        require_code(connection)
        arms = _late(connection, store.now(), late_seconds)
        late = union(*(select(arm.limit(1).subquery()) for arm in arms)).limit(1)
        return connection.scalar(late) is not None


def claim_poll(store: Store, *, seconds: float, holder: str) -> Poll | None:
    """Take the account that has been due longest, with its lease."""
    with store.begin() as connection:
        now = store.now()
        for id_ in connection.scalars(_due(connection, now, CANDIDATES)).all():
            row = _locked(connection, now, id_)
            if row is None:  # another is at it
                continue
            resource = account_resource(row.id)
            # A lease that is given back ends at 0.
            left = select(t.leases.c.token).where(t.leases.c.resource == resource, t.leases.c.expires_at != 0)
            was_left = connection.scalar(left) is not None
            token = leases.take(connection, resource, holder=holder, seconds=seconds, now=now)
            if token is None:
                continue
            again = now + micros(POLL_AGAIN_SECONDS)
            connection.execute(update(t.accounts).where(A.id == row.id).values(next_poll_at=again))
            return Poll(row.key, row.id, Lease(resource, holder, token, seconds), was_left)
    return None


def _due(connection: Connection, now: int, limit: int) -> Select[Any]:
    """Answer the statement for accounts that are due for a poll, the longest due first.

    Each way to be due walks an index of its own, in order, to the limit: an OR of them would read all accounts.
    """
    arms = [
        select(A.id, A.next_poll_at).where(way, _may_be_polled(connection, now)).order_by(column, A.id)
        for way, column in zip(_ways(now), _WALKED, strict=True)
    ]
    found = union(*(select(arm.limit(limit).subquery()) for arm in arms)).subquery().c
    return select(found.id).order_by(func.coalesce(found.next_poll_at, 0), found.id).limit(limit)


def _late(connection: Connection, now: int, late_seconds: float) -> list[Select[Any]]:
    """Answer the same for what has been due for so long; what a wrong clock has written is due, and not late."""
    then = now - micros(late_seconds)
    planned = func.coalesce(A.next_poll_at, A.created_at)
    since = case((A.not_before > planned, A.not_before), else_=planned)
    ways = (A.next_poll_at.is_(None), A.next_poll_at <= then)
    columns = select(A.id, since.label("since"))
    return [columns.where(way, since <= then, _may_be_polled(connection, now)) for way in ways]


def _locked(connection: Connection, now: int, account_id: int) -> Row[int, str] | None:
    still = and_(A.id == account_id, or_(*_ways(now)), _may_be_polled(connection, now))
    statement = select(A.id, t.owners.c.key).join(t.owners, t.owners.c.id == A.owner_id).where(still)
    return connection.execute(statement.with_for_update(of=t.accounts, skip_locked=True)).first()


def _ways(now: int) -> tuple[ColumnElement[bool], ...]:
    """Answer what makes an account due: it is new, its time has come, or a clock that was ahead has written there."""
    return A.next_poll_at.is_(None), A.next_poll_at <= now, A.last_success_at > now, is_too_far(A.not_before, now)


# The columns whose indexes answer these.
_WALKED = (A.next_poll_at, A.next_poll_at, A.last_success_at, A.not_before)


def _may_be_polled(connection: Connection, now: int) -> ColumnElement[bool]:
    """Say of an account whether it may be polled if it is due: in use, its server not away, nobody works on it."""
    # Unless its mail was fetched since: somebody has mended what ended the workers, and asked for it.
    none_since = func.coalesce(A.last_success_at, 0) < J.finished_at
    at_it = or_(J.state != "quarantined", and_(J.finished_at > now - micros(QUARANTINE_SECONDS), none_since))
    worked_on = exists().where(J.account_id == A.id, IS_STANDING, J.kind.in_(("run", "sync")), at_it)
    held = select(t.leases.c.token).where(
        t.leases.c.resource == literal("account:") + cast(A.id, String), leases.is_held(connection, now)
    )
    in_use = ~is_any(A.state, RESTING)
    return and_(in_use, is_over(A.not_before, now), ~worked_on, ~held.exists())
