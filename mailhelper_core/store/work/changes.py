"""Changes: the undoable units. Every decision belongs to one; its entries are rows of the outbox."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.work.operation import Change, ChangeEntry, ChangeState, Corrected
from mailhelper_core.model.work.report import Page, at_least_one
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros
from mailhelper_core.store.work import outbox


def new_change(uow: UnitOfWork, kind: str, note: str = "", *, data: dict[str, Any] | None = None) -> int:
    """Insert a change in state applied and answer its id; `data` is what undo needs besides the entries."""
    statement = insert(t.changes).values(
        owner_id=uow.owner_id,
        kind=kind,
        actor=uow.actor,
        state="applied",
        note=note,
        data=json.dumps(data or {}, ensure_ascii=False),
        created_at=uow.now,
    )
    return int(uow.connection.scalar(statement.returning(t.changes.c.id)) or 0)


def get(uow: UnitOfWork, change_id: int) -> Change:
    """Answer a change with its entries; raise NotFoundError when it is unknown or another owner's."""
    row = uow.one(select(t.changes).where(t.changes.c.id == change_id, t.changes.c.owner_id == uow.owner_id))
    if row is None:
        raise NotFoundError(f"There is no change {change_id} for this owner.")
    return _change(row, outbox.entries(uow, [change_id]).get(change_id, ()), _corrected(uow, [row]).get(change_id, ()))


def states(uow: UnitOfWork, change_ids: Sequence[int]) -> dict[int, ChangeState]:
    """Answer in which state these changes of the owner are."""
    c = t.changes.c
    found: dict[int, ChangeState] = {}
    for ids in chunks(change_ids):
        for row in uow.execute(select(c.id, c.state).where(c.owner_id == uow.owner_id, c.id.in_(ids))):
            found[row.id] = row.state
    return found


def data(uow: UnitOfWork, change_id: int) -> dict[str, Any]:
    """Answer what undo needs besides the entries."""
    found: dict[str, Any] = json.loads(uow.connection.scalar(select(t.changes.c.data).where(_is(change_id))) or "{}")
    return found


def add_data(uow: UnitOfWork, change_id: int, more: dict[str, Any]) -> None:
    """Note more of what undo needs besides the entries."""
    text = json.dumps(data(uow, change_id) | more, ensure_ascii=False)
    uow.execute(update(t.changes).where(_is(change_id)).values(data=text))


def strike_data(uow: UnitOfWork, change_id: int, names: Collection[str]) -> None:
    """Note that undo needs some of it no more."""
    kept = {name: value for name, value in data(uow, change_id).items() if name not in names}
    uow.execute(update(t.changes).where(_is(change_id)).values(data=json.dumps(kept, ensure_ascii=False)))


def lock(uow: UnitOfWork, change_id: int) -> ChangeState:
    """Answer a change's state and keep others from changing it; raise NotFoundError as `get`."""
    c = t.changes.c
    mine = select(c.state).where(c.id == change_id, c.owner_id == uow.owner_id).with_for_update()
    found: ChangeState | None = uow.connection.scalar(mine)
    if found is None:
        raise NotFoundError(f"There is no change {change_id} for this owner.")
    return found


def message_ids(uow: UnitOfWork, change_id: int) -> list[int]:
    """Answer the messages of a change's entries that were not taken back."""
    o = t.outbox.c
    mine = select(o.message_id).where(o.change_id == change_id, o.owner_id == uow.owner_id, o.undone_by.is_(None))
    return list(uow.connection.scalars(mine.distinct().order_by(o.message_id)))


def of_entry(uow: UnitOfWork, entry_id: int) -> int:
    """Answer the change an entry belongs to; raise NotFoundError when it is unknown or another owner's."""
    o = t.outbox.c
    found = uow.connection.scalar(select(o.change_id).where(o.id == entry_id, o.owner_id == uow.owner_id))
    if found is None:
        raise NotFoundError(f"There is no entry {entry_id} for this owner.")
    return int(found)


def page(uow: UnitOfWork, *, after: str | None = None, limit: int = 50) -> Page[Change]:
    """Answer changes with their entries, newest first; `after` is the cursor of the page before."""
    c = t.changes.c
    with_next = at_least_one(limit) + 1
    statement = select(t.changes).where(c.owner_id == uow.owner_id).order_by(c.id.desc()).limit(with_next)
    if after is not None:
        statement = statement.where(c.id < id_after(after, "changes"))
    rows = list(uow.execute(statement))
    shown = rows[:limit]
    entries = outbox.entries(uow, [row.id for row in shown])
    corrected = _corrected(uow, shown)
    following = str(shown[-1].id) if len(rows) > limit else None
    return Page(tuple(_change(row, entries.get(row.id, ()), corrected.get(row.id, ())) for row in shown), following)


def between(uow: UnitOfWork, since: int, until: int) -> list[int]:
    """Answer the applied changes of a time span (microseconds, both ends included), newest first; no undo."""
    c = t.changes.c
    statement = (
        select(c.id)
        .where(c.owner_id == uow.owner_id, c.state == "applied", c.kind != "undo", c.created_at.between(since, until))
        .order_by(c.id.desc())
    )
    return list(uow.connection.scalars(statement))


def set_state(uow: UnitOfWork, change_id: int, state: ChangeState) -> None:
    """Note how a change stands."""
    uow.execute(update(t.changes).where(_is(change_id)).values(state=state))


def _is(change_id: int) -> Any:
    return t.changes.c.id == change_id


def _corrected(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[int, tuple[Corrected, ...]]:
    """Answer what was said with these changes, in the order in which it was said; their data names it by id."""
    named = {row.id: json.loads(row.data or "{}").get("corrections", ()) for row in rows if row.kind == "correct"}
    c = t.corrections.c
    found: dict[int, Corrected] = {}
    for chunk in chunks([one for ids in named.values() for one in ids]):
        said = select(c.id, c.message_id, c.kind, c.value, c.was).where(c.id.in_(chunk))
        found |= {id_: Corrected(*values) for id_, *values in uow.execute(said)}
    return {change: tuple(found[one] for one in ids if one in found) for change, ids in named.items()}


def _change(row: Row[Any], entries: Sequence[ChangeEntry], corrected: tuple[Corrected, ...]) -> Change:
    made = from_micros(row.created_at)
    return Change(row.id, row.kind, row.actor, row.state, made, tuple(entries), row.note, corrected)
