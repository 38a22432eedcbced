"""Rules, their revisions, and their hits: which rule acted on which message, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from mailhelper_core.errors import ConflictError, NotFoundError
from mailhelper_core.model.rules.rule import Rule, RuleHit, RuleMode
from mailhelper_core.model.work.news import RuleMatched
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.model.work.report import at_least_one
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mail import mailboxes
from mailhelper_core.store.mind import waits
from mailhelper_core.store.mind.rule_rows import columns, content, read_then, read_trace, revision, trace_json
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, moment
from mailhelper_core.store.work import outbox, shown


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule in its newest revision, with that revision's id."""

    rule: Rule
    revision_id: int


@dataclass(frozen=True, slots=True)
class NewHit:
    """A hit to be stored: on which account's message, by which revision of its rule, and in which change."""

    account_id: int
    revision_id: int
    hit: RuleHit
    change_id: int = 0


def every(uow: UnitOfWork) -> list[StoredRule]:
    """Answer the owner's rules in the order in which they act."""
    r = t.rules.c
    return [_stored(row) for row in uow.execute(_newest(uow).where(_is_in_use()).order_by(r.position, r.id))]


def get(uow: UnitOfWork, name_or_id: str | int) -> StoredRule:
    """Answer a rule by name or id; raise NotFoundError when it is unknown, deleted or another owner's."""
    return _found(uow.one(_newest(uow).where(_is(name_or_id), _is_in_use())))


def known_id(uow: UnitOfWork, name_or_id: str | int) -> int:
    """Answer the id of a rule by name, or by id also of a deleted one; raise NotFoundError as `get`."""
    condition = _is(name_or_id) if isinstance(name_or_id, int) else and_(_is(name_or_id), _is_in_use())
    return _found(uow.one(_newest(uow).where(condition))).rule.id


def of_all_owners(connection: Connection) -> Iterator[tuple[str, Rule]]:
    """Answer every rule in use with its owner's key, for a look at the whole database."""
    o, r, v = t.owners.c, t.rules.c, t.rule_revisions.c
    every = _with_revision(o.key.label("owner")).join(t.owners, o.id == r.owner_id)
    for row in connection.execute(every.where(v.revision == r.revision, _is_in_use()).order_by(o.key, r.position)):
        yield row.owner, _stored(row).rule


def save(uow: UnitOfWork, rule: Rule) -> StoredRule:
    """Change the rule of this id, else of this name, else insert a new one at the end of the order.

    Other criteria or actions are a new revision. Raises NotFoundError for an unknown id and ConflictError when
    another rule has the name.
    """
    r = t.rules.c
    uow.lock_owner()  # two that save at once would both find the name free
    named = uow.one(_newest(uow).where(_is(rule.name), _is_in_use()))
    if rule.id and named is not None and named.id != rule.id:
        raise ConflictError("Another rule has this name.", code="rule_exists")
    before = get(uow, rule.id) if rule.id else _stored(named) if named is not None else None
    values = columns(uow, rule, before.rule if before else None)
    if before is None:
        last = uow.connection.scalar(select(func.max(r.position)).where(r.owner_id == uow.owner_id))
        new = insert(t.rules).values(owner_id=uow.owner_id, position=(last or 0) + 1, revision=0, **values)
        rule_id = int(uow.connection.scalar(new.returning(r.id)) or 0)
    else:
        rule_id = before.rule.id
        uow.execute(update(t.rules).where(r.id == rule_id).values(values))
    waits.look_again(uow, before.rule if before else None, rule)
    if before is None or not is_same_revision(before.rule, rule):
        number = before.rule.revision + 1 if before else 1
        uow.execute(insert(t.rule_revisions).values(revision(uow, rule_id, number, rule)))
        uow.execute(update(t.rules).where(r.id == rule_id).values(revision=number))
    return get(uow, rule_id)


def is_same_revision(one: Rule, other: Rule) -> bool:
    """Say whether a rule is saved as the revision that another one is: the same criteria and actions."""
    return content(one) == content(other)


def delete(uow: UnitOfWork, rule_id: int) -> None:
    """Take a rule out of the order; its revisions and hits stay, so that history stays explained."""
    uow.execute(update(t.rules).where(t.rules.c.id == rule_id).values(deleted_at=uow.now))


