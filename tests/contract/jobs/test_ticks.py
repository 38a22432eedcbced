"""What ticks and polls start: looks for news, deliveries, maintenance, erasing; and what they leave alone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from mailhelper_core import Account, MailHelper, OwnerServices
from mailhelper_core.jobs import service
from mailhelper_core.store import tables as t
from mailhelper_core.store.lease import Lease
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper, add_account

pytestmark = pytest.mark.usefixtures("no_waits")


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


def test_an_account_that_was_taken_out_of_circulation_is_not_polled_into_it_again(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    job = ada.jobs.submit("run", account_id=account.id)
    with helper.jobs.store.begin() as connection:
        now = helper.jobs.store.now()
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(state="quarantined", finished_at=now))

    assert helper.jobs.poll() == 0
    assert [one.id for one in helper.jobs.stuck()] == [job.id]

    mended = ada.jobs.submit("run", account_id=account.id)
    helper.jobs.run()
    clock.advance(400.0)

    assert (ada.jobs.get(mended.id).state, helper.jobs.stuck(), helper.jobs.poll()) == ("done", (), 1)


def test_polls_that_take_long_end_with_their_turn(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [100.0]
    monkeypatch.setattr(service, "monotonic", lambda: seconds[0])
    for number in range(4):
        add_account(ada, f"a{number}")

    def wait_for_a_server_that_is_away(owner: str, account_id: int, lease: Lease) -> bool:
        seconds[0] += 4.0
        return False

    helper.jobs.look = wait_for_a_server_that_is_away

    assert [helper.jobs.poll(20) for _ in range(3)] == [2, 2, 0]


def test_a_job_that_cannot_begin_yet_is_not_stuck_and_one_that_could_long_ago_is(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    job = ada.jobs.submit("sync", account_id=account.id)
    ada.accounts.update(account.id, paused=True)
    clock.advance(3600)
    assert helper.jobs.stuck() == ()

    ada.accounts.update(account.id, paused=False)

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
