"""Evaluate rules on one message, pure: which match, why, and what they decide, each seeing what earlier ones did.

`plan` and `run` both call this and nothing else, so a plan says exactly what a run does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailhelper_core.errors import InvalidError, MailHelperError
from mailhelper_core.model.extension import ActionType
from mailhelper_core.model.mail.message import MessageDetail, Place
from mailhelper_core.model.rules.rule import Rule, RuleHit, RuleMode
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage, Operation
from mailhelper_core.model.work.overlay import View, apply, resolved, taken_from
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.query.match import Matcher
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.taint import is_steered, needs_a_word
from mailhelper_core.store.mind.mirrors import in_step
from mailhelper_core.store.mind.rules import NewHit

STOP = "stop"
# Actions that came from a Sieve script, and look at each message for themselves.
SCRIPTS = frozenset({"sieve", "redirect"})
MAILBOX_GONE = "mailbox_gone"


def gone_mailbox(name: str) -> InvalidError:
    """Answer the error of a rule that puts mail into a mailbox that is gone."""
    return InvalidError(f"The mailbox {name!r} is gone from the server.", code=MAILBOX_GONE)


class LeftAlone(tuple[Operation, ...]):
    """What an action answers that found nothing to do on a message: alone, its rule is as if it had not matched."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a rule, its argument read."""

    plugin: str
    type: ActionType
    argument: object
    takes_context: bool = False  # a built-in one: the mailboxes of the account
    built_in: bool = True  # does what its words say, whatever was thought of the message


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule whose criteria and actions are ready to be used on many messages."""

    rule: Rule
    revision_id: int
    matcher: Matcher
    steps: tuple[Step, ...]
    # A rule with a delay looks at no message that came later than this.
    not_after: datetime | None = None
    models: frozenset[str] = frozenset()  # classifiers that ask a model themselves

    def waits_for(self, message: MessageDetail) -> bool:
        """Say whether a message of its account is too young for the rule."""
        is_young = self.not_after is not None and message.received_at > self.not_after
        return is_young and self.rule.account_id in (None, message.account_id)

    @property
    def stops(self) -> bool:
        """Say whether no later rule looks at a message that this one matched."""
        return any(step.type.name == STOP for step in self.steps)

    @property
    def may_leave_alone(self) -> bool:
        """Say whether what the rule matched may not concern it after all: only its scripts know."""
        return all(step.built_in and step.type.name in SCRIPTS for step in self.steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rules say about one message, and what failed."""

    hits: tuple[NewHit, ...]
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
    placed: Collection[int] = (),
    mirrors: Mapping[str, str] | None = None,
    gone: Collection[str] = (),
) -> Outcome:
    """Answer what the rules decide about a message, in their order.

    settled holds (rule, revision id) pairs that acted on it before, and (rule, 0) where the owner took it back:
    these still match and may stop later rules, but decide nothing. placed holds rules that moved it before the owner
    put it elsewhere: these move it no more. mirrors: the keywords that stand for tags. gone: mailboxes that the server
    had once and has no more: a rule that would put the message there decides nothing about it.
    """
    desk = _Desk(message, directory, plan_step, MessageView(message), mirrors or {}, placed, gone)
    matched = False
    for one in rules:
        if one.rule.account_id not in (None, message.account_id) or (one.rule.otherwise and matched):
            continue
        if one.waits_for(message) or not one.matcher.matches(desk.view):
            continue
        is_settled = (one.rule.id, one.revision_id) in settled or (one.rule.id, 0) in settled
        if not (desk.concerns(one) if is_settled else desk.act(one)):
            continue
        matched = True
        if mode == "first" or one.stops:
            break
    return Outcome(tuple(desk.hits), tuple(desk.view.errors))