def reorder(uow: UnitOfWork, rule_ids: Sequence[int]) -> None:
    """Let rules act in this order."""
    for position, rule_id in enumerate(rule_ids, 1):
        uow.execute(update(t.rules).where(t.rules.c.id == rule_id).values(position=position))


def history(uow: UnitOfWork, rule_id: int) -> list[Rule]:
    """Answer every revision of a rule, newest first; also of a deleted one."""
    newest_first = t.rule_revisions.c.revision.desc()
    return [_stored(row).rule for row in uow.execute(_revisions(uow).where(_is(rule_id)).order_by(newest_first))]


def mode(uow: UnitOfWork) -> RuleMode:
    """Answer whether all matching rules act, or only the first."""
    found = uow.connection.scalar(select(t.owners.c.rule_mode).where(t.owners.c.id == uow.owner_id))
    return "first" if found == "first" else "all"


def set_mode(uow: UnitOfWork, mode: RuleMode) -> None:
    """Note whether all matching rules act, or only the first."""
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(rule_mode=mode))


def settled(uow: UnitOfWork, account_ids: Iterable[int], message_ids: Sequence[int]) -> dict[int, set[tuple[int, int]]]:
    """Answer by message the (rule, revision) that must not act: done already; revision 0 means all, taken back."""
    h = t.rule_hits.c
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    named = (h.message_id, h.rule_id, h.revision_id, h.reversed_at)
    accounts = list(account_ids)  # the index begins with them
    for chunk in chunks(message_ids):
        for row in uow.execute(select(*named).where(h.account_id.in_(accounts), h.message_id.in_(chunk))):
            found[row.message_id].add((row.rule_id, 0 if row.reversed_at else row.revision_id))
    return found


def add_hits(uow: UnitOfWork, hits: Sequence[NewHit]) -> list[NewHit]:
    """Insert hits and answer those that are new: another run may have been faster with a message."""
    if not hits:
        return []
    h = t.rule_hits.c
    # Only the dialect in use: PostgreSQL's is 3 MB that SQLite has no use for.
    dialect = import_module(f"sqlalchemy.dialects.{uow.dialect}")
    statement = dialect.insert(t.rule_hits).on_conflict_do_nothing().returning(h.message_id, h.revision_id)
    rows = [
        {
            "account_id": new.account_id, "message_id": new.hit.message_id, "rule_id": new.hit.rule_id,
            "revision_id": new.revision_id, "change_id": new.change_id, "trace": trace_json(new.hit.trace),
            "created_at": uow.now,
        }
        for new in hits
    ]  # fmt: skip
    inserted = {(row.message_id, row.revision_id) for row in uow.execute(statement, rows)}
    added = [new for new in hits if (new.hit.message_id, new.revision_id) in inserted]
    uow.news.extend(
        RuleMatched(uow.owner, one.account_id, one.hit.message_id, one.hit.rule_id, one.change_id, one.hit.proposed)
        for one in added
    )
    return added


def reverse_hits(uow: UnitOfWork, change_id: int, decided: Iterable[tuple[int, int | None]]) -> None:
    """Note that the owner took back what (message, revision) decided in a run: that rule never acts on it again."""
    h = t.rule_hits.c
    by_revision: dict[int, list[int]] = defaultdict(list)
    for message_id, revision_id in decided:
        if revision_id is not None:
            by_revision[revision_id].append(message_id)
    for revision_id, message_ids in by_revision.items():
        for chunk in chunks(message_ids):
            mine = (h.change_id == change_id, h.revision_id == revision_id, h.message_id.in_(chunk))
            uow.execute(update(t.rule_hits).where(*mine, h.reversed_at.is_(None)).values(reversed_at=uow.now))


