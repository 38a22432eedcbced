"""Messages that are too young for a rule with a delay, and from when on it may look at them.

Nothing notes for which rule a message waits: whoever is younger than its delay does. A rule that has no delay any more
still owes a look to what waited for it: these wait in a stage of their own, `rule:` with its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, or_, select, update

from mailhelper_core.model.rules.rule import Rule, read_delay
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import MICROSECOND, UnitOfWork

_w = t.rule_waits.c
_OWED = "rule:"


def put(uow: UnitOfWork, rows: Sequence[tuple[int, int, int]]) -> None:
    """Let messages wait: (account, message, not before in microseconds); what waited before is replaced."""
    for account_id in {row[0] for row in rows}:
        done(uow, account_id, [row[1] for row in rows if row[0] == account_id])
    if rows:
        insert_rows(uow.connection, t.rule_waits, ("account_id", "message_id", "not_before"), rows)


def take(uow: UnitOfWork, account_id: int, until: int, limit: int, *, after: int = 0) -> list[int]:
    """Answer messages that are old enough now, with ids above `after`; not those that lie nowhere."""
    m = t.messages.c
    due = (_w.account_id == account_id, _w.not_before <= until, _w.message_id > after, m.orphaned_at.is_(None))
    joined = select(_w.message_id).join(t.messages, m.id == _w.message_id)
    return list(uow.connection.scalars(joined.where(*due).order_by(_w.message_id).limit(limit)))


def done(uow: UnitOfWork, account_id: int, message_ids: Sequence[int]) -> None:
    """Let messages wait no longer."""
    p = t.pending.c
    for chunk in chunks(message_ids):
        uow.execute(delete(t.rule_waits).where(_w.account_id == account_id, _w.message_id.in_(chunk)))
        uow.execute(delete(t.pending).where(p.message_id.in_(chunk), p.stage.startswith(_OWED)))


def look_again(uow: UnitOfWork, before: Rule | None, after: Rule) -> None:
    """Let the next run look at what waits for a rule whose delay is another one now; it says how long each waits."""
    delay = read_delay(before.delay) if before else None
    if before is None or delay is None or before.delay == after.delay:
        return
    m = t.messages.c
    accounts = select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)
    too_young = or_(m.received_at > uow.now - delay // MICROSECOND, _w.not_before <= uow.now)
    waiting = select(_w.account_id, _w.message_id).join(t.messages, m.id == _w.message_id)
    rows = [tuple(row) for row in uow.execute(waiting.where(_w.account_id.in_(accounts), too_young))]
    for chunk in chunks([message_id for _, message_id in rows]):
        due = update(t.rule_waits).where(_w.message_id.in_(chunk), _w.not_before > uow.now)
        uow.execute(due.values(not_before=uow.now))
    if not after.delay:
        owed = [(f"{_OWED}{before.id}", *row) for row in rows]
        insert_rows(uow.connection, t.pending, ("stage", "account_id", "message_id"), owed, or_ignore=True)


def owed(uow: UnitOfWork, message_ids: Sequence[int]) -> Mapping[int, Collection[int]]:
    """Answer by message the rules without a delay for which it waited when they had one."""
    p = t.pending.c
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(message_ids):
        mine = select(p.message_id, p.stage).where(p.message_id.in_(chunk), p.stage.startswith(_OWED))
        for row in uow.execute(mine):
            found[row.message_id].add(int(row.stage.removeprefix(_OWED)))
    return found


def count(uow: UnitOfWork, account_id: int, until: int) -> int:
    """Answer how many messages are old enough now."""
    due = select(func.count()).where(_w.account_id == account_id, _w.not_before <= until)
    return int(uow.connection.scalar(due) or 0)
