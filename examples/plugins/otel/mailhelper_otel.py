"""An observer that hands counts and durations to OpenTelemetry; which exporter gets them is the host's choice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from mailhelper_core import (
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    OperationDelivered,
    RuleMatched,
    hookimpl,
)


@hookimpl
def message_stored(stored: Sequence[MessageStored]) -> None:
    """Count new messages."""
    _counter("mailhelper.messages.stored").add(len(stored))


@hookimpl
def message_processed(processed: Sequence[MessageProcessed]) -> None:
    """Count understood messages by category."""
    for one in processed:
        _counter("mailhelper.messages.processed").add(1, {"category": one.category or "undecided"})


@hookimpl
def rule_matched(matched: Sequence[RuleMatched]) -> None:
    """Count what rules did."""
    for one in matched:
        _counter("mailhelper.rules.matched").add(1, {"proposed": one.proposed})


@hookimpl
def operation_delivered(delivered: Sequence[OperationDelivered]) -> None:
    """Count deeds by their kind."""
    for one in delivered:
        _counter("mailhelper.operations.delivered").add(1, {"kind": one.kind})


@hookimpl
def job_finished(finished: Sequence[JobFinished]) -> None:
    """Measure how long jobs take, by kind and state."""
    for one in finished:
        _histogram("mailhelper.jobs.duration").record(one.seconds, {"kind": one.kind, "state": one.state})


@hookimpl
def metric(metrics: Sequence[Metric]) -> None:
    """Pass on what the core measures."""
    for one in metrics:
        name, labels = f"mailhelper.{one.name}", dict(one.labels)
        if one.kind == "count":
            _counter(name).add(one.value, labels)
        elif one.kind == "seconds":
            _histogram(name).record(one.value, labels)
        else:
            _gauge(name).set(one.value, labels)


def _meter() -> Any:
    from opentelemetry import metrics

    return metrics.get_meter("mailhelper")


@lru_cache(maxsize=256)
def _counter(name: str) -> Any:
    return _meter().create_counter(name)


@lru_cache(maxsize=256)
def _histogram(name: str) -> Any:
    return _meter().create_histogram(name, unit="s")


@lru_cache(maxsize=256)
def _gauge(name: str) -> Any:
    return _meter().create_gauge(name)
