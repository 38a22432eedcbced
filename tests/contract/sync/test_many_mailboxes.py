"""An account with many mailboxes on a server that does not tell their states with the listing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.sync import run, survey
from mailhelper_core.testing import Answer, Fault
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.contract.sync.test_breaking_mailboxes import break_at, codes
from tests.unit.sync.world import fill

NAMES = [f"List {number:02}" for number in range(survey.MANY + 5)]


@pytest.fixture
def many(world: ServerWorld) -> ServerWorld:
    """Let each of many mailboxes hold a message."""
    for number, name in enumerate(NAMES):
        fill(world.user.create(name), [number])
    return world


def test_all_of_them_are_synced(many: ServerWorld) -> None:
    assert many.sync().new == len(NAMES)
    assert_converged(many)


def test_one_that_refuses_keeps_nothing_from_the_others(many: ServerWorld) -> None:
    refusal = Answer("NO", "Broken", "SERVERBUG")
    many.server.faults.add(*(Fault(one, refusal, times=None, having=NAMES[3]) for one in ("STATUS", "EXAMINE")))

    report = many.sync()

    assert report.new == len(NAMES) - 1
    assert len(report.errors) == 1


def test_where_the_connection_breaks_the_next_sync_comes_to_that_one_last(many: ServerWorld) -> None:
    break_at(many.server, NAMES[3])
    with pytest.raises(ServerError):
        many.sync()
    many.account = replace(many.account, failures=1)  # as the caller counts them

    report = many.sync()

    assert len(many.placed()) == len(NAMES) - 1
    assert codes(report) == ["breaks_connection"]


def test_where_it_breaks_at_another_each_is_asked_alone_until_it_is_known_at_which(many: ServerWorld) -> None:
    refusal = Answer("NO", "Broken", "SERVERBUG")
    many.server.faults.add(*(Fault("STATUS", refusal, times=None, having=name) for name in NAMES[1:3]))
    break_at(many.server, NAMES[3])
    for failures in range(survey.FAILURES + 1):
        many.account = replace(many.account, failures=failures)
        with suppress(ServerError):  # it is known sooner where the listing told all states
            many.sync()

    report = many.sync()

    assert "breaks_connection" in codes(report)
    assert len(many.placed()) >= len(NAMES) - 3


def test_the_lease_lasts_while_they_are_looked_at_one_by_one(
    many: ServerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.sync()
    many.account = replace(many.account, failures=survey.FAILURES)  # so none is asked for with others
    renewed: list[Lease] = []

    def renew(_store: Store, lease: Lease) -> None:
        renewed.append(lease)

    monkeypatch.setattr(run, "monotonic", count(10**9, 10).__next__)  # each look takes ten seconds
    monkeypatch.setattr(leases, "renew", renew)

    many.sync()

    assert len(renewed) >= len(NAMES)