def hits(uow: UnitOfWork, *, rule_id: int = 0, message_id: int = 0, limit: int = 50) -> list[RuleHit]:
    """Answer hits, newest first, of one rule or on one message where an id is given."""
    h, r, v, c = t.rule_hits.c, t.rules.c, t.rule_revisions.c, t.changes.c
    statement = (
        select(t.rule_hits, r.name, v.revision, c.state)
        .join(t.rules, r.id == h.rule_id)
        .join(t.rule_revisions, v.id == h.revision_id)
        .join(t.changes, c.id == h.change_id)
        .where(r.owner_id == uow.owner_id)
        .order_by(h.id.desc())
        .limit(at_least_one(limit))
    )
    if rule_id:
        statement = statement.where(h.rule_id == rule_id)
    if message_id:
        of_message = select(t.messages.c.account_id).where(t.messages.c.id == message_id).scalar_subquery()
        statement = statement.where(h.account_id == of_message, h.message_id == message_id)
    rows = list(uow.execute(statement))
    decided = _decided(uow, rows)
    return [
        RuleHit(
            row.rule_id, row.name, row.revision, row.message_id, read_trace(row.trace),
            tuple(decided[row.change_id, row.message_id, row.revision_id]), from_micros(row.created_at),
            proposed=row.state == "proposed",
        )
        for row in rows
    ]  # fmt: skip


def vanished(uow: UnitOfWork, account_ids: Collection[int]) -> dict[int | None, set[str]]:
    """Answer the mailboxes that a server had once and has no more, by account; None holds those that none has.

    Each by all the names that a rule may give it: with the server's prefix and without.
    """
    b = t.mailboxes.c
    found: dict[int | None, set[str]] = defaultdict(set)
    there: dict[int, set[str]] = defaultdict(set)
    named = (b.account_id, b.name, b.gone_at, mailboxes.was_there().label("was_there"))
    for row in uow.execute(select(*named).where(b.account_id.in_(account_ids))):
        if row.gone_at is None or not row.was_there:
            there[row.account_id].add(row.name)
        else:
            found[row.account_id].add(row.name)
    for account_id in account_ids if found else ():
        short = shown.directory(uow, account_id).short
        found[account_id] |= set(map(short, found[account_id]))
        there[account_id] |= set(map(short, there[account_id]))
    found[None] = {name for names in found.values() for name in names}.difference(*there.values())
    return found


def _decided(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[tuple[int, int, int], list[Operation]]:
    o = t.outbox.c
    found: dict[tuple[int, int, int], list[Operation]] = defaultdict(list)
    change_ids = {row.change_id for row in rows}
    for chunk in chunks(sorted({row.message_id for row in rows})):
        statement = select(t.outbox).where(o.message_id.in_(chunk), o.change_id.in_(change_ids)).order_by(o.id)
        for one in uow.execute(statement):
            found[one.change_id, one.message_id, one.revision_id or 0].append(outbox.read_row(one).operation)
    return found


def _is(name_or_id: str | int) -> ColumnElement[bool]:
    return t.rules.c.id == name_or_id if isinstance(name_or_id, int) else t.rules.c.name == name_or_id


def _is_in_use() -> ColumnElement[bool]:
    return t.rules.c.deleted_at.is_(None)


def _revisions(uow: UnitOfWork) -> Select[Any]:
    return _with_revision().where(t.rules.c.owner_id == uow.owner_id)


def _with_revision(*more: ColumnElement[Any]) -> Select[Any]:
    r, v = t.rules.c, t.rule_revisions.c
    named = (v.id.label("revision_id"), v.revision.label("of_revision"), v.when_text, v.then_json, v.source_text)
    return select(t.rules, *named, *more).select_from(t.rules).join(t.rule_revisions, v.rule_id == r.id)


def _newest(uow: UnitOfWork) -> Select[Any]:
    return _revisions(uow).where(t.rule_revisions.c.revision == t.rules.c.revision)


def _found(row: Row[Any] | None) -> StoredRule:
    if row is None:
        raise NotFoundError("There is no such rule for this owner.", code="rule_not_found")
    return _stored(row)


def _stored(row: Row[Any]) -> StoredRule:
    rule = Rule(
        row.name, row.when_text, read_then(row.then_json), account_id=row.account_id, enabled=bool(row.enabled),
        otherwise=bool(row.otherwise), delay=row.delay, propose=bool(row.propose), id=row.id,
        revision=row.of_revision, position=row.position, disabled_reason=row.disabled_reason,
        source=row.source_text or "", schedule=row.schedule, next_run_at=moment(row.next_run_at),
    )  # fmt: skip
    return StoredRule(rule, row.revision_id)
