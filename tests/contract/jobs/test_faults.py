"""Faults F70 to F99 as far as jobs meet them, on both databases: who dies, who sleeps, whose clock is wrong."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from mailhelper_core import (
    Account,
    BusyError,
    ConfigError,
    Job,
    MailHelper,
    OwnerServices,
    PluginError,
    ServerError,
)
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.jobs import service
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_claims
from mailhelper_core.store.work.job_claims import Claim
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper, add_account


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let transactions be repeated at once."""
    monkeypatch.setattr(service, "sleep", lambda seconds: None)


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
        broken.setattr(job_claims, "_served", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
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


def test_f76_a_provider_that_hangs_is_named_in_the_row_while_it_does(make_helper: MakeHelper) -> None:
    helper, elsewhere = make_helper(lease_seconds=0.4), make_helper()
    seen: list[str] = []

    def hangs() -> None:
        for _ in range(50):
            threading.Event().wait(0.05)
            seen.append(elsewhere.for_owner("ada").jobs.list()[0].item)
            if seen[-1]:
                return

    helper.jobs.works = {"process": lambda one: Dispatcher().call("acme", "model", hangs) or {}}
    helper.for_owner("ada").jobs.submit("process")
    helper.jobs.run()

    assert seen[-1] == "acme/model"


def test_f76_a_provider_that_kills_its_worker_is_left_out_the_fourth_time(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    refused: list[str] = []

    def kill() -> None:
        called.append(1)
        monkeypatch.setattr(job_claims, "beat", lambda *_, **__: False)  # the dead write nothing
        raise KeyboardInterrupt

    def work(one: Slice) -> Counts:
        try:
            Dispatcher().call("acme", "model", kill)
        except PluginError as exc:
            refused.append(exc.code)
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    for _ in range(3):
        one = claim(helper)
        hand = service.Hand(helper.jobs.store, one, helper.jobs.settings, lambda: False)
        with pytest.raises(KeyboardInterrupt):
            helper.jobs._call(one, hand)
        monkeypatch.undo()
        expire(helper)
        helper.jobs.tick()

    done = finish(helper)

    assert len(called) == 3
    assert refused == ["paused"]
    assert done is not None
    assert (done.id, done.state, done.skipped) == (job.id, "done", ("acme/model",))


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


def test_f79_two_ticks_at_once_ring_for_a_job_once(make_helper: MakeHelper) -> None:
    rung: list[int] = []

    class Ears:
        def start(self, jobs: object) -> None:
            pass

        def ring(self, jobs: object, bells: list[object]) -> None:
            rung.append(len(bells))

        def stop(self) -> None:
            pass

    make_helper().for_owner("ada").jobs.submit("process")
    helpers = [make_helper(Ears()) for _ in range(4)]  # type: ignore[arg-type]
    with helpers[0].jobs.store.begin() as connection:
        connection.execute(update(t.jobs).values(rung_at=0))

    threads = [threading.Thread(target=one.jobs.tick) for one in helpers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(rung) == 1


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


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F87"),
        pytest.param(BusyError(code="deadlock"), id="F88"),
        pytest.param(BusyError(code="database_locked"), id="F89"),
        pytest.param(ConfigError(code="disk_full", transient=True), id="F90"),
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F92"),
    ],
)
def test_f87_to_f92_a_database_that_fails_costs_no_attempt(
    helper: MailHelper, ada: OwnerServices, error: ConfigError
) -> None:
    failing = [True] * 5

    def work(one: Slice) -> Counts:
        if failing:
            failing.pop()
            raise type(error)(code=error.code, transient=True, retry_after=0.0)
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    states = [found.state if (found := helper.jobs.run()) else "" for _ in range(6)]

    assert states == ["queued"] * 5 + ["done"]
    assert ada.jobs.get(job.id).attempts == 0


def test_f88_a_claim_that_met_a_deadlock_is_repeated(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    real, failures = job_claims.claim, [1, 2, 3]

    def claim_after_deadlocks(*args: object, **named: object) -> object:
        if failures:
            failures.pop()
            raise BusyError(code="deadlock")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(job_claims, "claim", claim_after_deadlocks)
    done = helper.jobs.run()

    assert done is not None
    assert done.state == "done"


def test_f91_a_database_that_cannot_be_written_fails_the_job_with_its_code(
    helper: MailHelper, ada: OwnerServices
) -> None:
    helper.jobs.works = {"process": lambda one: (_ for _ in ()).throw(ConfigError(code="read_only"))}
    ada.jobs.submit("process")

    done = helper.jobs.run()

    assert done is not None
    assert (done.state, done.error_code) == ("failed", "read_only")


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


def test_an_account_that_was_taken_out_of_circulation_is_not_polled_into_it_again(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    job = ada.jobs.submit("run", account_id=account.id)
    with helper.jobs.store.begin() as connection:
        now = helper.jobs.store.now()
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(state="quarantined", finished_at=now))

    assert helper.jobs.poll() == 0
    assert [one.id for one in helper.jobs.stuck()] == [job.id]


def test_a_poll_without_news_writes_no_job_and_one_with_news_does(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer, clock: Clock
) -> None:
    ada.run(account.id)
    clock.advance(400.0)
    quiet = helper.jobs.poll(), ada.jobs.list().items
    server.store.user("ada").mailbox("INBOX").append(b"From: e@example.org\r\nSubject: new\r\n\r\nx\r\n")
    clock.advance(400.0)

    looked = helper.jobs.poll()
    done = helper.jobs.run()

    assert quiet == (1, ())
    assert looked == 1
    assert done is not None
    assert (done.kind, done.state) == ("run", "done")
    assert ada.count("") == MAILS + 1


def test_what_waits_for_the_server_is_delivered_by_a_tick(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    ada.run(account.id)
    ada.messages.move([ada.search("in:inbox", limit=1)[0].id], "Moved")

    report = helper.jobs.tick()
    done = helper.jobs.run()

    assert report.submitted == 1
    assert done is not None
    assert (done.kind, dict(done.result)["delivered"]) == ("deliver", 1)
    assert helper.jobs.tick().submitted == 0


def test_a_job_that_ended_long_ago_is_erased(helper: MailHelper, ada: OwnerServices, clock: Clock) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    helper.jobs.run()
    clock.advance(31 * 86_400.0)

    assert helper.jobs.tick().erased == 1
    assert ada.jobs.list().items == ()


def test_maintenance_is_asked_for_once_a_day(
    helper: MailHelper, ada: OwnerServices, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(ada, "one")
    helper.jobs.draw = lambda: 0.0

    asked = [helper.jobs.tick().submitted, helper.jobs.tick().submitted]
    done = helper.jobs.run()
    clock.advance(86_401.0)

    assert asked == [1, 0]
    assert done is not None
    assert (done.kind, done.state) == ("maintenance", "done")
    assert helper.jobs.tick().submitted == 1


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
