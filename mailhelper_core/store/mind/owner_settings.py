"""What owners have set, in their row of `owners`; one who is not known yet has set nothing."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import bindparam, select, update

from mailhelper_core.model.owner import OwnerSettings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork

_o = t.owners.c
_SETTINGS = select(_o.time_zone, _o.language, _o.tag_errors, _o.shares_learning).where(_o.id == bindparam("owner"))


def get(uow: UnitOfWork) -> OwnerSettings:
    """Answer the owner's settings."""
    row = uow.execute(_SETTINGS, {"owner": uow.owner_id}).first()
    if row is None:
        return OwnerSettings()
    return OwnerSettings(row.time_zone, row.language, row.tag_errors, bool(row.shares_learning))


def save(uow: UnitOfWork, settings: OwnerSettings) -> None:
    """Keep the owner's settings."""
    values = asdict(settings)
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(values))
