"""The ledger: a row before each call that reserves what it may cost at most, and what it took in the end."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from mailhelper_core.errors import BudgetError
from mailhelper_core.model.ai.egress import Budget, EgressCounts, LedgerEntry, Level, Redaction
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.model.work.report import Page
from mailhelper_core.store import tables as t
from mailhelper_core.store.egress import spending
from mailhelper_core.store.egress.spending import Spent
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, to_micros

_l, _o = t.egress_log.c, t.egress_owners.c

ANSWERED, THROTTLED = "answered", "throttled"
# Calls that may have been told to wait until now: longer than a pause and a call together.
_REMEMBERED_MICROS = 2 * 3_600 * 1_000_000
# Calls of a provider that may have been made since one was told to wait: those that were under way, for others ask.
_UNDER_WAY = 1_000
# An owner who has said nothing may use providers that cost no money, within what a fast reader's mail takes.
DEFAULT_LIMIT_TOKENS = 2_000_000
DEFAULT_LIMIT_COST = 0
_SECRET_OCTETS = 32
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call before it is made; tokens and cost are the most it can take."""

    account_id: int
    message_id: int
    purpose: Purpose
    provider: str
    model: str
    level: Level
    digest: str
    octets: int
    redactions: Mapping[str, int]
    tokens_in: int
    tokens_out: int
    cost: int


def secret(uow: UnitOfWork) -> bytes:
    """Answer the owner's secret; it is drawn at first use."""
    return bytes(_row(uow).secret)


def set_limits(uow: UnitOfWork, *, tokens: int | None, cost: int | None) -> None:
    """Set what providers may cost in a month; None leaves a limit as it is."""
    _row(uow)
    values = {"limit_tokens": tokens, "limit_cost": cost}
    given = {name: value for name, value in values.items() if value is not None}
    if given:
        uow.execute(update(t.egress_owners).where(_o.owner_id == uow.owner_id).values(**given))


def budget(uow: UnitOfWork) -> Budget:
    """Answer the limits and what this month has taken, calls that run at their most."""
    return _limited(uow, spending.spent(uow))


def _limited(uow: UnitOfWork, spent: Spent) -> Budget:
    limits = uow.one(select(_o.limit_tokens, _o.limit_cost).where(_o.owner_id == uow.owner_id))
    given = None if limits is None else (limits.limit_tokens, limits.limit_cost)
    tokens, cost = given or (DEFAULT_LIMIT_TOKENS, DEFAULT_LIMIT_COST)
    return Budget(tokens, cost, spent.tokens, spent.cost)


def fits(now: Budget, call: Call) -> bool:
    """Say whether a call fits into what is left, even at its most."""
    return call.tokens_in + call.tokens_out <= now.left_tokens and call.cost <= now.left_cost


def open_call(uow: UnitOfWork, call: Call) -> int:
    """Write the row of a call that is about to be made; raise BudgetError when it may cost more than is left."""
    uow.lock_owner()  # two calls at once must not both fit into the same rest
    _row(uow)
    spent = spending.spent(uow)
    now = _limited(uow, spent)
    if not fits(now, call):
        raise BudgetError(
            f"The month's budget has no room for this call: it may take {call.tokens_in + call.tokens_out} tokens of"
            f" {now.left_tokens}, and {call.cost} millionths of the currency of {now.left_cost}."
        )
    values = {name: getattr(call, name) for name in Call.__slots__ if name != "redactions"}
    values |= {"redactions": json.dumps(dict(sorted(call.redactions.items()))), "owner_id": uow.owner_id}
    statement = insert(t.egress_log).values(**values, outcome=spending.OPEN, created_at=uow.now).returning(_l.id)
    call_id = int(uow.connection.scalar(statement) or 0)
    if spent.read >= spending.MOST_READ:
        spending.settle(uow)
    return call_id


def close_call(uow: UnitOfWork, call_id: int, outcome: str, *, model: str, tokens: tuple[int, int], cost: int) -> None:
    """Write how a call ended and what it took."""
    mine = (_l.id == call_id, _l.owner_id == uow.owner_id)
    values = {"tokens_in": tokens[0], "tokens_out": tokens[1], "cost": cost, "model": model, "finished_at": uow.now}
    uow.execute(update(t.egress_log).where(*mine).values(outcome=outcome, **values))


def let_rest(uow: UnitOfWork, provider: str, seconds: float) -> None:
    """Note, with the last call that was told so, for how long a service wants to be left alone."""
    told = (_l.owner_id == uow.owner_id, _l.provider == provider, _l.outcome == THROTTLED)
    last = select(func.max(_l.id)).where(*told, _l.created_at >= uow.now - _REMEMBERED_MICROS).scalar_subquery()
    until = uow.now + int(seconds * _MICROS)
    uow.execute(update(t.egress_log).where(_l.id == last).values(not_before=until))


def rest_of(uow: UnitOfWork, provider: str) -> float:
    """Answer for how many seconds a service is still to be left alone, whichever process was told so."""
    mine = (_l.owner_id == uow.owner_id, _l.provider == provider, _l.created_at >= uow.now - _REMEMBERED_MICROS)
    last = select(_l.not_before).where(*mine).order_by(_l.created_at.desc()).limit(_UNDER_WAY).subquery()
    until = uow.connection.scalar(select(func.max(last.c.not_before)))
    return max(0.0, ((until or 0) - uow.now) / _MICROS)


def page(uow: UnitOfWork, *, after: str | None, limit: int) -> Page[LedgerEntry]:
    """Answer calls, newest first."""
    statement = select(t.egress_log).where(_l.owner_id == uow.owner_id).order_by(_l.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(_l.id < id_after(after, "calls"))
    rows = uow.execute(statement).all()
    items = tuple(_entry(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def counts(connection: Connection, since: datetime) -> tuple[EgressCounts, ...]:
    """Answer the calls of all owners since a moment, by provider, purpose and outcome."""
    keys = (_l.provider, _l.purpose, _l.outcome)
    sums = (func.sum(_l.octets), func.sum(_l.tokens_in + _l.tokens_out), func.sum(_l.cost))
    statement = select(*keys, func.count(), func.count(_l.owner_id.distinct()), *sums)
    found = connection.execute(statement.where(_l.created_at >= to_micros(since)).group_by(*keys).order_by(*keys))
    return tuple(EgressCounts(row[0], row[1], row[2], *(int(value) for value in row[3:])) for row in found)


def _row(uow: UnitOfWork) -> Row[Any]:
    mine = select(t.egress_owners).where(_o.owner_id == uow.owner_id)
    row = uow.one(mine)
    if row is None:
        uow.lock_owner()
        row = uow.one(mine)
    if row is None:
        values = {"limit_tokens": DEFAULT_LIMIT_TOKENS, "limit_cost": DEFAULT_LIMIT_COST}
        drawn = secrets.token_bytes(_SECRET_OCTETS)
        uow.execute(insert(t.egress_owners).values(owner_id=uow.owner_id, secret=drawn, **values))
        row = uow.connection.execute(mine).one()
    return row


def _entry(row: Row[Any]) -> LedgerEntry:
    redactions = tuple(Redaction(kind, count) for kind, count in json.loads(row.redactions).items())
    took = None if row.finished_at is None else (row.finished_at - row.created_at) / _MICROS
    return LedgerEntry(
        row.id, row.account_id, row.message_id, row.purpose, row.provider, row.model, row.level, row.digest, row.octets,
        redactions, row.tokens_in, row.tokens_out, row.cost, row.outcome, from_micros(row.created_at), took,
    )  # fmt: skip
