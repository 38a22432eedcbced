"""Events: what happened to an owner's mail, in an order that a reader with a cursor never misses one of."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, insert, select, update

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.work.report import Event, Page, at_least_one
from mailhelper_core.store import tables as t
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros

EventData = Mapping[str, str | int]


def emit(uow: UnitOfWork, kind: str, **data: str | int) -> None:
    """Add one event; the last statement of its transaction (see `emit_all`)."""
    emit_all(uow, [(kind, data)])


def emit_all(uow: UnitOfWork, events: Sequence[tuple[str, EventData]]) -> None:
    """Add events with the next numbers of the owner's sequence; the last statement of their transaction.

    Taking numbers locks the owner's row until the commit, so numbers become visible in their order; a statement
    after it would make other writers of this owner wait, and one that locks rows could deadlock with them.
    """
    if not events:
        return
    o = t.owners.c
    taken = update(t.owners).where(o.id == uow.owner_id).values(event_seq=o.event_seq + len(events))
    last = int(uow.connection.scalar(taken.returning(o.event_seq)) or 0)
    first = last - len(events) + 1
    rows = [
        {"owner_id": uow.owner_id, "seq": seq, "kind": kind, "data": json.dumps(dict(data)), "created_at": uow.now}
        for seq, (kind, data) in enumerate(events, first)
    ]
    uow.execute(insert(t.events), rows)


def page(
    uow: UnitOfWork, *, after: str | None = None, limit: int = 100, kinds: Collection[str] | None = None
) -> Page[Event]:
    """Answer events in their order, behind a cursor; `next` is always given, so that a reader can come back.

    Of some kinds alone, `next` lies behind those of other kinds too.
    Raises InvalidError "cursor_too_old" when events behind the cursor were erased meanwhile.
    """
    start = 0 if after is None else id_after(after, "events")
    e = t.events.c
    behind = (e.owner_id == uow.owner_id, e.seq > start)
    newest = uow.connection.scalar(select(t.owners.c.event_seq).where(t.owners.c.id == uow.owner_id)) or 0
    wanted = behind if kinds is None else (*behind, e.kind.in_(tuple(kinds)))
    rows = uow.execute(select(t.events).where(*wanted).order_by(e.seq).limit(at_least_one(limit))).all()
    # Events are numbered without gaps. What is asked after the rows would not see what was erased just before.
    first = rows[0].seq if rows else newest + 1
    if after is not None and kinds is not None and start + 1 < first:
        first = uow.connection.scalar(select(func.min(e.seq)).where(*behind)) or newest + 1
    if after is not None and start + 1 < first:
        raise InvalidError("This cursor is older than the events that are kept.", code="cursor_too_old")
    events = tuple(
        Event(row.seq, row.kind, from_micros(row.created_at), tuple(json.loads(row.data).items())) for row in rows
    )
    is_full = len(events) >= limit
    return Page(events, str(events[-1].id if is_full else max(start, newest, *(one.id for one in events))))
