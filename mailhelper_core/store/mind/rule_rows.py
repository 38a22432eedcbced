"""Rules, their revisions and traces as they are stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.rules.rule import Action, Rule, TraceStep
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.unit_of_work import UnitOfWork


def columns(uow: UnitOfWork, rule: Rule, before: Rule | None) -> dict[str, Any]:
    """Answer what is stored of a rule besides its revision; `before` is what it changes."""
    return {
        "name": rule.name, "enabled": rule.enabled, "account_id": rule.account_id, "otherwise": rule.otherwise,
        "delay": rule.delay, "propose": rule.propose, "disabled_reason": "",
    } | schedules.values(uow, rule, before)  # fmt: skip


def revision(uow: UnitOfWork, rule_id: int, number: int, rule: Rule) -> dict[str, Any]:
    """Answer a revision of a rule as it is stored."""
    when, then = content(rule)
    values = {"when_text": when, "then_json": then, "source_text": rule.source or None, "actor": uow.actor}
    return {"rule_id": rule_id, "revision": number, "created_at": uow.now, **values}


def content(rule: Rule) -> tuple[str, str]:
    """Answer what makes a revision, as it is stored."""
    then = [[one.name, one.argument, dict(one.arguments)] for one in rule.then]
    return clean_text(rule.when), clean_text(json.dumps(then, ensure_ascii=False))


def read_then(text: str) -> list[Action]:
    """Answer the actions that were stored."""
    return [Action(name, argument, **named) for name, argument, named in json.loads(text)]


def trace_json(trace: Sequence[TraceStep]) -> str:
    """Answer a trace as it is stored."""
    return json.dumps([[step.condition, step.saw, step.matched] for step in trace], ensure_ascii=False)


def read_trace(text: str) -> tuple[TraceStep, ...]:
    """Answer the trace that was stored."""
    return tuple(TraceStep(*step) for step in json.loads(text))
