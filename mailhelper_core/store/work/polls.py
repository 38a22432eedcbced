"""Polls: which accounts are due for a look at their server, and who takes it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, exists, func, literal, or_, select, update

from mailhelper_core.model.work.job import account_resource
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import MICROS_A_SECOND, is_over, micros
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.revision import require_code
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.store.work.jobs import accounts_with

# An account whose job was taken out of circulation is not polled into the same trap for a day.
QUARANTINE_SECONDS = 86_400.0
# A claimed poll that dies is due again after this long.
POLL_AGAIN_SECONDS = 60.0
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
        some = select(A.id).where(_is_poll_due(connection, store.now())).limit(limit).subquery()
        return int(connection.scalar(select(func.count()).select_from(some)) or 0)


def polls_late(store: Store, *, late_seconds: float) -> tuple[int, float]:
    """Answer how many accounts could have been polled for so long and were not, and the longest wait in seconds."""
    with store.read() as connection:
        now = store.now()
        late = _is_poll_late(connection, now, late_seconds)
        number, oldest = connection.execute(select(func.count(), func.min(_due_since())).where(late)).one()
    return number, (now - oldest) / MICROS_A_SECOND if number else 0.0


def is_late(store: Store, late_seconds: float) -> bool:
    """Say whether an account could have been polled for so long and was not; SchemaError as a claim raises it."""
    with store.read() as connection:
        require_code(connection)
        late = select(A.id).where(_is_poll_late(connection, store.now(), late_seconds)).limit(1)
        return connection.scalar(late) is not None


def claim_poll(store: Store, *, seconds: float, holder: str) -> Poll | None:
    """Take the account that has been due longest, with its lease."""
    with store.begin() as connection:
        now = store.now()
        longest_due = (
            select(A.id, t.owners.c.key)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(_is_poll_due(connection, now))
            .order_by(func.coalesce(A.next_poll_at, 0), A.id)
            .limit(1)
        )
        row = connection.execute(longest_due.with_for_update(of=t.accounts, skip_locked=True)).first()
        if row is None:
            return None
        resource = account_resource(row.id)
        # A lease that is given back ends at 0.
        left = select(t.leases.c.token).where(t.leases.c.resource == resource, t.leases.c.expires_at != 0)
        was_left = connection.scalar(left) is not None
        token = leases.take(connection, resource, holder=holder, seconds=seconds, now=now)
        if token is None:
            return None
        again = now + micros(POLL_AGAIN_SECONDS)
        connection.execute(update(t.accounts).where(A.id == row.id).values(next_poll_at=again))
    return Poll(row.key, row.id, Lease(resource, holder, token, seconds), was_left)


def _is_poll_late(connection: Connection, now: int, late_seconds: float) -> ColumnElement[bool]:
    return and_(_is_poll_due(connection, now), _due_since() <= now - micros(late_seconds))


def _due_since() -> ColumnElement[int]:
    since = func.coalesce(A.next_poll_at, A.created_at)
    return case((A.not_before > since, A.not_before), else_=since)


def _is_poll_due(connection: Connection, now: int) -> ColumnElement[bool]:
    """Say of an account whether it may be polled now: in use, its time has come, nobody works on it."""
    wrong_clock = or_(func.coalesce(A.last_success_at, 0) > now, and_(A.not_before > now, is_over(A.not_before, now)))
    time_has_come = or_(func.coalesce(A.next_poll_at, 0) <= now, wrong_clock)
    its = t.accounts.alias().c
    # Unless its mail was fetched since: somebody has mended what ended the workers, and asked for it.
    none_since = exists().where(its.id == J.account_id, func.coalesce(its.last_success_at, 0) < J.finished_at)
    at_it = or_(J.state != "quarantined", and_(J.finished_at > now - micros(QUARANTINE_SECONDS), none_since))
    worked_on = A.id.in_(accounts_with(J.kind.in_(("run", "sync")), at_it))
    held = select(t.leases.c.token).where(
        t.leases.c.resource == literal("account:") + cast(A.id, String), leases.is_held(connection, now)
    )
    in_use = A.state.not_in(("paused", "needs_auth"))
    return and_(in_use, is_over(A.not_before, now), time_has_come, ~worked_on, ~held.exists())
