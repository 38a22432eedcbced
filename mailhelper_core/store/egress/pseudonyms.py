"""Pseudonyms of a thread: which value has which number; kept, so that they stay the same from call to call."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork

Row = tuple[str, int, str]  # kind, number, value

_p = t.egress_pseudonyms.c
_COLUMNS = ("owner_id", "thread_id", "kind", "number", "value")


def of_thread(uow: UnitOfWork, thread_id: int) -> list[Row]:
    """Answer the pseudonyms of a thread, in the order of their numbers."""
    mine = select(_p.kind, _p.number, _p.value).where(_p.owner_id == uow.owner_id, _p.thread_id == thread_id)
    return [(row.kind, row.number, row.value) for row in uow.execute(mine.order_by(_p.kind, _p.number))]


def add(uow: UnitOfWork, thread_id: int, rows: Iterable[Row]) -> None:
    """Write new pseudonyms; the owner is locked since they were read."""
    values = [(uow.owner_id, thread_id, *row) for row in rows]
    insert_rows(uow.connection, t.egress_pseudonyms, _COLUMNS, values)
