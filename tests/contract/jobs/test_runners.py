"""Runners: the caller and the threads; what they do with bells, at the end, and after a fork."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from mailhelper_core import Account, Bell, InlineRunner, OwnerServices, ThreadRunner
from mailhelper_core.jobs.work import Counts, Slice
from tests.contract.jobs.conftest import MAILS, MakeHelper

WAIT_SECONDS = 30.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_inline_a_submitted_job_has_ended_when_the_call_answers(
    make_helper: MakeHelper, ada: OwnerServices, account: Account
) -> None:
    job = make_helper(InlineRunner()).for_owner("ada").jobs.submit("run", account_id=account.id)

    assert (job.state, dict(job.result)["sync.new"]) == ("done", MAILS)


def test_inline_a_job_that_asks_for_others_is_followed_by_them(make_helper: MakeHelper) -> None:
    helper = make_helper(InlineRunner(), job_slice_seconds=0.0)
    done: list[str] = []

    def work(one: Slice) -> Counts:
        done.append(one.owner + one.cursor)
        if one.owner == "ada" and not one.cursor:
            helper.for_owner("eve").jobs.submit("process")
            one.mark("1")
            one.is_over()
        return {}

    helper.jobs.works = {"process": work}
    job = helper.for_owner("ada").jobs.submit("process")

    assert job.state == "done"
    assert sorted(done) == ["ada", "ada1", "eve"]
    assert helper.for_owner("eve").jobs.list()[0].state == "done"


def test_threads_run_what_is_submitted(make_helper: MakeHelper, ada: OwnerServices, account: Account) -> None:
    services = make_helper(ThreadRunner(2)).for_owner("ada")

    job = services.jobs.submit("run", account_id=account.id)
    until(lambda: not services.jobs.get(job.id).is_open)

    assert (services.jobs.get(job.id).state, ada.count("")) == ("done", MAILS)


def test_threads_find_what_others_submitted_and_what_is_due(
    make_helper: MakeHelper, ada: OwnerServices, account: Account
) -> None:
    helper = make_helper(ThreadRunner(1, tick_seconds=0.1))

    helper.jobs.start()

    until(lambda: ada.count("") == MAILS)


def test_threads_end_after_their_batch_and_leave_the_rest(make_helper: MakeHelper) -> None:
    helper = make_helper(ThreadRunner(1))
    ada = helper.for_owner("ada")
    begun = threading.Event()

    def work(one: Slice) -> Counts:
        steps = 0
        while not one.is_over():
            begun.set()
            steps += 1
            time.sleep(0.01)
        return {"steps": steps}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    assert begun.wait(WAIT_SECONDS)
    before = time.monotonic()
    helper.jobs.stop()

    assert time.monotonic() - before < 10.0
    assert (ada.jobs.get(job.id).state, ada.jobs.get(job.id).attempts) == ("queued", 0)


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(3)], ids=repr)
def test_threads_live_through_errors(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr("mailhelper_core.jobs.threads.PAUSE_SECONDS", 0.01)
    heard: list[str] = []

    class Broken:
        def run(self, *_: object, **__: object) -> None:
            heard.append("run")
            raise error

        def tick(self) -> None:
            heard.append("tick")
            raise error

    runner = ThreadRunner(1, tick_seconds=0.01)
    for _ in range(3):
        runner.ring(Broken(), [Bell(1, "sync")])  # type: ignore[arg-type]
        time.sleep(0.05)
    until(lambda: heard.count("run") >= 2 and heard.count("tick") >= 2)
    runner.stop()


def test_threads_begin_anew_in_the_child_of_a_fork(make_helper: MakeHelper) -> None:
    helper = make_helper(ThreadRunner(1))
    ada = helper.for_owner("ada")
    helper.jobs.works = {"process": lambda one: {"pid": os.getpid()}}
    first = ada.jobs.submit("process")
    until(lambda: not ada.jobs.get(first.id).is_open)

    time.sleep(1.0)  # idle threads hold no lock that the child would inherit
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        code = 1
        try:  # whatever happens, the child must not go on as a second test run
            job = ada.jobs.submit("process")
            until(lambda: not ada.jobs.get(job.id).is_open)
            code = 0 if ada.jobs.get(job.id).state == "done" else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0


def test_threads_hear_every_bell_whoever_else_waits() -> None:
    heard: list[int] = []

    class Counting:
        def run(self, *_: object, **__: object) -> None:
            heard.append(1)

        def tick(self) -> None:
            pass

    runner = ThreadRunner(1, tick_seconds=3600.0)
    for number in range(1, 20):
        runner.ring(Counting(), [Bell(number, "sync")])  # type: ignore[arg-type]
        until(lambda number=number: len(heard) == number)  # type: ignore[misc]
    runner.stop()
