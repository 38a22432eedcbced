"""Processes with other plugins on the same database are named by `check`."""

from __future__ import annotations

from mailhelper_core import HealthItem
from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import Start, plugin


def _item(env: Environment) -> HealthItem:
    return next(item for item in env.helper.check().items if item.name == "plugin sets")


def test_a_worker_with_other_plugins_is_named(start: Start) -> None:
    worker = start(plugin("shop"))
    worker.helper.jobs.run(worker.ada.jobs.submit("train").id)

    same, other = start(plugin("shop")), start()

    assert _item(same).ok
    assert not _item(other).ok
    assert "another process has shop" in _item(other).advice
