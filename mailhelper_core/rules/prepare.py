"""Read rules as they are written into rules that can be evaluated; say what is wrong with those that cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError, MailHelperError
from mailhelper_core.model.criteria import Criteria
from mailhelper_core.model.extension import Registry, action_argument
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import OPERATION_TYPES, Operation
from mailhelper_core.model.rule import Action, Rule
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.read import read
from mailhelper_core.rules.engine import CompiledRule, Step
from mailhelper_core.store.rules import StoredRule

# A rule with more actions than this is a mistake or an attack.
MAX_ACTIONS = 50
_OPERATIONS = tuple(OPERATION_TYPES.values())


def check(rule: Rule, registry: Registry) -> None:
    """Raise QueryError or InvalidError for a rule that could not run: criteria, actions, arguments."""
    if not rule.name.strip():
        raise InvalidError("A rule needs a name.", code="rule_name")
    if not rule.then or len(rule.then) > MAX_ACTIONS:
        raise InvalidError(f"A rule has 1 to {MAX_ACTIONS} actions.", code="rule_actions")
    read(rule.when, registry.conditions)
    for action in rule.then:
        read_action(action, registry)


def criteria_of(rule: Rule, registry: Registry) -> Criteria:
    """Answer a rule's criteria. Raises QueryError."""
    return read(rule.when, registry.conditions)


def prepare(stored: StoredRule, registry: Registry, context: MatchContext) -> CompiledRule:
    """Compile a rule. Raises QueryError or InvalidError where a plugin that it names is missing."""
    matcher = compile_criteria(criteria_of(stored.rule, registry), context)
    steps = tuple(read_action(action, registry) for action in stored.rule.then)
    return CompiledRule(stored.rule, stored.revision_id, matcher, steps)


def problem(rule: Rule, registry: Registry) -> str:
    """Answer why a rule cannot run, empty when it can."""
    try:
        check(rule, registry)
    except MailHelperError as exc:
        return str(exc)
    return ""


def read_action(action: Action, registry: Registry) -> Step:
    """Find an action's type and read its argument. Raises InvalidError with a hint."""
    found = registry.actions.get(action.name)
    if found is None:
        near = get_close_matches(action.name, registry.actions, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(registry.actions))}."
        raise InvalidError(f"There is no action {action.name[:40]!r}; {hint}", code="action")
    try:
        argument = found.provider.argument(action_argument(action))
    except ValueError as exc:
        raise InvalidError(f"The action {action.name} cannot read its argument: {exc}", code="argument") from exc
    return Step(found.plugin, found.provider, argument)


@dataclass(frozen=True, slots=True)
class Planner:
    """Asks actions for their operations, each isolated; a callable for `evaluate`."""

    dispatcher: Dispatcher

    def __call__(self, step: Step, message: MessageDetail) -> Sequence[Operation]:
        """Answer the operations. Raises PluginError for an exception, a wrong type or another message's id."""
        name = step.type.name
        planned = self.dispatcher.call(step.plugin, name, lambda: step.type.plan(message, step.argument))
        if not isinstance(planned, list | tuple) or not all(isinstance(one, _OPERATIONS) for one in planned):
            raise self.dispatcher.reject(step.plugin, name, "did not answer a list of operations")
        if any(one.message_id != message.id for one in planned):
            raise self.dispatcher.reject(step.plugin, name, "answered operations on another message")
        return planned
