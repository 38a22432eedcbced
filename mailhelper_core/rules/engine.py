"""Evaluate rules on one message, pure: which match, why, and what they decide, each seeing what earlier ones did.

`plan` and `run` both call this and nothing else, so a plan says exactly what a run does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.directory import Directory
from mailhelper_core.model.extension import ActionType
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import Operation
from mailhelper_core.model.overlay import View, apply
from mailhelper_core.model.report import ErrorNote
from mailhelper_core.model.rule import Rule, RuleHit, RuleMode
from mailhelper_core.query.match import Matcher
from mailhelper_core.query.view import MessageView

STOP = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a rule, its argument read."""

    plugin: str
    type: ActionType
    argument: object


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule whose criteria and actions are ready to be used on many messages."""

    rule: Rule
    revision_id: int
    matcher: Matcher
    steps: tuple[Step, ...]

    @property
    def stops(self) -> bool:
        """Say whether no later rule looks at a message that this one matched."""
        return any(step.type.name == STOP for step in self.steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rules say about one message: hits with the revision ids they belong to, and what failed."""

    hits: tuple[tuple[int, RuleHit], ...]
    errors: tuple[ErrorNote, ...]


# Asks an action for its operations; raises a MailHelperError that names the plugin when it fails.
PlanStep = Callable[[Step, MessageDetail], Sequence[Operation]]


def evaluate(
    rules: Sequence[CompiledRule],
    message: MessageDetail,
    directory: Directory,
    *,
    plan_step: PlanStep,
    mode: RuleMode = "all",
    settled: Collection[tuple[int, int]] = (),
) -> Outcome:
    """Answer what the rules decide about a message, in their order.

    settled holds (rule, revision id) pairs that acted on it before, and (rule, 0) where the owner took it back:
    these still match and may stop later rules, but decide nothing.
    """
    hits: list[tuple[int, RuleHit]] = []
    errors: list[ErrorNote] = []
    matched = False
    for one in rules:
        if not _concerns(one.rule, message, matched=matched):
            continue
        view = MessageView(message)
        matches = one.matcher.matches(view)
        errors += view.errors
        if not matches:
            continue
        matched = True
        if not {(one.rule.id, one.revision_id), (one.rule.id, 0)}.intersection(settled):
            message, hit = _act(one, message, view, directory, plan_step, errors)
            hits.append((one.revision_id, hit))
        if one.stops or mode == "first":
            break
    return Outcome(tuple(hits), tuple(errors))


def _concerns(rule: Rule, message: MessageDetail, *, matched: bool) -> bool:
    return rule.account_id in (None, message.account_id) and not (rule.otherwise and matched)


def _act(
    one: CompiledRule,
    message: MessageDetail,
    view: MessageView,
    directory: Directory,
    plan_step: PlanStep,
    errors: list[ErrorNote],
) -> tuple[MessageDetail, RuleHit]:
    _, trace = one.matcher.explain(view)
    operations: list[Operation] = []
    for step in one.steps:
        try:
            planned = plan_step(step, message)
            message, done = _apply(message, planned, directory)
        except MailHelperError as exc:
            errors.append(ErrorNote(f"rule:{one.rule.name}", exc.code, str(exc)))
            continue
        operations += done
    rule = one.rule
    return message, RuleHit(rule.id, rule.name, rule.revision, message.id, trace, tuple(operations))


def _apply(
    message: MessageDetail, operations: Sequence[Operation], directory: Directory
) -> tuple[MessageDetail, list[Operation]]:
    """Answer the message as it is afterwards, and the operations that change something."""
    done = []
    view = View(message.places, message.tags, message.urgency, message.importance)
    for operation in operations:
        after = apply(view, operation, directory)
        if after is not None:
            done.append(operation)
            view = after
    changed = replace(message, places=view.places, tags=view.tags, urgency=view.urgency, importance=view.importance)
    return changed, done
