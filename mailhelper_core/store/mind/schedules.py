"""When rules act next on all mail: by their schedule, or because somebody asked; and which have not acted yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select, update

from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.rules.schedule import read_schedule, write_schedule
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import owner_settings
from mailhelper_core.store.unit_of_work import Store, UnitOfWork, from_micros, to_micros

_r = t.rules.c
_AWAKE = and_(_r.enabled.is_(True), _r.deleted_at.is_(None))


def values(uow: UnitOfWork, rule: Rule, before: Rule | None) -> dict[str, Any]:
    """Answer the columns of a rule that is saved: another schedule, or one switched on, begins to count now."""
    text = write_schedule(read_schedule(rule.schedule))
    if before is not None and (text, rule.enabled) == (before.schedule, before.enabled):
        return {}
    moment = _next(uow, text) if rule.enabled else None
    return {"schedule": text, "next_run_at": moment, "due_at": None}


def count_anew(uow: UnitOfWork) -> None:
    """Let the schedules of all rules count from now, by the clock of the owner as it is set now."""
    for row in uow.execute(select(_r.id, _r.schedule).where(_r.owner_id == uow.owner_id, _r.schedule != "", _AWAKE)):
        uow.execute(update(t.rules).where(_r.id == row.id).values(next_run_at=_next(uow, row.schedule)))


def take_due(uow: UnitOfWork) -> dict[int, int]:
    """Answer the rules whose time has come, by id, and which it was; what was missed comes once.

    They stay due until `done`, and their next time is set.
    """
    mine = and_(_r.owner_id == uow.owner_id, _r.schedule != "", _AWAKE)
    for row in uow.execute(select(_r.id, _r.schedule, _r.next_run_at).where(mine, _r.next_run_at <= uow.now)).all():
        changed = {"due_at": row.next_run_at, "next_run_at": _next(uow, row.schedule)}
        uow.execute(update(t.rules).where(_r.id == row.id).values(changed))
    due = uow.execute(select(_r.id, _r.due_at).where(_r.owner_id == uow.owner_id, _AWAKE, _r.due_at.is_not(None)))
    return {row.id: row.due_at for row in due}


def request(uow: UnitOfWork, rule_id: int) -> None:
    """Let the time of a rule come now."""
    uow.execute(update(t.rules).where(_r.owner_id == uow.owner_id, _r.id == rule_id).values(due_at=uow.now))


def withdraw(uow: UnitOfWork) -> None:
    """Forget which rules without a schedule were asked to act."""
    uow.execute(update(t.rules).where(_r.owner_id == uow.owner_id, _r.schedule == "").values(due_at=None))


def done(uow: UnitOfWork, due: Mapping[int, int]) -> None:
    """Note that rules have acted; one whose time has come again meanwhile stays due."""
    for rule_id, due_at in due.items():
        mine = (_r.owner_id == uow.owner_id, _r.id == rule_id, _r.due_at == due_at)
        uow.execute(update(t.rules).where(*mine).values(due_at=None))


def owners_due(store: Store, limit: int) -> list[str]:
    """Answer the keys of owners with rules whose time has come."""
    with store.read() as connection:
        waiting = (
            select(t.owners.c.key)
            .where(t.owners.c.id.in_(select(_r.owner_id).where(_r.next_run_at <= store.now(), _AWAKE)))
            .order_by(t.owners.c.id)
            .limit(limit)
        )
        return list(connection.scalars(waiting))


def _next(uow: UnitOfWork, text: str) -> int | None:
    schedule = read_schedule(text)
    if schedule is None:
        return None
    return to_micros(schedule.following(from_micros(uow.now), owner_settings.get(uow).zone))
