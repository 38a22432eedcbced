"""A journey is measured."""

from __future__ import annotations

from pathlib import Path

import mailhelper_otel as plugin
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from mailhelper_core import Rule
from mailhelper_core.testing import Environment, MailboxGenerator, check_plugin

EACH_MAIL = (
    "mailhelper.messages.stored",
    "mailhelper.messages.processed",
    "mailhelper.rules.matched",
    "mailhelper.operations.delivered",
)


def test_a_journey_is_measured(tmp_path: Path) -> None:
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    check_plugin(plugin)
    before = _totals(reader)
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        MailboxGenerator(seed=5).fill(env.server.store.user("ada"), count=10)

        env.ada.rules.save(Rule("mark", when="", then=[("addflag", "marked")]))

        env.helper.jobs.run(env.ada.jobs.submit("run", account_id=env.account.id).id)

        after, mails = _totals(reader), env.ada.count("")
        more = {name: after[name] - before.get(name, 0) for name in after}
        assert mails == 10
        assert {name: more[name] for name in EACH_MAIL} == dict.fromkeys(EACH_MAIL, mails)
        assert more["mailhelper.jobs.duration"] == 1
        assert more["mailhelper.job_slices"] >= 1


def _totals(reader: InMemoryMetricReader) -> dict[str, float]:
    data = reader.get_metrics_data()
    found: dict[str, float] = {}
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            for one in scope.metrics:
                points = one.data.data_points
                found[one.name] = sum(getattr(point, "value", None) or getattr(point, "count", 0) for point in points)
    return found
