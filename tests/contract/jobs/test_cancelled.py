"""A running job whose owner wants it to end, and which ends otherwise: no row may wait that nobody will ever claim."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import update

from mailhelper_core import Account, Job, JobFinished, MailHelper, OwnerServices, ServerError
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_claims
from tests.contract.jobs.conftest import MakeHelper


def set_row(helper: MailHelper, job: Job, **values: object) -> None:
    """Write into a job's row."""
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(**values))


def told(ada: OwnerServices) -> list[str]:
    """Answer what readers of events heard of jobs' ends."""
    return [str(dict(one.data)["state"]) for one in ada.events() if one.kind == "job_finished"]


def fail(one: Slice) -> Counts:
    raise ServerError(code="refused")


def break_(one: Slice) -> Counts:
    raise KeyError("x")


@pytest.mark.parametrize(("work", "code"), [(fail, "refused"), (break_, "unexpected")])
def test_a_job_that_is_cancelled_and_fails_is_cancelled(
    helper: MailHelper, ada: OwnerServices, account: Account, work: Callable[[Slice], Counts], code: str
) -> None:
    def cancel_and_work(one: Slice) -> Counts:
        ada.jobs.cancel(job.id)
        return work(one)

    helper.jobs.works = {"sync": cancel_and_work}
    job = ada.jobs.submit("sync", account_id=account.id)
    done = helper.jobs.run()
    again = ada.jobs.submit("sync", account_id=account.id)

    assert done is not None
    assert (done.state, done.error_code, done.finished_at is not None) == ("cancelled", code, True)
    assert told(ada) == ["cancelled"]
    assert (again.id != job.id, again.state) == (True, "queued")


def test_a_job_that_is_cut_within_a_second_of_its_cancellation_is_cancelled(
    helper: MailHelper, ada: OwnerServices
) -> None:
    def work(one: Slice) -> Counts:
        ada.jobs.cancel(job.id)
        helper.jobs.stopped.set()
        one.is_over()
        return {"steps": 1}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    done = helper.jobs.run()

    assert done is not None
    assert (done.state, dict(done.result)) == ("cancelled", {"steps": 1})


def test_a_job_that_is_cancelled_and_whose_worker_dies_is_cancelled(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    helper.jobs.works = {"sync": lambda one: {}}
    job = ada.jobs.submit("sync", account_id=account.id)
    helper.jobs._claim(None, helper.jobs.works.keys())
    ada.jobs.cancel(job.id)
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.leases).values(expires_at=1))

    assert helper.jobs.tick().reaped == 1
    assert ada.jobs.get(job.id).state == "cancelled"
    assert told(ada) == ["cancelled"]
    assert helper.jobs.poll() == 1  # nothing stands in the way of the account's next poll


def test_a_job_that_is_cancelled_leaves_nothing_to_its_twin(helper: MailHelper, ada: OwnerServices) -> None:
    def work(one: Slice) -> Counts:
        ada.jobs.cancel(job.id)
        ada.jobs.submit("process")
        raise KeyError("x")

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    helper.jobs.run()
    (twin,) = ada.jobs.list(state="queued")

    assert ada.jobs.get(job.id).state == "cancelled"
    assert (twin.id != job.id, twin.attempts) == (True, 0)


def test_a_job_that_leaves_its_work_to_a_twin_is_told_as_ended(helper: MailHelper, ada: OwnerServices) -> None:
    def work(one: Slice) -> Counts:
        ada.jobs.submit("process")
        raise KeyError("x")

    helper.jobs.works = {"process": work}
    ada.jobs.submit("process")
    helper.jobs.run()

    assert told(ada) == ["failed"]


def test_a_row_that_an_older_program_left_so_is_repaired_by_a_tick(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)
    set_row(helper, job, cancel=True)

    helper.jobs.tick()

    found = ada.jobs.get(job.id)
    assert (found.state, found.finished_at is not None) == ("cancelled", True)
    assert told(ada) == ["cancelled"]
    assert ada.jobs.submit("sync", account_id=account.id).id != job.id


def test_a_wish_that_meets_the_end_of_a_slice_is_heard(
    make_helper: MakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper, elsewhere = make_helper(), make_helper()
    ada = helper.for_owner("ada")
    helper.jobs.works = {"process": fail}
    job = ada.jobs.submit("process")
    real = job_claims.end
    asker = threading.Thread(target=lambda: elsewhere.for_owner("ada").jobs.cancel(job.id))

    def end_slowly(*args: object) -> object:
        written = real(*args)  # type: ignore[arg-type]
        asker.start()
        threading.Event().wait(0.3)  # the wish waits for this transaction
        return written

    monkeypatch.setattr(job_claims, "end", end_slowly)
    helper.jobs.run()
    asker.join()

    assert ada.jobs.get(job.id).state == "cancelled"


def test_a_job_that_is_cancelled_while_it_waits_is_told_as_ended(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    heard: list[JobFinished] = []
    helper.jobs.store.observe = lambda news: heard.extend(one for one in news if isinstance(one, JobFinished))
    job = ada.jobs.submit("sync", account_id=account.id)

    ada.jobs.cancel(job.id)
    ada.jobs.cancel(job.id)

    assert told(ada) == ["cancelled"]
    assert [(one.job_id, one.kind, one.state) for one in heard] == [(job.id, "sync", "cancelled")]