@dataclass(slots=True)
class _Desk:
    """The message as it is after what was decided so far."""

    message: MessageDetail
    directory: Directory
    plan_step: PlanStep
    view: MessageView
    mirrors: Mapping[str, str]
    placed: Collection[int]
    gone: Collection[str]
    place: Place | None = None  # of which the rule that acts speaks, among several: its moves begin there
    hits: list[NewHit] = field(default_factory=list)

    def concerns(self, one: CompiledRule) -> bool:
        """Say whether a rule that matched, and decides nothing more here, has to do with the message all the same."""
        if not one.may_leave_alone:
            return True
        try:
            return not all(isinstance(self.plan_step(step, self.message), LeftAlone) for step in one.steps)
        except MailHelperError:
            return True

    def act(self, one: CompiledRule) -> bool:
        """Let a rule that matched act, and say whether it has to do with the message.

        An action that fails costs only itself; one into a mailbox that is gone costs the whole rule, so that nothing is
        thrown away of which there should be a copy. Where nothing but failures came of it there is no hit, so that the
        rule can act when it is sound again. What a rule proposes has not happened yet: later rules see the message
        without it.
        """
        rule, before = one.rule, (self.message, self.view)
        _, trace = one.matcher.explain(self.view)
        self.place = one.matcher.place(self.view) if len(self.message.places) > 1 else None
        operations: list[Operation] = []
        is_concerned = has_failed = False
        for step in one.steps:
            try:
                planned = self.plan_step(step, self.message)
                is_concerned = is_concerned or not isinstance(planned, LeftAlone)
                operations += self._take(planned, is_placed=rule.id in self.placed)
            except MailHelperError as exc:
                has_failed = True
                self.view.errors.append(ErrorNote.of(f"rule:{rule.name}", exc))
                if exc.code == MAILBOX_GONE:
                    operations, (self.message, self.view) = [], before
                    break
        if operations or (is_concerned and not has_failed):
            # Where nothing would change there is nothing to ask the owner.
            asks = bool(operations) and (rule.propose or self._is_steered(one, before[0], operations))
            hit = RuleHit(rule.id, rule.name, rule.revision, self.message.id, trace, tuple(operations), proposed=asks)
            self.hits.append(NewHit(self.message.account_id, one.revision_id, hit))
            if asks:
                self.message, self.view = before
        return is_concerned or has_failed

    def _is_steered(self, one: CompiledRule, message: MessageDetail, operations: Sequence[Operation]) -> bool:
        by_plugins = not all(step.built_in for step in one.steps)
        steered = is_steered(
            message, one.matcher, by_absence=one.rule.otherwise, by_plugins=by_plugins, models=one.models
        )
        return steered and needs_a_word(operations, self.mirrors.values())

    def _take(self, planned: Sequence[Operation], *, is_placed: bool) -> list[Operation]:
        """Apply all operations of an action or, when one of them fails, none; answer those that change something.

        is_placed: the owner has said where the message lies.
        """
        message = self.message
        before = view = View(message.places, message.tags, message.urgency, message.importance)
        done = []
        for operation in in_step(planned, self.mirrors):
            if is_placed and isinstance(operation, MoveMessage):
                continue
            wanted = self._from_place(view, operation)
            after = apply(view, wanted, self.directory)
            if after is not None:
                self._refuse_gone(wanted)
                done.append(resolved(view, wanted, self.directory))
                view = after
                if wanted is not operation:  # from there on the rule speaks of where it has put the message
                    self.place = self.directory.target(wanted)  # type: ignore[arg-type]  # a move
        if view is not before:
            self.message = replace(
                message, places=view.places, tags=view.tags, urgency=view.urgency, importance=view.importance
            )
            self.view = self.view.after(self.message)
        return done

    def _refuse_gone(self, operation: Operation) -> None:
        """Raise InvalidError for a mailbox by name that is gone; those of a role are made anew."""
        if isinstance(operation, MoveMessage | CopyMessage) and operation.mailbox:
            name = self.directory.target(operation).mailbox
            if name in self.gone:
                raise gone_mailbox(name)

    def _from_place(self, view: View, operation: Operation) -> Operation:
        """Let a move begin where the rule's criteria hold; where the message has arrived already it is none."""
        if self.place is None or self.place.role == "all" or not isinstance(operation, MoveMessage):
            return operation
        target = self.directory.target(operation).mailbox
        has_arrived = any(place.mailbox == target for place in view.places)
        return operation if has_arrived else taken_from(operation, self.place)
