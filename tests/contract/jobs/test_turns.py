"""Turns on both databases: owners are served fairly, long jobs in slices, an account by one worker at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from mailhelper_core import Account, BusyError, Job, MailHelper, OwnerServices
from mailhelper_core.jobs import beat
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.work.report import Progress
from mailhelper_core.testing import Fault, ImapServer, Interrupt, MailboxGenerator
from tests.contract.jobs.conftest import MAILS, MakeHelper, add_account


def test_a_long_job_goes_on_in_slices_at_its_cursor_and_adds_up(make_helper: MakeHelper) -> None:
    helper = make_helper(job_slice_seconds=0.0)
    ada = helper.for_owner("ada")
    starts: list[str] = []

    def work(one: Slice) -> Counts:
        starts.append(one.cursor)
        number = int(one.cursor or 0) + 1
        one.mark(str(number))
        if number < 3:
            assert one.is_over()
        return {"steps": 1, "remaining": 3 - number}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    states = [found.state if (found := helper.jobs.run()) else "" for _ in range(4)]

    assert states == ["queued", "queued", "done", ""]
    assert starts == ["", "1", "2"]
    assert dict(ada.jobs.get(job.id).result) == {"steps": 3, "remaining": 0}


def test_a_job_gives_way_when_another_owner_waits_and_only_then(make_helper: MakeHelper) -> None:
    helper = make_helper(job_turn_seconds=0.0)
    turns: list[str] = []

    def work(one: Slice) -> Counts:
        turns.append(one.owner)
        for _ in range(25):
            if one.is_over():
                break
            threading.Event().wait(0.02)
        return {}

    helper.jobs.works = {"process": work}
    helper.for_owner("ada").jobs.submit("process")
    alone = helper.jobs.run()
    helper.for_owner("ada").jobs.submit("process")
    add_account(helper.for_owner("ada"), "other")
    helper.for_owner("eve").jobs.submit("process")
    first, second = helper.jobs.run(), helper.jobs.run()

    assert _said(alone) == ("ada", "done")
    assert _said(first) == ("eve", "queued")
    assert _said(second) == ("ada", "queued")


def test_a_job_does_not_give_way_to_what_its_worker_does_not_serve(make_helper: MakeHelper) -> None:
    helper = make_helper(job_turn_seconds=0.0)

    def work(one: Slice) -> Counts:
        for _ in range(25):
            if one.is_over():
                break
            threading.Event().wait(0.02)
        return {}

    helper.jobs.works = {"process": work, "embed": work, "index": work}
    helper.for_owner("eve").jobs.submit("embed")
    helper.for_owner("ada").jobs.submit("process")

    alone = helper.jobs.run(kinds=("process", "index"))
    helper.for_owner("ada").jobs.submit("process")
    helper.for_owner("eve").jobs.submit("index")
    first, second = (helper.jobs.run(kinds=("process", "index")) for _ in range(2))

    assert _said(alone) == ("ada", "done")
    assert _said(first) == ("eve", "queued")
    assert _said(second) == ("ada", "queued")


@pytest.mark.parametrize(("kind", "seconds"), [("process", 2.0), ("run", 5.0)])
def test_what_only_thinks_gives_way_sooner(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch, kind: str, seconds: float
) -> None:
    spent: list[float] = []
    quarters = count()
    monkeypatch.setattr(beat, "monotonic", lambda: next(quarters) / 4)

    def work(one: Slice) -> Counts:
        began = beat.monotonic()
        if kind == "run":
            one.progress(Progress("sync", 1, 2))
        while not one.is_over():
            pass
        spent.append(beat.monotonic() - began)
        return {}

    helper.jobs.works = {kind: work}
    for owner in ("ada", "eve"):
        helper.for_owner(owner).jobs.submit(kind)
    helper.jobs.run()

    assert seconds <= spent[0] <= seconds + 2


def test_what_talks_to_a_server_gives_way_only_when_it_got_somewhere(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = count()
    monkeypatch.setattr(beat, "monotonic", lambda: next(seconds) / 4)
    looks: list[bool] = []
    spent: list[float] = []

    def work(one: Slice) -> Counts:
        began = beat.monotonic()
        looks.extend(one.is_over() for _ in range(40))  # a look at many mailboxes takes ten seconds or more
        got_there = beat.monotonic()
        one.progress(Progress("sync", 1, 2))
        while not one.is_over():
            pass
        spent.extend((got_there - began, beat.monotonic() - got_there))
        return {}

    helper.jobs.works = {"run": work}
    for owner in ("ada", "eve"):
        helper.for_owner(owner).jobs.submit("run")
    helper.jobs.run()

    assert not any(looks)
    assert 10 <= spent[0] <= spent[1] <= spent[0] + 4


def test_owners_with_many_mailboxes_on_a_slow_server_get_their_mail(make_helper: MakeHelper) -> None:
    helper = make_helper(job_turn_seconds=0.0)
    with ImapServer(users={"ada": "secret", "eve": "secret"}, without=["LIST-STATUS"]) as server:
        for name in ("ada", "eve"):
            mails = MailboxGenerator(seed=7).mails(8)
            for number, mail in enumerate(mails):
                server.store.user(name).create(f"Box {number}").append(mail.raw)
            owner = helper.for_owner(name)
            owner.jobs.submit("run", account_id=owner.accounts.add(server.url, username=name, password="secret").id)
        server.faults.add(Fault("STATUS", Interrupt(seconds=0.05), times=None))

        slices = 0
        while helper.jobs.run() is not None and slices < 60:
            slices += 1

    assert [helper.for_owner(name).count("") for name in ("ada", "eve")] == [8, 8]


def test_owners_take_turns_however_much_one_of_them_asks_for(helper: MailHelper) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    greedy = helper.for_owner("greedy")
    for number in range(6):
        greedy.jobs.submit("process", account_id=add_account(greedy, f"a{number}"))
    for name in ("ada", "eve"):
        helper.for_owner(name).jobs.submit("process")

    served = [job.owner for _ in range(8) if (job := helper.jobs.run())]

    assert set(served[:3]) == {"greedy", "ada", "eve"}
    assert served[3:] == ["greedy"] * 5


def test_two_workers_never_get_one_job_nor_one_account(make_helper: MakeHelper) -> None:
    workers = [make_helper() for _ in range(4)]
    at_work: set[tuple[str, int | None]] = set()
    done: list[int] = []
    lock = threading.Lock()

    def work(one: Slice) -> Counts:
        key = (one.owner, one.account_id)
        with lock:
            assert key not in at_work
            at_work.add(key)
        threading.Event().wait(0.01)
        with lock:
            at_work.remove(key)
            done.append(one.account_id or 0)
        return {}

    ada = workers[0].for_owner("ada")
    ids = [add_account(ada, f"a{number}") for number in range(10)]
    for one in workers:
        one.jobs.works = {"process": work, "index": work}
    for id_ in ids:
        ada.jobs.submit("process", account_id=id_)
        ada.jobs.submit("index", account_id=id_)

    def drain(helper: MailHelper) -> int:
        idle = count = 0
        while idle < 3:
            idle = idle + 1 if helper.jobs.run() is None else 0
            count += idle == 0
        return count

    with ThreadPoolExecutor(4) as pool:
        total = sum(pool.map(drain, workers))

    assert total == 20
    assert sorted(done) == sorted(ids * 2)


def test_a_direct_call_and_a_job_exclude_each_other(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    busy: list[str] = []

    def work(one: Slice) -> Counts:
        try:
            ada.sync(account.id)
        except BusyError as exc:
            busy.append(exc.code)
        return {}

    helper.jobs.works = {"sync": work}
    ada.jobs.submit("sync", account_id=account.id)
    helper.jobs.run()

    assert busy == ["busy"]
    assert ada.sync(account.id).new == MAILS


def test_thinking_does_not_keep_mail_out(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    synced: list[int] = []

    def work(one: Slice) -> Counts:
        synced.append(ada.sync(account.id).new)
        return {}

    helper.jobs.works = {"process": work}
    ada.jobs.submit("process", account_id=account.id)
    helper.jobs.run()

    assert synced == [MAILS]


def _said(job: Job | None) -> tuple[str, str]:
    return (job.owner, job.state) if job is not None else ("", "")
