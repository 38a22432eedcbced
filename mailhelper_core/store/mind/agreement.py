"""How often classifiers agree with what the owner said."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail.said import HINTS
from mailhelper_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Agreement:
    """On how many messages a classifier and the owner both spoke, how often they agreed, and how sure it was."""

    count: int
    agreed: int
    confidence: float


def counts(uow: UnitOfWork) -> dict[tuple[str, str], Agreement]:
    """Answer the agreement by (classifier, question), over all corrections that stand."""
    c, o = t.corrections.c, t.opinions.c
    said = and_(o.message_id == c.message_id, o.kind == c.kind)
    stands = and_(c.owner_id == uow.owner_id, c.undone_at.is_(None), c.signal.not_in(HINTS))
    agreed = func.sum(case((o.value == c.value, 1), else_=0))
    columns = (o.said_by, o.kind, func.count().label("spoken"), agreed.label("agreed"), func.avg(o.confidence))
    rows = uow.execute(
        select(*columns).select_from(t.corrections).join(t.opinions, said).where(stands).group_by(o.said_by, o.kind)
    )
    return {(by, kind): Agreement(int(count), int(same), float(sure)) for by, kind, count, same, sure in rows}
