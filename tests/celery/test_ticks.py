"""Ticks count on hosts whose clocks differ by half a minute, do not pile up, and are done once where many come."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from celery.worker.request import Request
from kombu import Connection

from mailhelper_celery import install
from mailhelper_celery.process import WorkerProcess
from mailhelper_core import TickReport
from tests.celery.apps import new_app, no_helper


@pytest.mark.parametrize(
    ("ahead", "is_dropped"),
    [(0, False), (5.5, False), (30, False), (-30, False), (60, True), (3600, True)],
)
def test_a_tick_counts_where_clocks_differ_by_half_a_minute_and_a_stale_one_does_not(
    ahead: float, is_dropped: bool
) -> None:
    app = new_app()
    install(app, no_helper)
    app.finalize()
    beats = datetime.now(UTC) - timedelta(seconds=ahead)

    assert _dropped(app, _sent_by_beat(app, beats)) == is_dropped


def test_of_ticks_that_come_at_once_a_worker_does_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ticked: list[float] = []

    def note() -> TickReport:
        ticked.append(now[0])
        return TickReport()

    now = [1000.0]
    helper: Any = SimpleNamespace(
        jobs=SimpleNamespace(runner=None, tick=note),
        admin=SimpleNamespace(account_states=dict),
        ready=lambda: SimpleNamespace(items=()),
        close=lambda: None,
    )
    monkeypatch.setattr("mailhelper_celery.process.monotonic", lambda: now[0])
    app = new_app()
    install(app, lambda: helper)
    tick = app.tasks["mailhelper.tick"]

    for now[0] in (1000.0, 1000.1, 1000.2, 1005.0, 1005.1, 1010.0):
        tick()

    assert ticked == [1000.0, 1005.0, 1010.0]


def test_a_clock_that_was_set_back_stops_no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("mailhelper_celery.process.monotonic", lambda: now[0])
    process = WorkerProcess(no_helper, install(new_app(), no_helper).runner)

    assert process.is_first_tick_in(0.5)
    now[0] = 10.0
    assert process.is_first_tick_in(0.5)


def _sent_by_beat(app: Celery[Any], now: datetime) -> Any:
    """Make a tick's message as a beat does whose clock shows `now`, and take it from a broker as a worker does."""
    options = app.conf.beat_schedule["mailhelper.tick"]["options"]
    made: Any = app.amqp.as_task_v2("1", "mailhelper.tick", (), {}, expires=options["expires"], now=now)
    with Connection("memory://") as connection, closing(connection.SimpleQueue("ticks")) as queue:
        queue.put(made.body, headers=made.headers)
        return queue.get(timeout=5)


def _dropped(app: Celery[Any], message: Any) -> bool:
    """Say whether Celery's worker, whose clock is this machine's, drops it."""
    return bool(Request(message, app=app).maybe_expire())
