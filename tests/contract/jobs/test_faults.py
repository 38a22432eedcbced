"""Faults F70 to F93 as far as workers meet them, on both databases: who dies, who sleeps, whose clock is wrong."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import update

from mailhelper_core import Account, BusyError, Job, MailHelper, OwnerServices, ServerError
from mailhelper_core.jobs import service
from mailhelper_core.jobs.asleep import Asleep, seconds_asleep
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_claims, job_turns
from mailhelper_core.store.work.job_claims import Claim
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper

pytestmark = pytest.mark.usefixtures("no_waits")


def claim(helper: MailHelper) -> Claim:
    """Claim the next job as a worker does that then says nothing more."""
    found = helper.jobs._claim(None, helper.jobs.works.keys())
    assert found is not None
    return found


def expire(helper: MailHelper) -> None:
    """Let the leases of dead workers run out."""
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.leases).values(expires_at=1))


def finish(helper: MailHelper) -> Job | None:
    """Look after jobs and work for a slice."""
    helper.jobs.tick()
    return helper.jobs.run()


def test_f70_a_worker_killed_before_its_claim_leaves_the_job_to_others(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    with monkeypatch.context() as broken:
        broken.setattr(job_turns, "served", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            helper.jobs.run()

    assert (ada.jobs.get(job.id).state, ada.jobs.get(job.id).attempts) == ("queued", 0)
    done = helper.jobs.run()
    assert done is not None
    assert done.state == "done"


def test_f71_a_worker_killed_after_its_claim_is_followed_by_another(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {"steps": 1}}
    job = ada.jobs.submit("process")
    claim(helper)

    early = helper.jobs.tick().reaped
    expire(helper)
    done = finish(helper)

    assert early == 0
    assert done is not None
    assert (done.id, done.state, dict(done.result)) == (job.id, "done", {"steps": 1})


def test_who_works_takes_back_what_is_abandoned_though_no_tick_comes(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    claim(helper)
    expire(helper)

    helper.jobs.reaped_at = 0.0
    done = helper.jobs.run()

    assert done is not None
    assert (done.id, done.state) == (job.id, "done")


@pytest.mark.parametrize("batches", [0, 1, 2], ids=["F72-F73 mid-fetch", "F74 between batches", "F75 after commit"])
def test_f72_to_f75_a_sync_that_dies_anywhere_is_finished_without_loss_or_double(
    make_helper: MakeHelper, server: ImapServer, batches: int
) -> None:
    helper = make_helper(commit_batch_messages=5)
    ada = helper.for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    real = helper.jobs.works["sync"]

    def dies(one: Slice) -> Counts:
        seen: list[Progress] = []

        def progress(step: Progress) -> None:
            seen.append(step)
            if len(seen) > batches:
                raise KeyboardInterrupt

        return real(Slice(one.owner, one.account_id, one.lease, "", progress, one.is_over, one.mark))

    helper.jobs.works = {"sync": dies}
    ada.jobs.submit("sync", account_id=account.id)
    with pytest.raises(KeyboardInterrupt):
        helper.jobs.run()
    helper.jobs.works = {"sync": real}
    done = helper.jobs.run()

    assert done is not None
    assert done.state == "done"
    assert ada.count("") == MAILS


def test_f77_a_delivery_that_dies_after_the_servers_answer_is_not_repeated(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    ada.run(account.id)
    message = ada.search("in:inbox", limit=1)[0]
    ada.messages.move([message.id], "Moved")
    ada.jobs.submit("deliver", account_id=account.id)
    one = claim(helper)
    helper.jobs._call(one, service.Hand(helper.jobs.store, one, helper.jobs.settings, lambda: False))
    expire(helper)

    done = finish(helper)
    ada.sync(account.id)

    assert done is not None
    assert done.state == "done"
    assert len(server.store.user("ada").mailbox("Moved").uids) == 1
    assert ada.count("") == MAILS


def test_f85_a_worker_that_slept_past_its_lease_writes_nothing(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {"steps": 1}}
    job = ada.jobs.submit("process")
    sleeper = claim(helper)
    expire(helper)
    helper.jobs.tick()
    second = claim(helper)

    hand = service.Hand(helper.jobs.store, sleeper, helper.jobs.settings, lambda: False)
    helper.jobs._end(sleeper, hand, {"steps": 99}, None)
    with pytest.raises(BusyError):
        job_claims.beat(helper.jobs.store, sleeper, None, item="", cursor="", is_ahead=False, result={})

    found = ada.jobs.get(job.id)
    assert (found.state, dict(found.result), second.number) == ("running", {}, sleeper.number + 1)


def test_a_machine_that_was_suspended_is_no_crash_of_what_goes_on_there(helper: MailHelper, ada: OwnerServices) -> None:
    slept, now = [0.0], [100.0]
    helper.jobs.asleep = Asleep(lambda: slept[0], lambda: now[0])
    helper.jobs.works = {"process": lambda one: {"steps": 1}}
    job = ada.jobs.submit("process")
    sleeper, waits = claim(helper), ada.jobs.submit("process")
    expire(helper)
    slept[0] += 3_600.0

    told = (helper.jobs.tick().reaped, helper.jobs.run())
    hand = service.Hand(helper.jobs.store, sleeper, helper.jobs.settings, lambda: False)
    helper.jobs._end(sleeper, hand, {"steps": 1}, None)

    assert (told, ada.jobs.get(job.id).state) == ((0, None), "done")
    now[0] += helper.jobs.settings.lease_seconds
    claim(helper)
    expire(helper)
    assert (helper.jobs.tick().reaped, ada.jobs.get(waits.id).state) == (1, "queued")


def test_how_long_this_machine_was_suspended_is_known_here() -> None:
    assert 0.0 <= seconds_asleep() < time.time()
    assert not Asleep().has_just_ended(60.0)


@pytest.mark.parametrize("tries", [1, 2, 5])
def test_a_host_says_how_often_a_job_is_tried(make_helper: MakeHelper, tries: int) -> None:
    helper = make_helper(job_tries=tries)
    ada = helper.for_owner("ada")
    began: list[Slice] = []

    def work(one: Slice) -> Counts:
        began.append(one)
        raise KeyError("x")

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    while helper.jobs.run():
        pass

    assert (len(began), ada.jobs.get(job.id).state) == (tries, "quarantined")


@pytest.mark.parametrize("seconds", [3_600.0, -3_600.0, 400_000.0, -31_536_000.0])
def test_f93_a_clock_that_jumps_stops_no_job_for_long(make_helper: MakeHelper, clock: Clock, seconds: float) -> None:
    helper = make_helper(job_retry_seconds=60.0)
    ada = helper.for_owner("ada")
    failures = [True]

    def work(one: Slice) -> Counts:
        if failures:
            failures.pop()
            clock.advance(max(seconds, 0.0))
            raise ServerError(code="refused")
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    helper.jobs.run()
    clock.advance(min(seconds, 0.0) if seconds < 0 else -seconds)
    for _ in range(4):
        helper.jobs.tick()
        helper.jobs.run()
        clock.advance(50.0)

    assert ada.jobs.get(job.id).state == "done"


def test_a_server_that_is_away_keeps_its_account_waiting_and_nobody_else(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    server.stop()
    sync = ada.jobs.submit("sync", account_id=account.id)
    first = helper.jobs.run()
    ada.jobs.submit("index", account_id=account.id)
    second, third = helper.jobs.run(), helper.jobs.run()

    assert first is not None
    assert (first.id, first.state, first.attempts) == (sync.id, "queued", 0)
    assert ada.accounts.get(account.id).state == "unreachable"
    assert second is not None
    assert (second.kind, second.state) == ("index", "done")
    assert third is None


def test_a_job_that_would_wait_beside_its_twin_leaves_the_work_to_that(helper: MailHelper, ada: OwnerServices) -> None:
    def work(one: Slice) -> Counts:
        ada.jobs.submit("process")
        raise KeyError("x")

    helper.jobs.works = {"process": work}
    first = ada.jobs.submit("process")
    helper.jobs.run()
    (second,) = ada.jobs.list(state="queued")

    assert (ada.jobs.get(first.id).state, ada.jobs.get(first.id).error_code) == ("failed", "unexpected")
    assert (second.id != first.id, second.attempts) == (True, 1)
