"""Evaluate rules on one message: what matches, why, and what to do. Plan and run ask this one function; pure.

Every rule sees the message as the rules before it leave it: keywords, tags, places and priority are overlaid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.directory import Directory
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import MoveMessage, Operation
from mailhelper_core.model.overlay import View, apply, resolved
from mailhelper_core.model.report import ErrorNote
from mailhelper_core.model.rule import Rule, RuleHit, RuleMode
from mailhelper_core.query.match import Matcher
from mailhelper_core.query.view import MessageView

# Mailboxes in which mail is out of sight: what moves there counts against the cap of a run.
OUT_OF_SIGHT = ("trash", "junk")


@dataclass(frozen=True, slots=True)
class BoundAction:
    """An action with its argument: `plan(message)` answers checked operations or raises what the plugin did wrong."""

    name: str
    plan: Callable[[MessageDetail], Sequence[Operation]]
    is_stop: bool = False


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be evaluated; revision_id is the database's id of its revision."""

    rule: Rule
    revision_id: int
    matcher: Matcher
    actions: tuple[BoundAction, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched and acts; acts is False when every one of its actions failed."""

    hit: RuleHit
    revision_id: int
    acts: bool = True


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules do to one message, and how it is then; capped counts hits that the cap held back."""

    hits: tuple[Hit, ...]
    message: MessageDetail
    capped: int = 0
    destructive: int = 0
    errors: tuple[ErrorNote, ...] = ()


def evaluate(
    rules: Sequence[CompiledRule],
    message: MessageDetail,
    where: Directory,
    *,
    mode: RuleMode = "all",
    acted: frozenset[int] = frozenset(),
    destructive_left: int,
) -> Evaluation:
    """Answer what the rules do to a message, in their order.

    `acted` names rules that must not act (again): they count as matched, so that nothing else happens in their
    stead. destructive_left is how many operations may still move mail to trash or junk: a hit with more is held
    back whole, and counts as matched too.
    """
    case = _Case(where, MessageView(message), destructive_left)
    matched = False
    for rule in rules:
        if rule.rule.account_id not in (None, message.account_id) or (rule.rule.otherwise and matched):
            continue
        if rule.rule.id in acted:
            stops = any(action.is_stop for action in rule.actions)
        elif rule.matcher.matches(case.view):
            stops = case.act(rule)
        else:
            continue
        matched = True
        if stops or mode == "first":
            break
    errors = (*case.view.errors, *case.errors)
    return Evaluation(tuple(case.hits), case.view.message, case.capped, case.destructive, errors)


@dataclass(slots=True)
class _Case:
    """One message while rules act on it."""

    where: Directory
    view: MessageView
    destructive_left: int
    hits: list[Hit] = field(default_factory=list)
    capped: int = 0
    destructive: int = 0
    errors: list[ErrorNote] = field(default_factory=list)

    def act(self, rule: CompiledRule) -> bool:
        """Apply a rule that matches, and say whether it stops the others."""
        message, operations, failed, stops = self.view.message, list[Operation](), 0, False
        for action in rule.actions:
            if action.is_stop:
                stops = True
                break
            try:
                for operation in action.plan(message):
                    message, effective = _apply(message, operation, self.where)
                    operations += effective
            except MailHelperError as exc:
                failed += 1
                self.errors.append(ErrorNote(f"rule:{rule.rule.name} action:{action.name}", exc.code, str(exc)))
        count = sum(_is_destructive(operation, self.where) for operation in operations)
        if count and self.destructive + count > self.destructive_left:
            self.capped += 1
            return stops
        self.destructive += count
        self._hit(rule, operations, acts=not failed or bool(operations))
        if message is not self.view.message:
            self.view = self.view.after(message)
        return stops

    def _hit(self, rule: CompiledRule, operations: Sequence[Operation], *, acts: bool) -> None:
        _, trace = rule.matcher.explain(self.view)
        one = rule.rule
        hit = RuleHit(one.id, one.name, one.revision, self.view.message.id, trace, tuple(operations))
        self.hits.append(Hit(hit, rule.revision_id, acts))


def _apply(message: MessageDetail, operation: Operation, where: Directory) -> tuple[MessageDetail, Sequence[Operation]]:
    """Answer the message after an operation, and the operation when it changes something."""
    before = View(message.places, message.tags, message.urgency, message.importance)
    after = apply(before, operation, where)
    if after is None:
        return message, ()
    effective = (resolved(before, operation, where),)
    if after is before:
        return message, effective
    changed = replace(message, places=after.places, tags=after.tags, urgency=after.urgency, importance=after.importance)
    return changed, effective


def _is_destructive(operation: Operation, where: Directory) -> bool:
    return isinstance(operation, MoveMessage) and where.target(operation).role in OUT_OF_SIGHT
