"""A plugin that adds up what the hook `metric` tells in this process; `mailhelper_prometheus.server` shows it."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core import Metric, hookimpl
from mailhelper_prometheus.exposition import Counters

counters = Counters()


@hookimpl
def metric(metrics: Sequence[Metric]) -> None:
    """Add up counts and seconds; gauges are asked for when somebody looks."""
    counters.add(metrics)
