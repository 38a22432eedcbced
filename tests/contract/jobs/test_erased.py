"""An owner who was erased stays so, whatever a worker or a tick has still in hand; on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.jobs import service
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.work import job_rounds
from tests.contract.jobs.conftest import MakeHelper
from tests.contract.jobs.test_faults import claim, expire

pytestmark = pytest.mark.usefixtures("no_waits")


def owners(helper: MailHelper) -> list[str]:
    """Answer whose rows there are."""
    with helper.jobs.store.read() as connection:
        return list(connection.scalars(select(t.owners.c.key)))


def test_a_worker_that_slept_past_its_lease_does_not_bring_its_owner_back(
    helper: MailHelper, ada: OwnerServices, make_helper: MakeHelper
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    one = claim(helper)
    hand = service.Hand(helper.jobs.store, one, helper.jobs.settings, lambda: False)
    expire(helper)
    make_helper().for_owner("ada").erase()
    helper.jobs.store.forget_owner("ada")  # it is remembered for a minute

    helper.jobs._end(one, hand, {}, None)

    assert owners(helper) == []


def test_a_row_that_a_tick_has_read_before_does_not_either(
    helper: MailHelper, ada: OwnerServices, make_helper: MakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    claim(helper)
    expire(helper)
    reap = job_rounds._reap

    def late(*given: object) -> bool:
        make_helper().for_owner("ada").erase()
        helper.jobs.store.forget_owner("ada")
        return reap(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(job_rounds, "_reap", late)

    assert helper.jobs.tick().reaped == 0
    assert owners(helper) == []


@pytest.mark.parametrize("who", [
    (job_rounds, "unmaintained", lambda *_: ["ada"]),
    (schedules, "owners_due", lambda *_: ["ada"]),
    (job_rounds, "old_enough", lambda *_: [("ada", None)]),
], ids=["maintenance", "schedule", "waits"])  # fmt: skip
def test_what_a_tick_asks_for_does_not_either(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch, who: tuple[object, str, Callable[..., object]]
) -> None:
    monkeypatch.setattr(*who)  # read before the owner was erased
    helper.jobs.draw = lambda: 0.0

    assert helper.jobs.tick().submitted == 0
    assert owners(helper) == []
