"""Read rules as they are written into rules that can be evaluated; say what is wrong with those that cannot."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError, MailHelperError
from mailhelper_core.model.extension import ActionType, Context, ContextOf, Provided, Registry, action_argument
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.rules.rule import MAX_ACTIONS, Action, Rule, read_delay
from mailhelper_core.model.rules.schedule import read_schedule
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.read import read_asked
from mailhelper_core.rules.accept import accept
from mailhelper_core.rules.arguments import NAMED, read_mailbox
from mailhelper_core.rules.engine import CompiledRule, LeftAlone, Step, gone_mailbox
from mailhelper_core.rules.sieve.actions import SCRIPT
from mailhelper_core.rules.sieve.words import filed_into, is_kept
from mailhelper_core.store.mind.rules import StoredRule

# Mailboxes that are gone, by account; None holds those that no account has any more.
Vanished = Mapping[int | None, Collection[str]]

KEPT = "This part of a Sieve script is kept for export; only a server can carry it out."
_INTO_MAILBOX = frozenset(("fileinto", "copy"))
# What servers divide names by; one at the end makes no other name.
_DELIMITERS = "/."
# A line in a list of rules.
MAX_NAME_CHARACTERS = 100
ACTION = "action"


def check(rule: Rule, registry: Registry) -> None:
    """Raise QueryError or InvalidError for a rule that could not act: its name, criteria, actions, arguments."""
    if not isinstance(rule, Rule):
        raise InvalidError(f"Give rules one by one, each a Rule, not {type(rule).__name__}.", code="argument")
    for switch in ("enabled", "otherwise", "propose"):
        if getattr(rule, switch) not in (True, False):
            raise InvalidError(f"Rule: {switch!r} takes True or False.", code="argument")
    if not clean_header(rule.name) or len(rule.name) > MAX_NAME_CHARACTERS:
        raise InvalidError(f"A rule's name has 1 to {MAX_NAME_CHARACTERS} characters.", code="rule_name")
    read_asked(rule.when, registry.conditions)
    read_delay(rule.delay)
    read_schedule(rule.schedule)
    read_actions(rule, registry)


def prepare(stored: StoredRule, registry: Registry, context: MatchContext) -> CompiledRule:
    """Compile a rule. Raises as `check`, above all where a plugin that it names is missing."""
    matcher = compile_criteria(read_asked(stored.rule.when, registry.conditions), context)
    delay = read_delay(stored.rule.delay)
    not_after = context.now - delay if delay else None
    return CompiledRule(
        stored.rule,
        stored.revision_id,
        matcher,
        read_actions(stored.rule, registry),
        not_after,
        registry.model_classifiers,
    )


def problem(rule: Rule, registry: Registry, vanished: Vanished | None = None) -> str:
    """Answer why a rule cannot act, empty when it can."""
    try:
        check(rule, registry)
        check_targets(rule, vanished or {})
        return KEPT if is_kept(rule) else ""
    except MailHelperError as exc:
        return str(exc)


def as_shown(rule: Rule, registry: Registry, vanished: Vanished) -> Rule:
    """Answer a rule with why it cannot act, where it cannot."""
    found = problem(rule, registry, vanished)
    return replace(rule, disabled_reason=found) if found else rule


def check_targets(rule: Rule, vanished: Vanished) -> None:
    """Raise InvalidError where a rule puts mail into a mailbox that was there and is gone: it is not made again."""
    gone = vanished.get(rule.account_id, ())
    for name in (name for action in rule.then for name in targets(action)):
        if name in gone or name.rstrip(_DELIMITERS) in gone:
            raise gone_mailbox(name)


def targets(action: Action) -> tuple[str, ...]:
    """Answer the mailboxes that an action names to put mail into; what a plugin or a variable names shows at a run."""
    if action.name in _INTO_MAILBOX:
        return (read_mailbox(action_argument(action)),)
    return filed_into(action_argument(action)) if action.name == SCRIPT else ()


def read_actions(rule: Rule, registry: Registry) -> tuple[Step, ...]:
    """Find the types of a rule's actions and read their arguments. Raises InvalidError with the number and a hint."""
    if not 0 < len(rule.then) <= MAX_ACTIONS:
        raise InvalidError(f"A rule has 1 to {MAX_ACTIONS} actions.", code="rule_actions")
    return tuple(_step(number, action, registry) for number, action in enumerate(rule.then, 1))


def _step(number: int, action: Action, registry: Registry) -> Step:
    found = registry.actions.get(action.name)
    if found is None:
        hint = _near(action.name, registry)
        raise InvalidError(f"Action {number}: there is no action {action.name[:40]!r}; {hint}", code="action")
    takes = takes_context(found.provider.plan, 3)
    argument = _argument(number, action, found)
    return Step(found.plugin, found.provider, argument, takes_context=takes, built_in=found.built_in)


def _near(name: str, registry: Registry) -> str:
    word, rest = (*re.split(r"[\s:=]\s*", name.strip(), maxsplit=1), "")[:2]
    if rest and word in registry.actions:
        return f"write ({word!r}, {rest[:40]!r})."
    near = get_close_matches(name[:100], registry.actions, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(registry.actions))}."


def _argument(number: int, action: Action, found: Provided[ActionType]) -> object:
    text = action_argument(action)
    if found.built_in:
        _check_named(number, action)
    try:
        if len(text) > found.provider.max_characters:
            raise ValueError(f"at most {found.provider.max_characters} characters")
        return found.provider.argument(text)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        code = exc.code if isinstance(exc, InvalidError) else "argument"
        is_said = isinstance(exc, ValueError | InvalidError)
        reason = str(exc) if is_said else f"plugin {found.plugin!r} raised {type(exc).__name__}"
        raise InvalidError(f"Action {number}: {action.name} cannot read its argument: {reason}", code=code) from exc


def _check_named(number: int, action: Action) -> None:
    """Raise InvalidError for a named argument that one of our own actions does not have; plugins know their own."""
    known = NAMED.get(action.name, ())
    for key, _ in action.arguments:
        if key not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise InvalidError(f"Action {number}: {action.name} has no option {key[:40]!r}; {has}.", code="argument")


@dataclass(frozen=True, slots=True)
class Planner:
    """Asks actions for their operations, each isolated; a callable for `evaluate`."""

    dispatcher: Dispatcher
    context_of: ContextOf = lambda plugin: Context("")
    directory: Directory = field(default_factory=Directory)  # the mailboxes of the messages' account

    def __call__(self, step: Step, message: MessageDetail) -> Sequence[Operation]:
        """Answer the operations. Raises PluginError for an exception and for what no rule may decide."""
        more = self.directory if step.built_in else self.context_of(step.plugin)
        known = (step.argument, more) if step.takes_context else (step.argument,)
        given = message if step.built_in else copy(message)
        planned = self.dispatcher.call(step.plugin, step.type.name, lambda: step.type.plan(given, *known), kind=ACTION)
        if isinstance(planned, LeftAlone):
            return planned
        try:
            return accept(planned, message.id)
        except MailHelperError as exc:
            raise self.dispatcher.reject(step.plugin, step.type.name, str(exc), kind=ACTION) from exc
        except Exception as exc:
            problem = "answered fields of wrong types"
            raise self.dispatcher.reject(step.plugin, step.type.name, problem, kind=ACTION) from exc
