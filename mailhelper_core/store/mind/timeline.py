"""The history of one message, read across opinions, corrections, rules, tags and the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select

from mailhelper_core.model.mail.timeline import TimelineEntry
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros


def entries(uow: UnitOfWork, message_id: int) -> list[TimelineEntry]:
    """Answer everything that happened to a message, oldest first."""
    found = [
        *_received(uow, message_id),
        *_opinions(uow, message_id),
        *_corrections(uow, message_id),
        *_hits(uow, message_id),
        *_tags(uow, message_id),
        *_operations(uow, message_id),
    ]
    return sorted(found, key=lambda entry: entry.at)


def _received(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    m = t.messages.c
    for row in uow.execute(select(m.created_at).where(m.id == message_id)):
        yield TimelineEntry(from_micros(row.created_at), "received", "stored", "sync")


def _opinions(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    o = t.opinions.c
    for row in uow.execute(select(t.opinions).where(o.message_id == message_id).order_by(o.id)):
        what = f"{row.kind} {row.value} ({row.confidence:.2f})"
        reasons = tuple(json.loads(row.reasons))
        yield TimelineEntry(from_micros(row.created_at), "opinion", what, f"{row.said_by} {row.version}", reasons)


def _corrections(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    c = t.corrections.c
    for row in uow.execute(select(t.corrections).where(c.message_id == message_id).order_by(c.id)):
        what = f"{row.kind} {row.was or 'unknown'} -> {row.value}"
        reasons = (f"signal {row.signal}",) + (("undone",) if row.undone_at else ())
        yield TimelineEntry(from_micros(row.created_at), "correction", what, row.actor, reasons)


def _hits(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    h, r = t.rule_hits.c, t.rules.c
    statement = select(h.created_at, h.trace, h.reversed_at, r.name).join(t.rules, r.id == h.rule_id)
    for row in uow.execute(statement.where(h.message_id == message_id).order_by(h.id)):
        steps = tuple(f"{condition} saw {saw}" for condition, saw, matched in json.loads(row.trace) if matched)
        undone = ("taken back by the owner",) if row.reversed_at else ()
        yield TimelineEntry(from_micros(row.created_at), "rule", "matched", row.name, steps + undone)


def _tags(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    mt, tag = t.message_tags.c, t.tags.c
    statement = select(mt.created_at, mt.actor, mt.set_by, tag.name).join(t.tags, tag.id == mt.tag_id)
    for row in uow.execute(statement.where(mt.message_id == message_id)):
        yield TimelineEntry(from_micros(row.created_at), "tag", row.name, _who(row.set_by, row.actor))


def _operations(uow: UnitOfWork, message_id: int) -> Iterator[TimelineEntry]:
    o, c = t.outbox.c, t.changes.c
    columns = (o.updated_at, o.kind, o.data, o.state, o.error_code, o.decided_by, c.actor)
    statement = select(*columns).join(t.changes, c.id == o.change_id).where(o.message_id == message_id)
    for row in uow.execute(statement.order_by(o.id)):
        arguments = [str(value) for key, value in json.loads(row.data).items() if value and key != "message_id"]
        what = " ".join([row.kind, *arguments, f"({row.state})"])
        reasons = (row.error_code,) if row.error_code else ()
        yield TimelineEntry(from_micros(row.updated_at), "operation", what, _who(row.decided_by, row.actor), reasons)


def _who(decided_by: str, actor: str) -> str:
    """Name the person who did it, or what decided: a rule that the owner lets run is not the owner's hand."""
    return actor if decided_by == "owner" else decided_by
