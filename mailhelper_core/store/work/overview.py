"""Looks across all owners, for administrators and monitoring: counts and states by indexes, no row of mail."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, Row, Subquery, case, func, select, union_all

from mailhelper_core.model.work.job import LANES
from mailhelper_core.model.work.overview import AccountHealth, ErrorCount, QueueState
from mailhelper_core.model.work.report import Page
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import MICROS_A_SECOND
from mailhelper_core.store.owner_key import HIDDEN
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work.job_due import is_due
from mailhelper_core.store.work.jobs import IS_OPEN
from mailhelper_core.store.work.outbox import IS_UNFINISHED

DAY = 86_400 * MICROS_A_SECOND
J, A = t.jobs.c, t.accounts.c
# Jobs of a day that went on without a provider; of more nobody needs the number.
MOST_LOOKED_AT = 1_000
_ARRIVING = select(t.owners.c.id).where(t.owners.c.key.startswith(HIDDEN, autoescape=True))


def queues(store: Store) -> list[QueueState]:
    """Answer how the jobs of each kind stand; kinds without a job are there too."""
    with store.read() as connection:
        now = store.now()
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        recent = _recent(now)
        grouped = select(recent.c.kind, recent.c.state, func.count()).group_by(recent.c.kind, recent.c.state)
        for kind, state, number in connection.execute(grouped):
            counts[kind][state] = number
        due = {row.kind: row for row in connection.execute(_due(connection, now))}
    return [_queue(kind, counts[kind], due.get(kind), now) for kind in LANES]


def errors(store: Store) -> list[ErrorCount]:
    """Answer how many jobs of the last day failed, or wait, by the code of their error."""
    r = _recent(store.now()).c
    statement = select(r.kind, r.error_code, func.count()).where(r.error_code != "").group_by(r.kind, r.error_code)
    with store.read() as connection:
        return [ErrorCount(*row) for row in connection.execute(statement.order_by(r.kind, r.error_code))]


def ended_workers(store: Store) -> dict[str, int]:
    """Answer which providers of plugins jobs of the last day go on without, for they ended their workers; how many do.

    Named as PLUGIN/PROVIDER.
    """
    r = _recent(store.now()).c
    left_out = select(r.skipped).where(r.skipped != "[]").order_by(r.id.desc()).limit(MOST_LOOKED_AT)
    with store.read() as connection:
        rows = connection.scalars(left_out).all()
    return dict(Counter(item for row in rows for item in json.loads(row)))


def accounts(store: Store, *, after: str | None, limit: int, only_unwell: bool) -> Page[AccountHealth]:
    """Answer accounts by id, with how many operations wait for each."""
    o = t.outbox.c
    waits = select(func.count()).where(o.account_id == A.id, IS_UNFINISHED).scalar_subquery()
    statement = (
        select(A.id, t.owners.c.key, A.state, A.state_code, A.failures, A.last_success_at, waits.label("waiting"))
        .join(t.owners, t.owners.c.id == A.owner_id)
        .where(A.id > (0 if after is None else id_after(after, "accounts")), A.owner_id.not_in(_ARRIVING))
        .order_by(A.id)
        .limit(limit + 1)
    )
    if only_unwell:
        statement = statement.where(A.state != "ok")
    with store.read() as connection:
        found = connection.execute(statement).all()
        now = store.now()
    page = tuple(_account(row, now) for row in found[:limit])
    return Page(page, str(page[-1].account_id) if len(found) > limit else None)


def account_states(store: Store) -> dict[str, int]:
    """Answer how many accounts are in each state."""
    seen = select(A.state, func.count()).where(A.owner_id.not_in(_ARRIVING))
    with store.read() as connection:
        rows = connection.execute(seen.group_by(A.state)).all()
    return {state: number for state, number in rows}


def cut_off(store: Store, *, by_server: bool = False) -> tuple[int, int]:
    """Answer how many owners, or servers, cannot be reached at all, and how many there are; paused ones aside."""
    is_reached = case((A.state == "unreachable", 0), else_=1)
    seen = select(func.max(is_reached).label("reached")).where(A.state != "paused", A.owner_id.not_in(_ARRIVING))
    each = seen.group_by(A.url if by_server else A.owner_id).subquery()
    with store.read() as connection:
        total, reached = connection.execute(select(func.count(), func.sum(each.c.reached)).select_from(each)).one()
    return total - int(reached or 0), total


def _recent(now: int) -> Subquery:
    """Answer the jobs that are open, and those that ended in the last day: two indexes, which an OR would not use."""
    columns = (J.id, J.kind, J.state, J.error_code, J.skipped)
    ended = J.finished_at > now - DAY
    return union_all(select(*columns).where(IS_OPEN), select(*columns).where(ended)).subquery()


def _due(connection: Connection, now: int) -> Any:
    return (
        select(J.kind, func.count().label("number"), func.min(J.not_before).label("oldest"))
        .where(is_due(connection, now))
        .outerjoin(t.leases, t.leases.c.resource == J.resource)
        .outerjoin(t.accounts, A.id == J.account_id)
        .group_by(J.kind)
    )


def _queue(kind: str, counts: dict[str, int], due: Row[Any] | None, now: int) -> QueueState:
    number = due.number if due is not None else 0
    oldest = max(0.0, (now - due.oldest) / MICROS_A_SECOND) if due is not None else 0.0
    return QueueState(
        kind, number, counts["queued"] - number, counts["running"], oldest,
        counts["done"], counts["failed"], counts["quarantined"],
    )  # fmt: skip


def _account(row: Any, now: int) -> AccountHealth:
    lag = None if row.last_success_at is None else max(0.0, (now - row.last_success_at) / MICROS_A_SECOND)
    return AccountHealth(row.key, row.id, row.state, row.state_code, row.failures, lag, row.waiting)
