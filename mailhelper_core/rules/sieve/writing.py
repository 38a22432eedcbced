"""Rules to a Sieve script that decides the same; what Sieve cannot say stays in comments and is reported; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.rules.criteria import EVERYTHING
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.rules.sieve import SieveLoss, SieveLossKind
from mailhelper_core.query.read import read
from mailhelper_core.rules.engine import STOP
from mailhelper_core.rules.sieve.actions import FLAG_COMMANDS, SCRIPT, to_commands
from mailhelper_core.rules.sieve.criteria import Unsaid
from mailhelper_core.rules.sieve.places import deeds, has_stop
from mailhelper_core.rules.sieve.tests import Speech
from mailhelper_core.rules.sieve.together import clashing
from mailhelper_core.rules.sieve.words import register_conditions
from mailhelper_core.sieve.language.script import Command

_CONDITIONS = {one.name: Provided("sieve", one) for one in register_conditions()}
# Why a deed behind another ends otherwise.
LATE = "on a server each of them counts, here the last one that acts on a message"
ENDS = "on a server it ends the actions and rules behind it too"
# Actions that differ between a server at delivery and rules on stored mail.
_NEAR = {"discard": "on a server it is gone, here it moves to the trash"}


@dataclass(slots=True)
class Rendered:
    """A rule in Sieve: no command at all where it cannot be said."""

    commands: tuple[Command, ...] = ()
    is_asking: bool = False  # they are one `if` with what the rule asks
    losses: list[SieveLoss] = field(default_factory=list)


def render(rule: Rule) -> Rendered:
    """Answer the commands of a rule, and what they do not say."""
    found = Rendered()
    for reason in _unsayable(rule):
        _lose(found, rule, "left_out", *reason)
    if found.losses:
        return found
    speech = Speech()
    try:
        criteria = read(rule.when, _CONDITIONS)
        test = speech.test(criteria)
    except (Unsaid, MailHelperError) as exc:
        _lose(found, rule, "left_out", rule.when, str(exc))
        return found
    for what, why in speech.near:
        _lose(found, rule, "near", what, why)
    parts = [_commands(found, rule, action) for action in _in_order(rule.then)]
    commands = tuple(command for part in parts for command in part)
    _note_clash(found, rule, parts)
    if commands:
        found.is_asking = criteria != EVERYTHING
        found.commands = commands if criteria == EVERYTHING else (Command("if", (), (test,), False, commands),)
    return found


def is_written(rendered: Sequence[Command], commands: Sequence[Command]) -> bool:
    """Say whether commands are a rule as it is written, with a stop behind or without."""
    last = rendered[-1]
    with_stop = (*rendered[:-1], replace(last, block=(*(last.block or ()), Command(STOP))))
    return tuple(commands) in (tuple(rendered), (*rendered, Command(STOP)), with_stop)


def _in_order(actions: Sequence[Action]) -> list[Action]:
    """Answer actions so that they do in Sieve what they do here.

    There a flag is for what is filed later, here for the message wherever it lies; and what stands behind a stop acts.
    """
    has_script = any(action.name == SCRIPT for action in actions)
    places = [action for action in actions if action.name != STOP]
    if not has_script:
        places.sort(key=lambda action: action.name not in FLAG_COMMANDS)
    return [*places, *(action for action in actions if action.name == STOP)][: len(places) + 1]


def _note_clash(found: Rendered, rule: Rule, parts: Sequence[Sequence[Command]]) -> None:
    """Report actions that a server does all, or not at all, where here the last one counts."""
    if clashing([deeds(part) for part in parts]):
        _lose(found, rule, "near", "order", LATE)
    if any(has_stop(part) for part in parts[:-1]):
        _lose(found, rule, "near", STOP, ENDS)


def _unsayable(rule: Rule) -> list[tuple[str, str]]:
    facts = (
        (not rule.enabled, "off", "it is switched off"),
        (rule.otherwise, "otherwise", "Sieve knows no rule for what no other matched"),
        (bool(rule.delay), "delay", "Sieve acts at delivery"),
        (bool(rule.schedule), "schedule", "Sieve acts at delivery"),
        (rule.propose, "propose", "Sieve does not ask before it acts"),
    )
    return [(what, why) for is_so, what, why in facts if is_so]


def _commands(found: Rendered, rule: Rule, action: Action) -> Sequence[Command]:
    if action.name in _NEAR:
        _lose(found, rule, "near", action.name, _NEAR[action.name])
    try:
        return to_commands(action)
    except (Unsaid, MailHelperError) as exc:
        _lose(found, rule, "left_out", action.name, str(exc))
        return ()


def _lose(found: Rendered, rule: Rule, kind: SieveLossKind, what: str, why: str) -> None:
    found.losses.append(SieveLoss(rule.name, kind, what[:200], why))
