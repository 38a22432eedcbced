"""A host's transaction that has asked for a job and stays open: nobody hangs on it. SQLite has one writer anyway."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from sqlalchemy import Connection, create_engine, text

from mailhelper_core import Account, BusyError, MailHelper, OwnerServices
from mailhelper_core.jobs import owner
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store.work import job_claims

pytestmark = pytest.mark.servers
PROMPT_SECONDS = 5.0


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone."""
    return postgres_database


@pytest.fixture
def host(database_url: str) -> Iterator[Connection]:
    """The host's connection, in a transaction that stays open; the server ends it before a test hangs on it."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("SET idle_in_transaction_session_timeout = '12s'"))
        connection.commit()
        yield connection
    engine.dispose()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who asks, and who ends a job, wait for a moment only."""
    monkeypatch.setattr(owner, "SUBMIT_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(job_claims, "SUBMIT_WAIT_SECONDS", 0.2)


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
