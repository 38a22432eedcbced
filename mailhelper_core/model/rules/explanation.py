"""Why a rule matches a message, or does not."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.rules.rule import TraceStep


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """Whether one rule matches one message as it is now, by itself, and what keeps it from that.

    An account or a delay that the message is not for stands among the tests too, as `account:2` and `delay:30d`.
    """

    rule_id: int  # `Rule.id`
    rule: str  # its name
    revision: int  # the one that was asked
    message_id: int  # the message
    matched: bool  # whether all that it asks holds
    trace: tuple[TraceStep, ...]  # every test, in the rule's order; none where it cannot be asked
    failed: tuple[TraceStep, ...]  # those that keep it from matching; behind a NOT they hold
    problem: str = ""  # why it cannot act all the same, as `Rule.disabled_reason`
