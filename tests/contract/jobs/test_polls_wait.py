"""Polls and jobs share the workers: however much work waits, the mail of others is looked for."""

from __future__ import annotations

import threading

from mailhelper_core import MailHelper
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store.lease import Lease
from tests.contract.jobs.conftest import Clock, MakeHelper, add_account


def never_done(one: Slice) -> Counts:
    while not one.is_over():
        threading.Event().wait(0.01)
    return {}


def looks_of(helper: MailHelper) -> list[int]:
    """Answer the accounts that are polled from now on."""
    looked: list[int] = []

    def look(owner: str, account_id: int, lease: Lease) -> bool:
        looked.append(account_id)
        return False

    helper.jobs.look = look
    return looked


def test_an_account_is_polled_though_there_is_always_a_job_to_do(make_helper: MakeHelper, clock: Clock) -> None:
    helper = make_helper(job_slice_seconds=0.0)
    looked = looks_of(helper)
    helper.jobs.works = {"sync": never_done, "process": never_done}
    waits = add_account(helper.for_owner("eve"), "eve")
    helper.for_owner("ada").jobs.submit("process")

    for _ in range(5):
        clock.advance(60.0)
        helper.jobs.run()

    assert looked == [waits]


def test_polls_take_no_more_than_their_turn(make_helper: MakeHelper, clock: Clock) -> None:
    helper = make_helper(job_slice_seconds=0.0)
    looked = looks_of(helper)
    helper.jobs.works = {"sync": never_done, "process": never_done}
    add_account(helper.for_owner("eve"), "eve")
    helper.for_owner("ada").jobs.submit("process")

    clock.advance(60.0)
    first = helper.jobs.run()
    add_account(helper.for_owner("eve"), "eve's other")
    clock.advance(60.0)
    second = helper.jobs.run()

    assert first is not None
    assert second is not None
    assert (first.owner, second.owner, len(looked)) == ("ada", "ada", 1)
