"""A journey is measured."""

from __future__ import annotations

from pathlib import Path

import mailhelper_otel as plugin
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from mailhelper_core.testing import Environment, MailboxGenerator, check_plugin


def test_a_journey_is_measured(tmp_path: Path) -> None:
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    check_plugin(plugin)
    before = _totals(reader)
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        MailboxGenerator(seed=5).fill(env.server.store.user("ada"), count=10)

        env.helper.jobs.run(env.ada.jobs.submit("run", account_id=env.account.id).id)

        after = _totals(reader)
        assert after["mailhelper.messages.stored"] - before["mailhelper.messages.stored"] == env.ada.count("")
        assert after["mailhelper.jobs.duration"] - before["mailhelper.jobs.duration"] == 1


def _totals(reader: InMemoryMetricReader) -> dict[str, float]:
    data = reader.get_metrics_data()
    found: dict[str, float] = {}
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            for one in scope.metrics:
                points = one.data.data_points
                found[one.name] = sum(getattr(point, "value", None) or getattr(point, "count", 0) for point in points)
    return found
