"""The sign of life of a watcher: one that is gone is missed, one that has ended in order or never was is not."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from mailhelper_core import HealthItem, MailHelper
from mailhelper_core.errors import MailHelperError
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import watchers
from mailhelper_core.watch.sign import Sign
from tests.contract.watch.conftest import until, watching

_DAY = 86_400


def test_a_watcher_that_never_was_is_not_missed(helper: MailHelper) -> None:
    assert _found(helper) is None
    assert helper.health().ok
    assert "watcher_silent_seconds" not in {one.name for one in helper.admin.metrics()}


def test_a_watcher_gives_signs_while_it_listens_and_none_is_left_at_its_end(helper: MailHelper) -> None:
    with watching(helper):
        until(lambda: _found(helper))
        _silent(helper, 1000)
        until(lambda: (item := _found(helper)) is not None and item.ok)  # the next sign makes it good

    assert _found(helper) is None
    assert _hosts(helper) == []


def test_a_watcher_that_was_killed_is_missed_for_a_week(helper: MailHelper) -> None:
    Sign(helper.jobs.store, "web1").give()
    _silent(helper, 110)
    assert (item := _found(helper)) is not None
    assert item.ok

    _silent(helper, 190)
    assert (item := _found(helper)) is not None
    assert (item.ok, helper.health().ok) == (False, False)
    assert item.found == "the last one, on web1, gave no sign for 300 s"
    (gauge,) = (one.value for one in helper.admin.metrics() if one.name == "watcher_silent_seconds")
    assert 300 <= gauge < 360
    assert "mailhelper watch" in item.advice

    _silent(helper, 7 * _DAY)
    assert _found(helper) is None


def test_a_watcher_of_another_host_stands_in_for_one_that_was_killed(helper: MailHelper) -> None:
    store = helper.jobs.store
    Sign(store, "web1").give()
    _silent(helper, 300)
    with Sign(store, "web2") as second:
        second.give()
        assert (item := _found(helper)) is not None
        assert (item.ok, item.found) == (True, "listens on web2")

    assert _found(helper) is None


def test_the_end_of_a_watcher_takes_back_no_sign_of_another_that_is_alive(helper: MailHelper) -> None:
    store = helper.jobs.store
    Sign(store, "web1").give()
    with Sign(store, "web2") as second:
        second.give()

    assert _hosts(helper) == ["web1"]


@pytest.mark.parametrize(("error", "left"), [(ValueError, 1), (KeyboardInterrupt, 0)])
def test_a_watcher_that_fails_is_missed_and_one_that_is_interrupted_is_not(
    helper: MailHelper, error: type[BaseException], left: int
) -> None:
    with pytest.raises(error):
        helper.watch(_second_time(error))

    assert len(_hosts(helper)) == left


def test_a_database_that_is_away_ends_no_watch(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise MailHelperError(code="database_away", transient=True)

    monkeypatch.setattr(watchers, "sign", away)
    with caplog.at_level(logging.WARNING, "mailhelper.watch"), watching(helper):
        until(lambda: len(caplog.records) > 1)

    assert {record.getMessage() for record in caplog.records} == {
        "the watcher's sign of life cannot be written: database_away"
    }


def _found(helper: MailHelper) -> HealthItem | None:
    return next((item for item in helper.health().items if item.name == "watcher"), None)


def _second_time(error: type[BaseException]) -> Callable[[], bool]:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(False)
        if len(asked) > 1:
            raise error
        return False

    return stop


def _silent(helper: MailHelper, seconds: int) -> None:
    """Let all signs be older."""
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.watchers).values(seen_at=t.watchers.c.seen_at - seconds * 1_000_000))


def _hosts(helper: MailHelper) -> list[str]:
    with helper.jobs.store.read() as connection:
        return list(connection.scalars(select(t.watchers.c.host).order_by(t.watchers.c.host)))
