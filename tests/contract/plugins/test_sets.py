"""Processes with other plugins on the same database are named by `check`, while they are there."""

from __future__ import annotations

from datetime import timedelta

from mailhelper_core import HealthItem
from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import Start, plugin


def _item(env: Environment) -> HealthItem:
    return next(item for item in env.helper.check().items if item.name == "plugin sets")


def _work(env: Environment) -> None:
    env.helper.jobs.run(env.ada.jobs.submit("train").id)


def test_a_worker_with_other_plugins_is_named_by_what_differs(start: Start) -> None:
    worker = start(plugin("shop"), plugin("till"))
    _work(worker)

    same, other = start(plugin("shop"), plugin("till")), start(plugin("shop"), plugin("ledger"))

    assert _item(same).ok
    assert not _item(other).ok
    assert "another process has till, this one ledger" in _item(other).advice


def test_a_worker_that_ended_counts_no_more(start: Start) -> None:
    before, after = start(plugin("shop")), start()
    _work(before)
    before.helper.close()

    assert _item(after).ok


def test_a_worker_that_was_killed_counts_a_quarter_of_an_hour(start: Start) -> None:
    before, after = start(plugin("shop")), start()
    _work(before)

    after.clock.advance(timedelta(minutes=14).total_seconds())
    soon = _item(after)
    after.clock.advance(timedelta(minutes=2).total_seconds())

    assert (soon.ok, _item(after).ok) == (False, True)
