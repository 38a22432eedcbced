"""Rules as data: criteria, actions, and the trace of what a rule saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.model.operation import Operation

RuleMode = Literal["all", "first"]


@dataclass(frozen=True, slots=True, init=False)
class Action:
    """What a rule does: an action's name and its argument; `Action("tag", name="bills")` names arguments."""

    name: str
    argument: str
    arguments: tuple[tuple[str, str], ...]

    def __init__(self, name: str, argument: str = "", **arguments: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "argument", argument)
        object.__setattr__(self, "arguments", tuple(sorted(arguments.items())))

    def get(self, name: str, default: str = "") -> str:
        """Answer a named argument."""
        return dict(self.arguments).get(name, default)


ActionLike = Action | str | tuple[str, str]


@dataclass(frozen=True, slots=True, init=False)
class Rule:
    """A saved search with actions: all that `when` finds gets what `then` says.

    account_id None means all accounts. `otherwise` runs only on messages that no earlier rule matched.
    """

    name: str
    when: str
    then: tuple[Action, ...]
    account_id: int | None
    enabled: bool
    otherwise: bool
    id: int
    revision: int
    position: int
    disabled_reason: str

    def __init__(
        self,
        name: str,
        when: str = "",
        then: Sequence[ActionLike] = (),
        *,
        account_id: int | None = None,
        enabled: bool = True,
        otherwise: bool = False,
        id: int = 0,
        revision: int = 0,
        position: int = 0,
        disabled_reason: str = "",
    ) -> None:
        values = {
            "name": name, "when": when, "then": tuple(as_action(action) for action in then),
            "account_id": account_id, "enabled": enabled, "otherwise": otherwise, "id": id,
            "revision": revision, "position": position, "disabled_reason": disabled_reason,
        }  # fmt: skip
        for key, value in values.items():
            object.__setattr__(self, key, value)


def as_action(action: ActionLike) -> Action:
    """Read the short forms: "stop" and ("fileinto", "Finance")."""
    if isinstance(action, Action):
        return action
    if isinstance(action, str):
        return Action(action)
    return Action(action[0], action[1])


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One condition as it was tested: its query text, what it saw (bounded), and the answer."""

    condition: str
    saw: str
    matched: bool


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One rule that matched one message: why, and what it decided."""

    rule_id: int
    rule: str
    revision: int
    message_id: int
    trace: tuple[TraceStep, ...]
    operations: tuple[Operation, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, exactly; `messages` counts those looked at."""

    hits: tuple[RuleHit, ...]
    messages: int
    skipped: int = 0
    capped: int = 0
    errors: tuple[str, ...] = field(default=())

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations in the order they would happen."""
        return tuple(operation for hit in self.hits for operation in hit.operations)
