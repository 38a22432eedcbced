"""A host's transaction that asked for a job, or cancelled one, and stays open: nobody hangs. SQLite has one writer."""

from __future__ import annotations

from time import monotonic, sleep

import pytest
from sqlalchemy import Connection, text

from mailhelper_core import Account, BusyError, InvalidError, Job, MailHelper, OwnerServices, Progress, Rule
from mailhelper_core.jobs import owner
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store.work import job_claims, job_ends, job_rounds, polls
from mailhelper_core.store.work.job_claims import Claim
from tests.contract.jobs.conftest import MakeHelper, add_account

pytestmark = pytest.mark.servers
PROMPT_SECONDS = 5.0
LEASE_SECONDS = 1.0


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone."""
    return postgres_database


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who asks, and who ends a job, wait for a moment only."""
    monkeypatch.setattr(owner, "SUBMIT_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(job_claims, "END_WAIT_SECONDS", 0.2)


def test_a_tick_passes_over_what_the_host_has_asked_for_and_not_committed(
    helper: MailHelper, ada: OwnerServices, account: Account, host: Connection
) -> None:
    ada.run(account.id)
    ada.messages.add_keyword([message.id for message in ada.search("")][:1], "x")
    job = helper.for_owner("bob").jobs.submit("process")
    asked = helper.for_owner("ada", connection=host).jobs.submit("deliver", account_id=account.id)
    helper.for_owner("ada", connection=host).jobs.submit("maintenance")
    helper.jobs.draw = lambda: 0.0  # upkeep is looked for too

    begun = monotonic()
    report = helper.jobs.tick()

    assert monotonic() - begun < PROMPT_SECONDS
    assert report.submitted == 1  # bob's maintenance
    assert helper.jobs.run(job.id, exactly=True) is not None
    host.commit()
    assert helper.jobs.tick().submitted == 0
    assert [one.id for one in ada.jobs.list(account_id=account.id, state="queued")] == [asked.id]


@pytest.mark.usefixtures("impatient")
def test_who_asks_for_the_same_is_told_that_somebody_is_at_it(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    ada.tags.create("there")
    helper.for_owner("ada", connection=host).jobs.submit("process")

    begun = monotonic()
    with pytest.raises(BusyError) as caught:
        ada.jobs.submit("process")

    assert (caught.value.code, caught.value.transient) == ("row_locked", True)
    assert monotonic() - begun < PROMPT_SECONDS
    assert host.scalar(text("SHOW lock_timeout")) == "0"  # the host's own patience is left to it
    host.rollback()
    assert ada.jobs.submit("process").state == "queued"
    with helper.jobs.store.begin() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "0"  # nor does ours last beyond the transaction


@pytest.mark.usefixtures("impatient")
def test_a_worker_whose_job_the_host_asks_for_anew_goes_on_with_others(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    def work(one: Slice) -> Counts:
        if one.owner == "ada":
            asked.append(helper.for_owner("ada", connection=host).jobs.submit("process").id)
            raise BusyError
        return {}

    asked: list[int] = []
    helper.jobs.works = {"process": work}
    ada.jobs.submit("process")
    bob = helper.for_owner("bob").jobs.submit("process")

    begun = monotonic()
    helper.jobs.run()
    done = helper.jobs.run()

    assert monotonic() - begun < PROMPT_SECONDS
    assert done is not None
    assert (done.id, done.state) == (bob.id, "done")
    with helper.jobs.store.begin() as connection:  # the lease of the job whose end could not be written
        connection.execute(text("UPDATE mailhelper_leases SET expires_at = 1"))
    assert helper.jobs.tick().reaped == 0
    host.commit()
    assert helper.jobs.tick().reaped == 1
    assert [one.id for one in ada.jobs.list(state="queued")] == asked


@pytest.mark.usefixtures("impatient")
def test_a_running_job_that_the_host_cancels_keeps_its_lease_and_nobody_waits(
    make_helper: MakeHelper, host: Connection
) -> None:
    def work(one: Slice) -> Counts:
        if one.owner == "ada":
            make_helper().for_owner("ada", connection=host).jobs.cancel(running.id)
            sleep(3 * LEASE_SECONDS)
            others.append(other.jobs.run())
            others.append(other.jobs.run())
        return {}

    helper, other = make_helper(lease_seconds=LEASE_SECONDS), make_helper()
    helper.jobs.works = other.jobs.works = {"process": work, "apply_rules": work}
    others: list[Job | None] = []
    ada = helper.for_owner("ada")
    running = ada.jobs.submit("process")
    waiting = ada.jobs.submit("apply_rules")  # of the same lane
    bob = helper.for_owner("bob").jobs.submit("process")

    begun = monotonic()
    helper.jobs.run(running.id, exactly=True)

    assert monotonic() - begun < 3 * LEASE_SECONDS + PROMPT_SECONDS
    # Its lease was renewed all the time: of the same lane nothing was claimed.
    assert [one and (one.id, one.state) for one in others] == [(bob.id, "done"), None]
    assert helper.jobs.get(running.id).state == "running"  # its end could not be written
    host.commit()
    with helper.jobs.store.begin() as connection:
        connection.execute(text("UPDATE mailhelper_leases SET expires_at = 1"))
    assert helper.jobs.tick().reaped == 1
    assert helper.jobs.get(running.id).state == "cancelled"
    assert helper.jobs.get(waiting.id).state == "queued"


def test_a_job_that_the_host_is_answered_is_claimed_when_it_has_committed_what_it_asks_for(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    def work(one: Slice) -> Counts:
        seen.append((one.owner, [rule.name for rule in helper.for_owner(one.owner).rules.list()]))
        return {}

    helper.jobs.works = {"apply_rules": work}
    seen: list[tuple[str, list[str]]] = []
    queued = ada.jobs.submit("apply_rules")
    joined = helper.for_owner("ada", connection=host)
    joined.rules.save(Rule("new", when="larger:1", then=[("tag", "x")]))
    asked = joined.jobs.submit("apply_rules")
    helper.for_owner("bob").jobs.submit("apply_rules")

    assert asked.id == queued.id
    assert helper.jobs.run(asked.id, exactly=True) is None
    assert [helper.jobs.run() is not None, helper.jobs.run()] == [True, None]  # bob's alone
    host.commit()
    helper.jobs.run()

    assert seen == [("bob", []), ("ada", ["new"])]


def test_a_job_that_the_host_is_answered_can_still_be_cancelled(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    queued = ada.jobs.submit("process")
    helper.for_owner("ada", connection=host).jobs.submit("process")

    begun = monotonic()
    assert ada.jobs.submit("process").id == queued.id  # two may ask for the same
    assert ada.jobs.cancel(queued.id).state == "cancelled"
    assert monotonic() - begun < PROMPT_SECONDS


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("end", ["done", "failed", "quarantined"])
def test_a_job_that_ended_while_the_host_held_its_owner_is_not_done_again(
    make_helper: MakeHelper, host: Connection, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    def work(one: Slice) -> Counts:
        worked.append(one.owner)
        if end != "done":
            raise InvalidError("x", code="odd") if end == "failed" else RuntimeError
        return {"messages": 3}

    helper = make_helper(job_tries=1, lease_seconds=LEASE_SECONDS)
    worked: list[str] = []
    helper.jobs.works = {"process": work}
    ada = helper.for_owner("ada")
    job = ada.jobs.submit("process")
    helper.for_owner("ada", connection=host).rules.save(Rule("new", when="larger:1", then=[("tag", "x")]))

    begun = monotonic()
    helper.jobs.run()
    assert monotonic() - begun < PROMPT_SECONDS
    assert ada.jobs.get(job.id).state == end
    helper.jobs.tick()
    assert helper.jobs.run() is None
    assert not ada.events(kinds=["job_finished"]).items  # it takes a number that the host's transaction holds
    host.commit()
    with monkeypatch.context() as older:
        # A program that knows of no end but that of a worker which is gone.
        older.setattr(job_ends, "noted", lambda row: None)
        older.setattr(job_rounds, "tell_ends", lambda store: None, raising=False)
        helper.jobs.tick()
        assert helper.jobs.run() is None
    helper.jobs.tick()

    ended = ada.jobs.get(job.id)
    assert (ended.state, ended.attempts, worked) == (end, 0 if end == "done" else 1, ["ada"])
    assert ended.error_code != "crashed"
    assert dict(ended.result).get("messages") == (3 if end == "done" else None)
    assert [dict(event.data)["state"] for event in ada.events(kinds=["job_finished"])] == [end]


def test_a_beat_that_finds_the_row_locked_notes_it_the_next_time(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    def beat(claim: Claim) -> bool:
        return job_claims.beat(store, claim, Progress("x", 3, 9), item="", cursor="c", is_ahead=True, result={})

    store = helper.jobs.store
    job = ada.jobs.submit("process")
    claim = helper.jobs._claim(job.id, helper.jobs.works.keys())
    assert claim is not None
    helper.for_owner("ada", connection=host).jobs.cancel(job.id)

    assert not beat(claim)
    assert ada.jobs.get(job.id).progress is None
    host.commit()
    assert beat(claim)
    assert ada.jobs.get(job.id).progress == Progress("x", 3, 9)


def test_claims_and_polls_pass_over_a_lease_whose_row_is_in_an_open_transaction(
    helper: MailHelper, ada: OwnerServices, account: Account, host: Connection
) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)
    helper.jobs.works = {"sync": lambda one: {}}
    helper.jobs.run(job.id, exactly=True)
    ada.jobs.submit("sync", account_id=account.id)
    bob = add_account(helper.for_owner("bob"), "b")
    other = helper.for_owner("bob").jobs.submit("sync", account_id=bob)
    lock = text("SELECT 1 FROM mailhelper_leases WHERE resource = :name FOR UPDATE")
    host.execute(lock, {"name": f"account:{account.id}"})

    begun = monotonic()
    done = helper.jobs.run(kinds=("sync",))

    assert done is not None
    assert done.id == other.id
    with helper.jobs.store.begin() as connection:
        connection.execute(text("DELETE FROM mailhelper_jobs"))
        connection.execute(text("UPDATE mailhelper_accounts SET state = 'paused' WHERE id <> :id"), {"id": account.id})
    assert polls.claim_poll(helper.jobs.store, seconds=20, holder="x") is None
    assert monotonic() - begun < PROMPT_SECONDS
    host.rollback()
    poll = polls.claim_poll(helper.jobs.store, seconds=20, holder="x")
    assert poll is not None
    assert poll.account_id == account.id
