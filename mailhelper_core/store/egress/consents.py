"""Consents: which account's mail may go where, what for, and how much of it is replaced."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, exists, insert, select

from mailhelper_core.model.ai.egress import Consent, Level
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros

_c = t.egress_consents.c


def give(uow: UnitOfWork, account_id: int, purpose: Purpose, *, provider: str, level: Level) -> Consent:
    """Write a consent; an earlier one for the same account and purpose is replaced."""
    withdraw(uow, account_id, purpose)
    row = {"owner_id": uow.owner_id, "account_id": account_id, "purpose": purpose, "provider": provider}
    uow.execute(insert(t.egress_consents).values(**row, level=level, actor=uow.actor, created_at=uow.now))
    return Consent(account_id, purpose, provider, level, uow.actor, from_micros(uow.now))


def withdraw(uow: UnitOfWork, account_id: int, purpose: Purpose) -> bool:
    """Delete a consent; answer whether there was one."""
    mine = and_(_c.owner_id == uow.owner_id, _c.account_id == account_id, _c.purpose == purpose)
    return bool(uow.execute(delete(t.egress_consents).where(mine)).rowcount)


def find(uow: UnitOfWork, account_id: int, purpose: Purpose) -> Consent | None:
    """Answer the consent for an account and purpose, None without one."""
    mine = and_(_c.owner_id == uow.owner_id, _c.account_id == account_id, _c.purpose == purpose)
    row = uow.one(select(t.egress_consents).where(mine))
    return None if row is None else _consent(row)


def every(uow: UnitOfWork) -> tuple[Consent, ...]:
    """Answer all consents of the owner."""
    statement = select(t.egress_consents).where(_c.owner_id == uow.owner_id).order_by(_c.account_id, _c.purpose)
    return tuple(_consent(row) for row in uow.execute(statement))


def without(uow: UnitOfWork, purpose: Purpose, provider: str) -> frozenset[int]:
    """Answer the owner's accounts whose mail may not leave to this provider for a purpose."""
    a = t.accounts.c
    given = exists().where(_c.account_id == a.id, _c.purpose == purpose, _c.provider == provider)
    return frozenset(uow.connection.scalars(select(a.id).where(a.owner_id == uow.owner_id, ~given)))


def _consent(row: Row[Any]) -> Consent:
    return Consent(row.account_id, row.purpose, row.provider, row.level, row.actor, from_micros(row.created_at))
