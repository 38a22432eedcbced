"""Rules, their revisions, and their hits: which rule acted on which message, and why."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.rule import Action, Rule, RuleHit, RuleMode, TraceStep
from mailhelper_core.store import outbox
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.messages import chunks
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros

_HIT_COLUMNS = ("account_id", "message_id", "rule_id", "revision_id", "change_id", "trace", "created_at")


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule in its newest revision, with that revision's id."""

    rule: Rule
    revision_id: int


def every(uow: UnitOfWork) -> list[StoredRule]:
    """Answer the owner's rules in the order in which they act."""
    return [_stored(row) for row in uow.execute(_newest(uow).order_by(t.rules.c.position, t.rules.c.id))]


def get(uow: UnitOfWork, name_or_id: str | int) -> StoredRule:
    """Answer a rule by name or id; raise NotFoundError when it is unknown or another owner's."""
    r = t.rules.c
    row = uow.one(_newest(uow).where(r.id == name_or_id if isinstance(name_or_id, int) else r.name == name_or_id))
    if row is None:
        raise NotFoundError("There is no such rule for this owner.", code="rule_not_found")
    return _stored(row)


def save(uow: UnitOfWork, rule: Rule, *, source_text: str | None = None) -> StoredRule:
    """Insert a rule at the end of the order, or give the one of this name a new revision where it differs."""
    r = t.rules.c
    found = uow.one(_newest(uow).where(r.name == rule.name))
    values = {"enabled": rule.enabled, "account_id": rule.account_id, "otherwise": rule.otherwise}
    if found is None:
        last = uow.connection.scalar(select(func.max(r.position)).where(r.owner_id == uow.owner_id))
        row = {"owner_id": uow.owner_id, "name": rule.name, "position": (last or 0) + 1, "revision": 0}
        rule_id = int(uow.connection.scalar(insert(t.rules).values(**row, **values).returning(r.id)) or 0)
        _add_revision(uow, rule_id, 1, rule, source_text)
    else:
        uow.execute(update(t.rules).where(r.id == found.id).values(values))
        if (found.when_text, found.then_json) != (rule.when, _then_json(rule.then)):
            _add_revision(uow, found.id, found.revision + 1, rule, source_text)
    return get(uow, rule.name)


def delete(uow: UnitOfWork, rule_id: int) -> None:
    """Take a rule out of the order; its revisions and hits stay, so that history stays explained."""
    uow.execute(update(t.rules).where(t.rules.c.id == rule_id).values(deleted_at=uow.now))


def reorder(uow: UnitOfWork, rule_ids: Sequence[int]) -> None:
    """Let rules act in this order."""
    for position, rule_id in enumerate(rule_ids, 1):
        uow.execute(update(t.rules).where(t.rules.c.id == rule_id).values(position=position))


def history(uow: UnitOfWork, rule_id: int) -> list[Rule]:
    """Answer every revision of a rule, newest first."""
    r, v = t.rules.c, t.rule_revisions.c
    rows = uow.execute(_revisions(uow).where(r.id == rule_id).order_by(v.revision.desc()))
    return [_stored(row).rule for row in rows]


def mode(uow: UnitOfWork) -> RuleMode:
    """Answer whether all matching rules act, or only the first."""
    found = uow.connection.scalar(select(t.owners.c.rule_mode).where(t.owners.c.id == uow.owner_id))
    return "first" if found == "first" else "all"


def set_mode(uow: UnitOfWork, mode: RuleMode) -> None:
    """Note whether all matching rules act, or only the first."""
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(rule_mode=mode))


def settled(uow: UnitOfWork, message_ids: Iterable[int]) -> dict[int, set[tuple[int, int]]]:
    """Answer by message the (rule, revision) that must not act: done already; revision 0 means all, taken back."""
    h = t.rule_hits.c
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for chunk in chunks(list(message_ids)):
        columns = (h.message_id, h.rule_id, h.revision_id, h.reversed_at)
        for row in uow.execute(select(*columns).where(h.message_id.in_(chunk))):
            found[row.message_id].add((row.rule_id, 0 if row.reversed_at else row.revision_id))
    return found


