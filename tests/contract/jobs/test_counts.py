"""The result of a job adds up all of its slices: also one whose worker died, or that ended in an error."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from sqlalchemy import update

from mailhelper_core import Account, Job, MailHelper, OwnerServices, Rule, ServerError
from mailhelper_core.jobs import beat, repeat
from mailhelper_core.jobs.service import JobService
from mailhelper_core.jobs.work import Counts, Slice, Work
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper


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

        return real(
            Slice(one.owner, one.account_id, one.lease, one.cursor, progress, one.is_over, one.mark, one.settle)
        )

    return work


def killed(helper: MailHelper, kind: str, monkeypatch: pytest.MonkeyPatch, *, after: int) -> bool:
    """Let a worker die at the next job, and its lease run out; answer False where it had ended before."""
    real, end = helper.jobs.works[kind], JobService._end

    def end_if_alive(self: JobService, *how: Any) -> None:
        if not isinstance(sys.exception(), Dead):  # who dies writes no end
            end(self, *how)

    helper.jobs.works = {**helper.jobs.works, kind: ending(real, Dead(), after=after)}
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
