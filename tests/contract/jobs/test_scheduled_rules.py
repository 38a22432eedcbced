"""A rule with a schedule wakes by itself: the tick asks for one job when its time has come."""

from __future__ import annotations

from sqlalchemy import func, select, update

from mailhelper_core import Account, MailHelper, OwnerServices, Rule
from mailhelper_core.store import tables as t
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper

HOUR, DAY = 3_600, 86_400
NIGHTLY = Rule("nightly", "", [("tag", "seen")], schedule="daily 02:00")
LANE = {"apply_rules"}


def work(helper: MailHelper) -> int:
    """Tick and let the rules act until nothing is due; answer how many slices it took."""
    helper.jobs.tick()
    count = 0
    while helper.jobs.run(kinds=LANE):
        count += 1
    return count


def test_the_tick_asks_once_for_each_time_and_once_for_those_that_were_missed(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.rules.save(NIGHTLY)
    ada.run(account.id)
    asleep = work(helper)

    clock.advance(DAY)
    for _ in range(5):
        helper.jobs.tick()
    queued = [job.kind for job in ada.jobs.list(state="queued")]
    awake = work(helper)
    clock.advance(10 * DAY)

    assert (asleep, queued, awake) == (0, ["apply_rules"], 1)
    assert ada.count("tag:seen") == MAILS
    assert work(helper) == 1
    assert work(helper) == 0


def test_a_job_that_ends_badly_is_not_asked_for_again_before_the_next_time(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.rules.save(NIGHTLY)
    ada.run(account.id)
    clock.advance(DAY)
    helper.jobs.tick()
    (job,) = ada.jobs.list(state="queued")

    ada.jobs.cancel(job.id)
    after_cancelling = work(helper)
    clock.advance(DAY)

    assert (after_cancelling, ada.count("tag:seen")) == (0, 0)
    assert work(helper) == 1
    assert ada.count("tag:seen") == MAILS


def test_a_long_one_goes_on_in_slices_and_counts_all(
    make_helper: MakeHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.run(account.id)
    ada.rules.save(NIGHTLY)
    helper = make_helper(job_slice_seconds=0.0, commit_batch_messages=5)
    clock.advance(DAY)

    slices = work(helper)

    (job,) = [one for one in ada.jobs.list() if one.kind == "apply_rules"]
    assert (job.state, dict(job.result)["hits"]) == ("done", MAILS)
    assert slices > 2
    assert ada.count("tag:seen") == MAILS
    assert helper.jobs.tick().submitted == 0


def test_who_asks_without_an_account_need_not_wait_for_the_tick(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.run(account.id)
    ada.rules.save(Rule("hourly", "", [("tag", "seen")], schedule="hourly"))
    clock.advance(HOUR)

    ada.jobs.submit("apply_rules", account_id=account.id)
    helper.jobs.run(kinds=LANE)
    of_account = ada.count("tag:seen")
    ada.jobs.submit("apply_rules")
    helper.jobs.run(kinds=LANE)

    assert (of_account, ada.count("tag:seen")) == (0, MAILS)


def test_a_rule_that_is_asked_for_acts_in_slices_and_not_once_its_job_is_cancelled(
    make_helper: MakeHelper, ada: OwnerServices, account: Account
) -> None:
    ada.run(account.id)
    for name in ("first", "second"):
        ada.rules.save(Rule(name, "", [("tag", name)]))
    helper = make_helper(job_slice_seconds=0.0, commit_batch_messages=5)

    ada.rules.request("first")
    ada.jobs.cancel(ada.jobs.submit("apply_rules").id)
    ada.rules.request("second")
    job = ada.jobs.submit("apply_rules")
    slices = work(helper)

    assert slices > 2
    assert dict(ada.jobs.get(job.id).result)["hits"] == MAILS
    assert (ada.count("tag:first"), ada.count("tag:second")) == (0, MAILS)


def test_a_running_job_that_is_cancelled_asks_no_longer_either(
    make_helper: MakeHelper, ada: OwnerServices, account: Account
) -> None:
    ada.run(account.id)
    ada.rules.save(Rule("first", "", [("tag", "first")]))
    helper = make_helper(job_slice_seconds=0.0, commit_batch_messages=5)
    ada.rules.request("first")
    job = ada.jobs.submit("apply_rules")
    helper.jobs.run(kinds=LANE)

    ada.jobs.cancel(job.id)
    ada.jobs.submit("apply_rules")
    work(helper)

    assert 0 < ada.count("tag:first") < MAILS
    assert ada.jobs.get(job.id).state == "cancelled"


def test_a_schedule_that_cannot_be_read_stops_nobody_elses_jobs(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    eve = helper.for_owner("eve")
    for one in (ada, eve):
        one.rules.save(NIGHTLY)
    clock.advance(DAY)
    with helper.jobs.store.begin() as connection:
        first = select(func.min(t.rules.c.id)).scalar_subquery()
        connection.execute(update(t.rules).where(t.rules.c.id == first).values(schedule="now and then"))

    report = helper.jobs.tick()

    assert report.submitted >= 1
    assert [len(one.jobs.list(state="queued")) for one in (ada, eve)] == [0, 1]


def test_a_job_in_slices_throws_no_more_away_than_the_plan_said(
    make_helper: MakeHelper, ada: OwnerServices, account: Account
) -> None:
    ada.run(account.id)
    helper = make_helper(job_slice_seconds=0.0, commit_batch_messages=2, destructive_cap=3)
    mine = helper.for_owner("ada")
    mine.rules.save(Rule("tidy", "in:inbox", ["discard"]))
    plan, trashed = mine.rules.plan(only="tidy"), mine.count("in:trash")

    mine.rules.request("tidy")
    job = mine.jobs.submit("apply_rules")
    slices = work(helper)

    result = dict(mine.jobs.get(job.id).result)
    assert slices > 2
    assert (len(plan.hits), plan.capped > 0) == (3, True)
    assert (result["hits"], result["capped"], mine.count("in:trash")) == (3, plan.capped, trashed + 3)
    assert len([one for one in mine.changes(limit=50) if one.kind == "rules"]) == 1
