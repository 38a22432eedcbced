"""What is shown of a message's places: what the server last said, with the operations that wait applied over it.

`base_*` columns and rows with a uid are the server's; `flags`, `keywords`, `hidden` and rows without a uid are
made here, from them and the outbox alone. So one function serves a decision, its delivery, its failure and undo.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from mailhelper_core.model.mail.keyword import pack_keywords, unpack_keywords
from mailhelper_core.model.mail.message import Mailbox, Place
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.model.work.overlay import View, apply, claimed_by
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mail import accounts, mailboxes
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Spot(Place):
    """A place and its row: placement_id is the server's row, operation_id the outbox row that put it here."""

    placement_id: int = 0
    operation_id: int = 0


def directory(uow: UnitOfWork, account_id: int) -> Directory:
    """Answer the mailboxes of an account, those of the server first; one that it has no more keeps its name alone.

    One that no delivery has made yet keeps the role it was named for.
    """
    b = t.mailboxes.c
    was_there = mailboxes.was_there().label("was_there")
    columns = (b.id, b.name, b.delimiter, b.role, b.gone_at, was_there, b.read_only)
    order = (b.name != "INBOX", b.gone_at.is_not(None), b.id)
    found = uow.execute(select(*columns).where(b.account_id == account_id).order_by(*order))
    return Directory.of(
        [
            Mailbox(
                row.id, account_id, row.name, row.delimiter,
                "" if row.gone_at and row.was_there else row.role, read_only=row.read_only,
            )
            for row in found
        ],
        accounts.personal_prefix(uow, account_id),
    )  # fmt: skip


def refresh(uow: UnitOfWork, message_ids: Iterable[int]) -> None:
    """Make the shown places of messages anew."""
    ids = list(dict.fromkeys(message_ids))
    rows = _placements(uow, ids)
    standing: dict[int, list[OutboxRow]] = defaultdict(list)
    for row in outbox.standing(uow, ids):
        standing[row.message_id].append(row)
    directories: dict[int, Directory] = {}
    writes = _Writes()
    for message_id, found in rows.items():
        account_id = found[0].account_id
        if account_id not in directories:
            directories[account_id] = directory(uow, account_id)
        writes.note(found, _fold(found, standing[message_id], directories[account_id]))
    writes.carry_out(uow)


def _placements(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    p, b = t.placements.c, t.mailboxes.c
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for chunk in chunks(ids):
        joined = select(t.placements, b.name, b.role).join(t.mailboxes, b.id == p.mailbox_id)
        # On PostgreSQL a sync may be about to write the same rows; both sides lock them by their ids.
        locked = joined.where(p.message_id.in_(chunk)).order_by(p.id).with_for_update(of=t.placements)
        for row in sorted(uow.execute(locked), key=lambda row: row.name):
            found[row.message_id].append(row)
    return found


def _fold(rows: Sequence[Row[Any]], standing: Sequence[OutboxRow], where: Directory) -> list[Spot]:
    provisional = {row.operation_id: row for row in rows if row.uid is None}
    view = View(tuple(_spot(row) for row in rows if row.uid is not None))
    for number, waiting in enumerate(standing):
        operation = waiting.operation
        view = replace(view, claimed=claimed_by(later.operation for later in standing[number + 1 :]))
        after = apply(view, operation, where)
        if isinstance(operation, MoveMessage | CopyMessage):
            if after is not None:
                view = _marked(view, after, waiting.id)
            elif waiting.id in provisional:
                view = _kept(view, provisional[waiting.id])
        elif after is not None:
            view = after
    return [place for place in view.places if isinstance(place, Spot)]


def _spot(row: Row[Any]) -> Spot:
    keywords = unpack_keywords(row.base_flags, row.base_keywords)
    return Spot(row.mailbox_id, row.name, row.role, keywords, row.uid, row.id)


def _marked(before: View, after: View, operation_id: int) -> View:
    if len(after.places) < len(before.places):
        return after  # a label went, nothing arrived
    *others, new = after.places
    spot = Spot(new.mailbox_id, new.mailbox, new.role, new.keywords, operation_id=operation_id)
    return replace(after, places=(*others, spot))


def _kept(view: View, row: Row[Any]) -> View:
    # The source has left the server, but nobody has seen yet where the message arrived.
    if any(place.mailbox_id == row.mailbox_id for place in view.places):
        return view
    keywords = unpack_keywords(row.base_flags, row.base_keywords)
    spot = Spot(row.mailbox_id, row.name, row.role, keywords, operation_id=row.operation_id)
    return replace(view, places=(*view.places, spot))


@dataclass(slots=True)
class _Writes:
    """What differs between the rows and what is to be shown, written for many messages at once."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    needless: list[int] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)

    def note(self, rows: Sequence[Row[Any]], spots: Sequence[Spot]) -> None:
        """Note what differs for one message."""
        real = {spot.placement_id: spot for spot in spots if spot.placement_id}
        waiting = {spot.operation_id: spot for spot in spots if spot.operation_id}
        for row in rows:
            spot = real.get(row.id) if row.uid is not None else waiting.pop(row.operation_id, None)
            if spot is not None:
                values = _columns(spot)
                if any(getattr(row, name) != value for name, value in values.items()):
                    self.shown.append({"of_row": row.id} | {f"new_{name}": value for name, value in values.items()})
            elif row.uid is None:
                self.needless.append(row.id)
            elif not row.hidden:
                self.hidden.append(row.id)
        self.new += [_provisional(rows[0], spot) for spot in waiting.values()]

    def carry_out(self, uow: UnitOfWork) -> None:
        """Write it."""
        p = t.placements
        if self.shown:
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("flags", "keywords", "hidden")}
            uow.execute(update(p).where(p.c.id == bindparam("of_row")).values(values), self.shown)
        for chunk in chunks(self.hidden):
            uow.execute(update(p).where(p.c.id.in_(chunk)).values(hidden=True))
        for chunk in chunks(self.needless):
            uow.execute(delete(p).where(p.c.id.in_(chunk)))
        if self.new:
            uow.execute(insert(p), self.new)


def _columns(spot: Spot) -> dict[str, Any]:
    flags, keywords = pack_keywords(spot.keywords)
    return {"flags": flags, "keywords": keywords, "hidden": False}


def _provisional(row: Row[Any], spot: Spot) -> dict[str, Any]:
    shown = _columns(spot)
    return {
        **shown,
        "account_id": row.account_id,
        "message_id": row.message_id,
        "mailbox_id": spot.mailbox_id,
        "uid_validity": 0,
        "uid": None,
        "base_flags": shown["flags"],
        "base_keywords": shown["keywords"],
        "operation_id": spot.operation_id,
    }
