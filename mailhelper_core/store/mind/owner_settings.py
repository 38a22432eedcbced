"""What owners have set, in their row of `owners`; one who is not known yet has set nothing."""

from __future__ import annotations

from sqlalchemy import select, update

from mailhelper_core.model.owner import OwnerSettings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork


def get(uow: UnitOfWork) -> OwnerSettings:
    """Answer the owner's settings."""
    o = t.owners.c
    row = uow.one(select(o.time_zone, o.language).where(o.id == uow.owner_id))
    return OwnerSettings() if row is None else OwnerSettings(row.time_zone, row.language)


def save(uow: UnitOfWork, settings: OwnerSettings) -> None:
    """Keep the owner's settings."""
    values = {"time_zone": settings.time_zone, "language": settings.language}
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(values))
