"""Rules as data: criteria, actions, and the trace of what a rule saw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.door import checked
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.model.work.report import ErrorNote

RuleMode = Literal["all", "first"]  # which of the rules that match a message act on it
FindingKind = Literal[
    "broken", "dead", "shadowed", "looping", "conflicting", "unknown", "costly"
]  # what can be wrong with a rule

# A rule with more actions than this is a mistake or an attack.
MAX_ACTIONS = 50

_DELAY = re.compile(r"([0-9]{1,4})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Action:
    """What a rule does: an action's name, its argument, and named ones: `Action("tag", "bills", color="#3366ff")`."""

    name: str  # such as `tag`
    argument: str  # such as `bills`
    arguments: tuple[tuple[str, str], ...]  # named ones, sorted

    def __init__(self, name: str, argument: str | int = "", /, **arguments: str | int) -> None:
        named = tuple((key, str(value)) for key, value in sorted(arguments.items()))
        for key, value in (("name", name), ("argument", str(argument)), ("arguments", named)):
            object.__setattr__(self, key, value)

    def __repr__(self) -> str:
        parts = [repr(self.name), *([repr(self.argument)] if self.argument else [])]
        return f"Action({', '.join(parts + [f'{key}={value!r}' for key, value in self.arguments])})"


ActionLike = Action | str | tuple[str, str]


@dataclass(frozen=True, slots=True, init=False)
class Rule:
    """A saved search with actions: all that `when` finds gets what `then` says.

    `then` holds names, (name, argument) pairs and Actions. account_id None means all accounts. `otherwise` acts only
    on messages that no earlier rule matched. `delay` (12h, 30d, 6w) lets it look at a message only when that has been
    there for so long; `propose` lets it ask: what it decides waits for `ada.rules.approve`; `schedule` ("daily 02:00")
    lets it act at that time, on all mail that it matches then, and not on new mail. What follows these is set by the
    store; disabled_reason says why the rule cannot act now.
    """

    name: str  # unique for the owner
    when: str  # a query; empty means every message
    then: tuple[Action, ...]  # in the order in which they act
    account_id: int | None  # only mail of this account
    enabled: bool  # False switches it off
    otherwise: bool  # only where no earlier rule matched
    delay: str  # such as `30d` after it was received; empty for none
    propose: bool  # it asks before it acts
    schedule: str  # `hourly`, `daily 02:00` or `weekly mon,thu 07:30`; empty: as soon as mail was understood
    id: int  # 0 until saved
    revision: int  # rises with other criteria or actions
    position: int  # place in the order, from 1
    disabled_reason: str  # why it cannot act, empty when it can
    source: str  # the part of an imported script that it came from, word for word; empty without one
    next_run_at: datetime | None  # when its schedule lets it act next

    @checked
    def __init__(
        self,
        name: str,
        when: str = "",
        then: str | Action | Sequence[ActionLike] = (),
        *,
        account_id: int | None = None,
        enabled: bool = True,
        otherwise: bool = False,
        delay: str = "",
        propose: bool = False,
        schedule: str = "",
        id: int = 0,
        revision: int = 0,
        position: int = 0,
        disabled_reason: str = "",
        source: str = "",
        next_run_at: datetime | None = None,
    ) -> None:
        several = [then] if isinstance(then, str | Action) else then
        values = {
            "name": name, "when": when, "then": tuple(map(as_action, several)),
            "account_id": account_id, "enabled": enabled, "otherwise": otherwise, "delay": delay,
            "propose": propose, "schedule": schedule, "id": id, "revision": revision, "position": position,
            "disabled_reason": disabled_reason, "source": source, "next_run_at": next_run_at,
        }  # fmt: skip
        for key, value in values.items():
            object.__setattr__(self, key, value)


def as_action(action: ActionLike) -> Action:
    """Read the short forms: "stop" and ("fileinto", "Finance"). Raises InvalidError for anything else."""
    match action:
        case Action():
            return action
        case str(name):
            return Action(name)
        case [str(name), str() | int() as argument]:
            return Action(name, argument)
    raise InvalidError('Write an action as "stop", ("fileinto", "Finance") or Action(...).', code="action")


def read_delay(text: str) -> timedelta:
    """Answer how old a message must be: 12h, 30d, 6w, or empty for no delay. Raises InvalidError."""
    found = _DELAY.fullmatch(text) if text else None
    if text and not found:
        raise InvalidError("A delay is hours, days or weeks: 12h, 30d, 6w.", code="delay")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]]) if found else timedelta()


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One condition as it was tested: its query text, what it saw (bounded), and the answer."""

    condition: str  # such as `spam>0.9`
    saw: str  # what the message has there
    matched: bool  # whether it holds


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One rule that matched one message: why, and what it decided; `at` is None in a plan."""

    rule_id: int  # `Rule.id`, 0 for one that is not saved
    rule: str  # its name
    revision: int  # the one that matched
    message_id: int  # the message
    trace: tuple[TraceStep, ...]  # every test, in the rule's order
    operations: tuple[Operation, ...]  # what it decided
    at: datetime | None = None  # when it acted
    proposed: bool = False  # it waits for `ada.rules.approve`


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a rule among the others; `rule` and `other` are names."""

    kind: FindingKind  # what sort of thing
    rule: str  # the rule it is said of
    other: str = ""  # the rule it has to do with, where there is one
    message: str = ""  # one sentence


@dataclass(frozen=True, slots=True)
class RuleSuggestion:
    """A rule that says what the owner does by hand; `ada.rules.save(one.rule)` adopts it."""

    rule: Rule  # ready to be planned or saved
    support: int  # messages that were treated so
    total: int  # messages that the rule would have found
    reason: str  # one sentence

    @property
    def precision(self) -> float:
        """Answer the part of the messages that were treated so."""
        return self.support / self.total


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, exactly; where `plan` had a `limit`, a page of it."""

    hits: tuple[RuleHit, ...]  # in the order in which rules would act
    messages: int  # candidates: those that no rule can match are not counted
    capped: int = 0  # messages held back by `destructive_cap`
    errors: tuple[ErrorNote, ...] = ()  # rules and plugins that failed
    next: str | None = None  # the cursor of the next page, None at the end

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations in the order they would happen."""
        return tuple(operation for hit in self.hits for operation in hit.operations)
