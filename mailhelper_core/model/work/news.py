"""What the event hooks tell after a commit: ids, counts and codes, never mail content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.model.work.job import JobState

# how a value is to be read: added up, as a span of time, or as the state of now
MetricKind = Literal["count", "seconds", "gauge"]


@dataclass(frozen=True, slots=True)
class MessageStored:
    """A message is in the store for the first time."""

    owner: str  # whose mail it is
    account_id: int  # from which account
    message_id: int  # for `ada.messages.get`


@dataclass(frozen=True, slots=True)
class MessageProcessed:
    """The classifiers were asked about a message; what they say together, None where nobody was sure."""

    owner: str  # whose mail it is
    account_id: int  # in which account
    message_id: int  # for `ada.messages.get`
    spam: float | None = None  # the probability
    category: str | None = None  # its label
    urgency: int | None = None  # 1 to 3
    importance: int | None = None  # 1 to 3


@dataclass(frozen=True, slots=True)
class RuleMatched:
    """A rule acted on a message, or proposed to."""

    owner: str  # whose rule it is
    account_id: int  # in which account
    message_id: int  # the message
    rule_id: int  # `Rule.id`
    change_id: int  # what `ada.undo` takes back
    proposed: bool = False  # it waits for `ada.rules.approve`


@dataclass(frozen=True, slots=True)
class OperationDelivered:
    """A deed was carried out: by the mail server, or by the plugin whose effect it is."""

    owner: str  # whose deed it is
    account_id: int  # in which account
    message_id: int  # the message
    change_id: int  # what `ada.undo` takes back
    kind: str  # of the operation: `add_keyword`, `move`, `append`, `effect` ...


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job has ended."""

    owner: str  # whose job it is
    account_id: int | None  # of which account; None for all of the owner's
    job_id: int  # for `ada.jobs.get`
    kind: str  # what was done: sync, run, process ...
    state: JobState  # how it ended
    error_code: str = ""  # why, where it failed
    seconds: float = 0.0  # since it was asked for


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured value of this process."""

    name: str  # from the table of metrics
    value: float  # counted, seconds, or what stands now
    kind: MetricKind = "count"  # how to read it
    labels: tuple[tuple[str, str], ...] = ()  # few and short: a stage, a kind, a code


News = MessageStored | MessageProcessed | RuleMatched | OperationDelivered | JobFinished | Metric
# Hears of what was committed.
Tell = Callable[[Sequence[News]], None]

# The event hook that tells each.
HOOK_OF: dict[type[News], str] = {
    MessageStored: "message_stored",
    MessageProcessed: "message_processed",
    RuleMatched: "rule_matched",
    OperationDelivered: "operation_delivered",
    JobFinished: "job_finished",
    Metric: "metric",
}
