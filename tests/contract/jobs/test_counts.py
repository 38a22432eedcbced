"""The result of a job adds up all of its slices: also one whose worker died, or that ended in an error."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from mailhelper_core import Account, Job, MailHelper, OwnerServices, Rule, ServerError
from mailhelper_core.jobs import beat, repeat
from mailhelper_core.jobs.service import JobService
from mailhelper_core.jobs.work import NOTHING, Counts, Slice, Work
from mailhelper_core.model.work.report import Progress
from mailhelper_core.process import service
from mailhelper_core.store import tables as t
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper, add_account


class Dead(BaseException):
    """The worker is gone, and writes nothing more."""


@pytest.fixture(autouse=True)
def tells_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every progress be written, and transactions be repeated at once."""
    monkeypatch.setattr(beat, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(repeat, "sleep", lambda seconds: None)


@pytest.fixture
def helper(make_helper: MakeHelper) -> MailHelper:
    """A helper with small batches."""
    return make_helper(commit_batch_messages=2, process_batch_messages=2)


def ending(real: Work, error: BaseException, *, after: int) -> Work:
    """Answer the work that ends with an error after so many steps of progress."""

    def work(one: Slice) -> Counts:
        left = iter(range(after))

        def progress(step: Progress) -> None:
            one.progress(step)
            if next(left, None) is None:
                raise error

        def mark(cursor: str, counted: Counts = NOTHING) -> None:
            one.mark(cursor, counted)
            if counted and next(left, None) is None:
                raise error

        return real(replace(one, progress=progress, mark=mark))

    return work


def killed(
    helper: MailHelper, kind: str, monkeypatch: pytest.MonkeyPatch, *, after: int, error: BaseException | None = None
) -> bool:
    """Let a worker die at the next job, or fail, and its lease run out; answer False where it had not died."""
    real, end = helper.jobs.works[kind], JobService._end

    def end_if_alive(self: JobService, *how: Any) -> None:
        if not isinstance(sys.exception(), Dead):  # who dies writes no end
            end(self, *how)

    helper.jobs.works = {**helper.jobs.works, kind: ending(real, error or Dead(), after=after)}
    with monkeypatch.context() as patched:
        patched.setattr(JobService, "_end", end_if_alive)
        try:
            helper.jobs.run()
        except Dead:
            is_dead = True
        else:
            is_dead = False
    helper.jobs.works = {**helper.jobs.works, kind: real}
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.leases).values(expires_at=1))
    helper.jobs.tick()
    return is_dead


def ended(helper: MailHelper, job: Job) -> dict[str, int]:
    """Work until the job has ended, and answer its result."""
    while helper.jobs.get(job.id).is_open:
        helper.jobs.run(job.id, exactly=True)
    found = helper.jobs.get(job.id)
    assert found.state == "done"
    return dict(found.result)


@pytest.mark.parametrize("after", [0, 2])
def test_what_was_synced_before_the_worker_died_is_counted(
    helper: MailHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)
    killed(helper, "sync", monkeypatch, after=after)
    before = dict(helper.jobs.get(job.id).result)

    result = ended(helper, job)

    assert 0 < before["new"] < MAILS
    assert (result["new"], result["indexed"]) == (MAILS, MAILS)
    assert ada.count("") == MAILS


def test_a_whole_journey_whose_worker_dies_often_is_counted_whole(
    helper: MailHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.rules.save(Rule("all", "", [("addflag", "work")]))
    job = ada.jobs.submit("run", account_id=account.id)
    deaths = 0
    while killed(helper, "run", monkeypatch, after=2):
        deaths += 1

    result = ended(helper, job)

    assert deaths > 4
    counted = {name: result[name] for name in ("sync.new", "sync.indexed", "process.processed", "rules.hits")}
    assert counted == dict.fromkeys(counted, MAILS)
    assert result["deliver.delivered"] == MAILS
    assert result["deliver.waiting"] == 0


def test_a_slice_that_ended_in_an_error_is_counted(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    real, lost = helper.jobs.works["sync"], ServerError("away", code="connection_lost")
    helper.jobs.works = {**helper.jobs.works, "sync": ending(real, lost, after=2)}
    job = ada.jobs.submit("sync", account_id=account.id)
    helper.jobs.run()
    helper.jobs.works = {**helper.jobs.works, "sync": real}
    before = dict(helper.jobs.get(job.id).result)
    clock.advance(86_400)  # the account rests for a while

    assert 0 < before["new"] < MAILS
    assert ended(helper, job)["new"] == MAILS


def test_two_runs_of_a_stage_in_one_slice_are_both_counted(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.run(account.id)
    ada.rules.save(Rule("hourly", "", [("tag", "x")], schedule="hourly"))
    ada.rules.save(Rule("now", "", [("tag", "y")]))
    ids = [message.id for message in ada.search("", limit=5)]
    with ada.jobs.owner.begin() as uow:
        rows = [{"stage": "rules", "account_id": account.id, "message_id": id_} for id_ in ids]
        uow.execute(t.pending.insert(), rows)
    clock.advance(3_600)
    job = ada.jobs.submit("apply_rules")

    killed(helper, "apply_rules", monkeypatch, after=7)  # six steps are those of the schedule

    assert ended(helper, job)["hits"] == MAILS + len(ids)


def test_what_was_reprocessed_before_the_worker_died_is_counted(
    helper: MailHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "REQUEUE_MESSAGES", 5)
    ada.sync(account.id)
    ada.process(account.id)
    job = ada.jobs.submit("reprocess")
    killed(helper, "reprocess", monkeypatch, after=1)
    before = dict(helper.jobs.get(job.id).result)

    assert before["requeued"] == 10
    assert ended(helper, job)["requeued"] == MAILS


@pytest.mark.parametrize("error", [Dead(), ServerError("away", code="connection_lost")], ids=["dies", "fails"])
def test_accounts_that_a_run_of_all_has_asked_for_are_counted_over_all_slices(
    helper: MailHelper, ada: OwnerServices, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    for name in ("one", "two", "three"):
        add_account(ada, name)
    job = ada.jobs.submit("run")
    killed(helper, "run", monkeypatch, after=1, error=error)
    before = dict(helper.jobs.get(job.id).result)
    clock.advance(86_400)

    assert before["accounts"] == 1
    assert ended(helper, job)["accounts"] == 3


def test_accounts_with_as_much_to_index_are_all_counted(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ImapServer(users={"ada": "secret", "bob": "secret"}) as server:
        for name in ("ada", "bob"):
            MailboxGenerator(seed=7).fill(server.store.user(name), count=MAILS)
            its = ada.accounts.add(server.url, username=name, password="secret")
            ada.sync(its.id)
    with ada.jobs.owner.begin() as uow:
        mails = uow.execute(select(t.messages.c.account_id, t.messages.c.id)).all()
        uow.execute(t.pending.insert(), [{"stage": "index", "account_id": a, "message_id": m} for a, m in mails])
    job = ada.jobs.submit("index")

    killed(helper, "index", monkeypatch, after=1)  # after the first step of the second account

    assert ended(helper, job)["indexed"] == 2 * MAILS


def test_what_stands_at_the_end_of_a_slice_is_not_added_up(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)
    killed(helper, "sync", monkeypatch, after=2)
    partly = dict(helper.jobs.get(job.id).result)

    result = ended(helper, job)

    assert "remaining" not in partly
    assert result["remaining"] == 0
    assert result["mailboxes"] == len(server.store.user("ada").mailboxes)
