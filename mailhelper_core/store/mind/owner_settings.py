"""What owners have set, in their row of `owners`; one who is not known yet has set nothing."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select, update

from mailhelper_core.model.owner import OwnerSettings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork


def get(uow: UnitOfWork) -> OwnerSettings:
    """Answer the owner's settings."""
    o = t.owners.c
    columns = (o.time_zone, o.language, o.tag_errors, o.shares_learning)
    row = uow.one(select(*columns).where(o.id == uow.owner_id))
    if row is None:
        return OwnerSettings()
    return OwnerSettings(row.time_zone, row.language, row.tag_errors, bool(row.shares_learning))


def save(uow: UnitOfWork, settings: OwnerSettings) -> None:
    """Keep the owner's settings."""
    values = asdict(settings)
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(values))
