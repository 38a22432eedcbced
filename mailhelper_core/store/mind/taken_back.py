"""Corrections that the owner takes back, and that stand again: at once in what lists show, soon in models."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mail.said import HINTS
from mailhelper_core.store.mind import models
from mailhelper_core.store.mind.opinions import CORRECTION, Correction, show, standing
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import pending


def take_back(uow: UnitOfWork, correction_ids: Sequence[int]) -> tuple[list[int], int]:
    """Undo corrections; answer which, and how many are left because the owner said something newer since.

    At once the value is what the opinions said then; the message waits to be processed again, which makes it exact.
    """
    asked = _corrections(uow, correction_ids, t.corrections.c.undone_at.is_(None))
    newest = standing(uow, {one.message_id for one in asked})
    ours = {one.id for one in asked}
    taken = [one for one in asked if _is_last_word(one, newest[one.message_id].get(one.kind), ours)]
    _set_undone(uow, taken, uow.now)
    remaining = standing(uow, {one.message_id for one in taken})
    now = [(one, remaining.get(one.message_id, {}).get(one.kind)) for one in taken]
    show(uow, [(one.message_id, one.kind, older.value if older else one.was) for one, older in now])
    return [one.id for one in taken], len(asked) - len(taken)


def give_back(uow: UnitOfWork, correction_ids: Sequence[int]) -> tuple[list[int], int]:
    """Let corrections that were taken back stand again, in the place that they had; answer as `take_back` does."""
    asked = _corrections(uow, correction_ids, t.corrections.c.undone_at.is_not(None))
    newest = standing(uow, {one.message_id for one in asked})
    given = [one for one in asked if _is_last_word(one, newest[one.message_id].get(one.kind), ())]
    _set_undone(uow, given, None)
    show(uow, [(one.message_id, one.kind, one.value) for one in given if one.signal not in HINTS])
    return [one.id for one in given], len(asked) - len(given)


def _corrections(uow: UnitOfWork, ids: Sequence[int], condition: ColumnElement[bool]) -> list[Correction]:
    c = t.corrections.c
    found: list[Correction] = []
    for chunk in chunks(ids):
        mine = (c.id.in_(chunk), c.owner_id + 0 == uow.owner_id, condition)
        found += [Correction(*row) for row in uow.execute(select(*CORRECTION).where(*mine).order_by(c.id))]
    return found


def _set_undone(uow: UnitOfWork, found: Sequence[Correction], at: int | None) -> None:
    """Note when corrections were taken back, None: they stand; models and effective values follow."""
    for chunk in chunks([one.id for one in found]):
        uow.execute(update(t.corrections).where(t.corrections.c.id.in_(chunk)).values(undone_at=at))
    for kind in {one.kind for one in found}:
        models.outdate(uow, kind, min(one.id for one in found if one.kind == kind))
    for account_id in {one.account_id for one in found}:
        pending.add(uow, "process", account_id, [one.message_id for one in found if one.account_id == account_id])


def _is_last_word(one: Correction, newest: Correction | None, ours: Collection[int]) -> bool:
    return newest is None or newest.id <= one.id or newest.id in ours