def add_hits(uow: UnitOfWork, change_id: int, hits: Sequence[tuple[int, int, RuleHit]]) -> None:
    """Insert hits given as (account_id, revision_id, hit)."""
    rows = [
        (account_id, hit.message_id, hit.rule_id, revision_id, change_id, _trace_json(hit.trace), uow.now)
        for account_id, revision_id, hit in hits
    ]
    insert_rows(uow.connection, t.rule_hits, _HIT_COLUMNS, rows, or_ignore=True)


def reverse_hits(uow: UnitOfWork, change_id: int, message_ids: Sequence[int]) -> None:
    """Note that the owner took back what a run did to messages: those rules never act on them again."""
    h = t.rule_hits.c
    for chunk in chunks(message_ids):
        mine = (h.change_id == change_id, h.message_id.in_(chunk), h.reversed_at.is_(None))
        uow.execute(update(t.rule_hits).where(*mine).values(reversed_at=uow.now))


def hits(uow: UnitOfWork, *, rule_id: int = 0, message_id: int = 0, limit: int = 50) -> list[RuleHit]:
    """Answer hits, newest first, of one rule or on one message where an id is given."""
    h, r, v = t.rule_hits.c, t.rules.c, t.rule_revisions.c
    statement = (
        select(t.rule_hits, r.name, v.revision)
        .join(t.rules, r.id == h.rule_id)
        .join(t.rule_revisions, v.id == h.revision_id)
        .where(r.owner_id == uow.owner_id)
        .order_by(h.id.desc())
        .limit(limit)
    )
    if rule_id:
        statement = statement.where(h.rule_id == rule_id)
    if message_id:
        statement = statement.where(h.message_id == message_id)
    rows = list(uow.execute(statement))
    decided = _decided(uow, rows)
    return [
        RuleHit(
            row.rule_id, row.name, row.revision, row.message_id, _read_trace(row.trace),
            tuple(decided.get((row.change_id, row.message_id, row.revision_id), ())), from_micros(row.created_at),
        )
        for row in rows
    ]  # fmt: skip


def _decided(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[tuple[int, int, int], list[Any]]:
    found: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    for change_id in {row.change_id for row in rows}:
        for one in outbox.rows_of_change(uow, change_id):
            found[change_id, one.message_id, one.revision_id or 0].append(one.operation)
    return found


def _add_revision(uow: UnitOfWork, rule_id: int, revision: int, rule: Rule, source_text: str | None) -> None:
    uow.execute(
        insert(t.rule_revisions).values(
            rule_id=rule_id, revision=revision, when_text=rule.when, then_json=_then_json(rule.then),
            source_text=source_text, actor=uow.actor, created_at=uow.now,
        )
    )  # fmt: skip
    uow.execute(update(t.rules).where(t.rules.c.id == rule_id).values(revision=revision))


def _revisions(uow: UnitOfWork) -> Select[Any]:
    r, v = t.rules.c, t.rule_revisions.c
    columns = (v.id.label("revision_id"), v.revision.label("of_revision"), v.when_text, v.then_json)
    joined = select(t.rules, *columns).join(t.rule_revisions, v.rule_id == r.id)
    return joined.where(r.owner_id == uow.owner_id, r.deleted_at.is_(None))


def _newest(uow: UnitOfWork) -> Select[Any]:
    return _revisions(uow).where(t.rule_revisions.c.revision == t.rules.c.revision)


def _stored(row: Row[Any]) -> StoredRule:
    rule = Rule(
        row.name, row.when_text, _read_then(row.then_json), account_id=row.account_id, enabled=bool(row.enabled),
        otherwise=bool(row.otherwise), id=row.id, revision=row.of_revision, position=row.position,
        disabled_reason=row.disabled_reason,
    )  # fmt: skip
    return StoredRule(rule, row.revision_id)


def _then_json(actions: Sequence[Action]) -> str:
    return json.dumps([[one.name, one.argument, dict(one.arguments)] for one in actions], ensure_ascii=False)


def _read_then(text: str) -> list[Action]:
    return [Action(name, argument, **named) for name, argument, named in json.loads(text)]


def _trace_json(trace: Sequence[TraceStep]) -> str:
    return json.dumps([[step.condition, step.saw, step.matched] for step in trace], ensure_ascii=False)


def _read_trace(text: str) -> tuple[TraceStep, ...]:
    return tuple(TraceStep(*step) for step in json.loads(text))
