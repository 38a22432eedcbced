"""The built-in observer: with the logger `mailhelper.events` at DEBUG, what was committed stands in the log."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.work.news import (
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    News,
    OperationDelivered,
    RuleMatched,
)

logger = logging.getLogger("mailhelper.events")


@hookimpl
def message_stored(stored: Sequence[MessageStored]) -> None:
    """Log new messages."""
    _log(stored)


@hookimpl
def message_processed(processed: Sequence[MessageProcessed]) -> None:
    """Log what was understood."""
    _log(processed)


@hookimpl
def rule_matched(matched: Sequence[RuleMatched]) -> None:
    """Log what rules did."""
    _log(matched)


@hookimpl
def operation_delivered(delivered: Sequence[OperationDelivered]) -> None:
    """Log deeds."""
    _log(delivered)


@hookimpl
def job_finished(finished: Sequence[JobFinished]) -> None:
    """Log jobs that have ended."""
    _log(finished)


@hookimpl
def metric(metrics: Sequence[Metric]) -> None:
    """Log what was measured."""
    _log(metrics)


def _log(news: Sequence[News]) -> None:
    if logger.isEnabledFor(logging.DEBUG):
        for one in news:
            logger.debug("%s", one)
