"""A worker without a plugin that a job's account needs leaves the job to those that have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from mailhelper_core import MailHelper, Settings
from mailhelper_core.store import tables as t
from tests.contract.plugins.test_sources import KEY, Shop


@pytest.fixture
def with_shop(database_url: str) -> Iterator[MailHelper]:
    """A worker with the plugin."""
    with MailHelper(Settings(database_url, key=KEY, job_retry_seconds=0.0), plugins=[Shop()]) as helper:
        yield helper


@pytest.fixture
def without(database_url: str, with_shop: MailHelper) -> Iterator[MailHelper]:
    """A worker on the same database without it."""
    with MailHelper(Settings(database_url, key=KEY, job_retry_seconds=0.0)) as helper:
        yield helper


@pytest.mark.parametrize("kind", ["run", "sync"])
def test_a_job_of_a_source_that_a_worker_lacks_is_left_to_others(
    with_shop: MailHelper, without: MailHelper, kind: str
) -> None:
    ada = with_shop.for_owner("ada")
    account = ada.accounts.add("shop://shop.example", username="ada", password="x")
    job = ada.jobs.submit(kind, account_id=account.id)

    refused = []
    for _ in range(4):
        refused.append(without.jobs.run(job.id, exactly=True))
        with with_shop.jobs.store.begin() as connection:  # the account rests, for whoever would ask next
            connection.execute(update(t.accounts).values(not_before=None))
    done = with_shop.jobs.run(job.id, exactly=True)

    assert [one and (one.state, one.error_code, one.attempts) for one in refused] == [("queued", "scheme", 0)] * 4
    assert done is not None
    assert (done.state, done.error_code, ada.count("")) == ("done", "", 1)
    assert ada.accounts.get(account.id).state == "ok"
