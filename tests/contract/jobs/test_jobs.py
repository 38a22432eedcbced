"""Jobs on both databases: asked for once, listed, cancelled, and followed while they run; the row says it all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, event, update

from mailhelper_core import Account, InvalidError, Job, MailHelper, NotFoundError, OwnerServices, SchemaError
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.revision import CODE_REVISION, MIN_CODE_REVISION
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper


def test_a_job_does_what_the_direct_call_does_and_says_how_much(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    job = ada.jobs.submit("run", account_id=account.id)

    done = helper.jobs.run()

    assert done is not None
    assert (done.id, done.state, dict(done.result)["sync.new"]) == (job.id, "done", MAILS)
    assert dict(done.result)["process.processed"] == MAILS
    assert ada.jobs.get(job.id) == done
    assert ada.count("") == MAILS


def test_what_is_decided_during_a_long_run_is_delivered_between_its_batches(
    make_helper: MakeHelper, server: ImapServer
) -> None:
    ada = make_helper(fetch_batch_messages=4, commit_batch_messages=4).for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    ada.sync(account.id, max_messages=1)
    [first] = ada.search("")
    waiting: list[int] = []

    def decide_and_look(progress: Progress) -> None:
        if progress.stage == "sync":
            if not waiting:
                ada.messages.add_keyword([first.id], "$Forwarded")
            waiting.append(len(ada.outbox.pending()))

    report = ada.run(account.id, progress=decide_and_look)

    assert (waiting[0], waiting[-1]) == (1, 0)
    assert report.deliver.delivered == 1
    assert report.sync.new == MAILS - 1


def test_asking_twice_is_asking_once(ada: OwnerServices, account: Account) -> None:
    first = ada.jobs.submit("sync", account_id=account.id)
    second = ada.jobs.submit("sync", account_id=account.id)
    other = ada.jobs.submit("process", account_id=account.id)

    assert first.id == second.id != other.id


def test_of_many_that_ask_at_once_all_get_the_same_job(ada: OwnerServices, account: Account) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: ada.jobs.submit("sync", account_id=account.id).id, range(16)))

    assert len(found) == 1


def test_an_unknown_kind_and_a_job_without_its_account_are_refused(ada: OwnerServices) -> None:
    with pytest.raises(InvalidError, match="sync"):
        ada.jobs.submit("fly")
    with pytest.raises(InvalidError, match="account"):
        ada.jobs.submit("sync")


def test_another_owners_account_and_jobs_do_not_exist(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    eve = helper.for_owner("eve")
    job = ada.jobs.submit("sync", account_id=account.id)

    for call in (lambda: eve.jobs.submit("sync", account_id=account.id), lambda: eve.jobs.get(job.id)):
        with pytest.raises(NotFoundError):
            call()
    with pytest.raises(NotFoundError):
        eve.jobs.cancel(job.id)
    assert eve.jobs.list().items == ()
    assert ada.jobs.get(job.id).state == "queued"


def test_jobs_are_listed_newest_first_page_by_page(ada: OwnerServices, account: Account) -> None:
    asked = [ada.jobs.submit(kind, account_id=account.id).id for kind in ("sync", "index", "process")]

    first = ada.jobs.list(limit=2)
    second = ada.jobs.list(limit=2, after=first.next)

    assert [job.id for job in (*first, *second)] == asked[::-1]
    assert second.next is None
    assert [job.kind for job in ada.jobs.list(state="queued", account_id=account.id, limit=1)] == ["process"]


def test_a_queued_job_that_is_cancelled_never_runs(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)

    assert ada.jobs.cancel(job.id).state == "cancelled"
    assert helper.jobs.run(job.id, exactly=True) is None
    assert ada.count("") == 0


def test_a_running_job_that_is_cancelled_ends_after_its_batch(make_helper: MakeHelper, clock: Clock) -> None:
    helper, elsewhere = make_helper(), make_helper()
    ada = helper.for_owner("ada")
    batches: list[int] = []

    def work(one: Slice) -> Counts:
        for number in range(1000):
            if one.is_over():
                break
            batches.append(number)
            if number == 0:
                elsewhere.for_owner("ada").jobs.cancel(elsewhere.for_owner("ada").jobs.list()[0].id)
            threading.Event().wait(0.05)
        return {"batches": len(batches)}

    helper.jobs.works = {"process": work}
    helper.for_owner("ada").jobs.submit("process")
    done = helper.jobs.run()

    assert done is not None
    assert (done.state, done.cancel_requested) == ("cancelled", True)
    assert 1 <= len(batches) < 100
    assert ada.jobs.cancel(done.id).state == "cancelled"


@pytest.mark.parametrize(("kind", "ends"), [("sync", True), ("process", False)])
def test_a_job_at_the_server_of_an_account_that_is_paused_ends_after_its_batch_and_waits(
    helper: MailHelper, ada: OwnerServices, account: Account, kind: str, *, ends: bool
) -> None:
    batches: list[int] = []

    def work(one: Slice) -> Counts:
        while len(batches) < 10 and not one.is_over():
            ada.accounts.update(account.id, paused=True)
            batches.append(1)
            threading.Event().wait(0.05)
        return {"batches": len(batches)}

    helper.jobs.works = {kind: work}
    job = ada.jobs.submit(kind, account_id=account.id)

    helper.jobs.run()

    assert ada.jobs.get(job.id).state == ("queued" if ends else "done")
    assert (len(batches) < 10) == ends
    assert helper.jobs.run() is None
    if ends:
        ada.accounts.update(account.id, paused=False)
        assert helper.jobs.run() is not None


def test_progress_is_there_for_who_asks_while_a_job_runs(make_helper: MakeHelper) -> None:
    helper, elsewhere = make_helper(), make_helper()
    seen: list[Job] = []

    def work(one: Slice) -> Counts:
        one.progress(Progress("process", 3, 10))
        seen.append(elsewhere.jobs.get(elsewhere.for_owner("ada").jobs.list()[0].id))
        return {}

    helper.jobs.works = {"process": work}
    helper.for_owner("ada").jobs.submit("process")
    helper.jobs.run()

    assert (seen[0].state, seen[0].progress, seen[0].attempts) == ("running", Progress("process", 3, 10), 0)


def test_the_attempt_is_counted_before_the_work_begins(make_helper: MakeHelper) -> None:
    helper, elsewhere = make_helper(), make_helper()
    seen: list[int] = []

    def work(one: Slice) -> Counts:
        seen.append(elsewhere.for_owner("ada").jobs.list()[0].attempts)
        raise KeyError("what a mail said")

    helper.jobs.works = {"process": work}
    ada = helper.for_owner("ada")
    job = ada.jobs.submit("process")
    states = [found.state if (found := helper.jobs.run()) else "" for _ in range(4)]

    assert seen == [1, 2, 3]
    assert states == ["queued", "queued", "quarantined", ""]
    assert ada.jobs.get(job.id).error_code == "unexpected"
    assert [one.id for one in helper.jobs.stuck()] == [job.id]


def test_a_job_joins_the_hosts_transaction(make_helper: MakeHelper, database_url: str) -> None:
    rung: list[int] = []

    class Ears:
        def ring(self, jobs: object, bells: list[object]) -> None:
            rung.append(len(bells))

        def start(self, jobs: object) -> None:
            pass

        def stop(self) -> None:
            pass

    helper = make_helper(Ears())  # type: ignore[arg-type]
    helper.for_owner("ada").tags.create("there")
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        with connection.begin() as transaction:
            helper.for_owner("ada", connection=connection).jobs.submit("process")
            transaction.rollback()
        with connection.begin():
            job = helper.for_owner("ada", connection=connection).jobs.submit("process")
    engine.dispose()

    assert [one.id for one in helper.for_owner("ada").jobs.list()] == [job.id]
    assert rung == []
    helper.jobs.tick()  # after the commit: at once, not when a bell would count as lost
    assert rung == [1]


def test_a_worker_that_is_too_old_for_the_database_claims_nothing(helper: MailHelper, ada: OwnerServices) -> None:
    ada.jobs.submit("process")
    newer = update(t.meta).where(t.meta.c.name == MIN_CODE_REVISION).values(value=str(CODE_REVISION + 1))
    with helper.jobs.store.begin() as connection:
        connection.execute(newer)
    older = newer.values(value=str(CODE_REVISION))

    with pytest.raises(SchemaError, match="upgrade this program"):
        helper.jobs.run()

    assert ada.jobs.list()[0].state == "queued"
    with helper.jobs.store.begin() as connection:
        connection.execute(older)


def test_a_job_that_ended_is_an_event(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    helper.jobs.run()

    told = [one for one in ada.events() if one.kind == "job_finished"]

    assert [dict(one.data) for one in told] == [{"job": job.id, "job_kind": "process", "state": "done"}]


def test_an_account_is_removed_with_its_jobs(ada: OwnerServices, account: Account) -> None:
    ada.jobs.submit("sync", account_id=account.id)

    ada.accounts.remove(account.id)

    assert ada.jobs.list().items == ()


def test_a_state_that_there_is_not_is_refused(ada: OwnerServices) -> None:
    with pytest.raises(InvalidError, match="queued, running, done") as refused:
        ada.jobs.list(state="nope")  # type: ignore[arg-type]

    assert refused.value.code == "job_state"
