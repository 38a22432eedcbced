"""Compile and evaluate rules without a store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import ActionType, Condition, PluginInfo, Provided, Registry
from mailhelper_core.model.mail.message import Mailbox, MessageDetail
from mailhelper_core.model.rules.rule import Rule, RuleHit, RuleMode
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.rules import builtin
from mailhelper_core.rules.engine import CompiledRule, Outcome, evaluate
from mailhelper_core.rules.prepare import Planner, prepare
from mailhelper_core.store.mind.rules import StoredRule
from tests.unit.query.strategies import MAILBOXES, NOW

BUILT_IN = Registry(
    actions={one.name: Provided("rules", one, built_in=True) for one in builtin.register_actions()},
    rules={one.name: Provided("rules", one, built_in=True) for one in builtin.register_rules()},
    plugins=(PluginInfo("rules", built_in=True),),
)
WHERE = Directory.of([Mailbox(number, 1, name, "/", role) for number, name, role in MAILBOXES])


def with_plugin(*provided: Condition | ActionType) -> Registry:
    """The built-in registry and a plugin of these."""
    conditions = {one.name: Provided("demo", one) for one in provided if isinstance(one, Condition)}
    actions = {one.name: Provided("demo", one) for one in provided if isinstance(one, ActionType)}
    return replace(BUILT_IN, conditions=conditions, actions={**BUILT_IN.actions, **actions})


def compiled(*rules: Rule, registry: Registry = BUILT_IN) -> list[CompiledRule]:
    """Rules as if they were saved in this order: the ids 1, 2, ... and the revisions 101, 102, ..."""
    context = MatchContext(NOW, registry=registry, account_names={1: "home", 2: "Work"})
    stored = [StoredRule(replace(rule, id=number, revision=1), 100 + number) for number, rule in enumerate(rules, 1)]
    return [prepare(one, registry, context) for one in stored]


def outcome(
    rules: Sequence[Rule],
    message: MessageDetail,
    *,
    mode: RuleMode = "all",
    settled: Collection[tuple[int, int]] = (),
    registry: Registry = BUILT_IN,
) -> Outcome:
    """What the rules say about a message."""
    plan_step = Planner(Dispatcher())
    return evaluate(
        compiled(*rules, registry=registry), message, WHERE, plan_step=plan_step, mode=mode, settled=settled
    )


def hits(*rules: Rule, message: MessageDetail, mode: RuleMode = "all") -> list[RuleHit]:
    """The hits of rules on a message."""
    return [new.hit for new in outcome(rules, message, mode=mode).hits]


def view(message: MessageDetail) -> View:
    """What operations change."""
    return View(message.places, message.tags, message.urgency, message.importance)


def after(message: MessageDetail, operations: tuple[Operation, ...]) -> MessageDetail:
    """The message after operations, each of which must change something."""
    for operation in operations:
        changed = apply(view(message), operation, WHERE)
        assert changed is not None, operation
        message = replace(
            message, places=changed.places, tags=changed.tags, urgency=changed.urgency, importance=changed.importance
        )
    return message
