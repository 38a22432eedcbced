"""A clock that was ahead for a while, by more than any wait: nothing that it wrote locks an account out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from mailhelper_core import Account, MailHelper, OwnerServices, ThrottledError
from mailhelper_core.model.source.account import AccountState
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from tests.contract.jobs.conftest import MAILS, Clock, add_account

YEAR = 400 * 86_400.0
DAY = 86_400.0


def rest(ada: OwnerServices, account_id: int, state: AccountState, seconds: float) -> None:
    """Let an account rest, as a server does that is away or asks for it."""
    with ada.jobs.owner.begin() as uow:
        until = ada.jobs.owner.store.clock() + timedelta(seconds=seconds)
        accounts.record_failure(uow, account_id, state, state, not_before=until)


def test_a_failure_under_a_wrong_clock_keeps_no_worker_from_the_account(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    clock.advance(YEAR)
    rest(ada, account.id, "unreachable", 60)
    clock.advance(-YEAR)
    ada.jobs.submit("sync", account_id=account.id)

    done = helper.jobs.run()

    assert done is not None
    assert (done.state, dict(done.result)["new"]) == ("done", MAILS)


def test_a_server_that_asked_for_rest_under_a_wrong_clock_is_asked(
    ada: OwnerServices, account: Account, clock: Clock
) -> None:
    clock.advance(YEAR)
    rest(ada, account.id, "throttled", 60)
    clock.advance(-YEAR)

    assert ada.sync(account.id).new == MAILS


def test_an_account_is_left_alone_for_as_long_as_its_server_may_ask_and_no_longer(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    rest(ada, account.id, "throttled", 10 * DAY)  # a plugin may say anything
    job = ada.jobs.submit("sync", account_id=account.id)

    with pytest.raises(ThrottledError):
        ada.sync(account.id)
    assert helper.jobs.run() is None
    clock.advance(2.1 * DAY)
    done = helper.jobs.run()
    assert done is not None
    assert (done.id, done.state) == (job.id, "done")


def test_a_poll_that_failed_under_a_wrong_clock_is_due(helper: MailHelper, ada: OwnerServices, clock: Clock) -> None:
    add_account(ada, "away")  # nobody answers there
    clock.advance(YEAR)
    assert helper.jobs.poll() == 1
    assert helper.jobs.tick().polls_due == 0
    clock.advance(-YEAR)

    assert helper.jobs.tick().polls_due == 1
    assert helper.jobs.poll() == 1


def test_a_change_that_failed_under_a_wrong_clock_is_delivered(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.run(account.id)
    ada.messages.add_keyword([ada.search("").items[0].id], "x")
    clock.advance(YEAR)
    with helper.jobs.store.begin() as connection:
        later = helper.jobs.store.now() + 60_000_000
        connection.execute(update(t.outbox).values(state="waiting", not_before=later))
    clock.advance(-YEAR)

    assert helper.jobs.tick().submitted == 1
    helper.jobs.run()
    assert ada.outbox.pending() == ()
