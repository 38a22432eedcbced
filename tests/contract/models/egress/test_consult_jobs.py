"""A job that asks a model: a provider that hangs is named and left out, and a slow one that answers is progress."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import replace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import update

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t
from tests.contract.models.desk import Desk

WAIT_SECONDS = 90.0
# Between a provider that hangs and the limit: what others answered is stored meanwhile, also on a busy machine.
LIMIT_SECONDS = 2.0
OPEN = "Lorem ipsum dolor sit amet."


@pytest.fixture
def made(url, server, tmp_path):
    """Make a desk whose local provider answers by a function of the test."""
    desk, provider = Desk(server, tmp_path), {}
    real = desk.local.complete
    desk.plugin.providers[0] = replace(desk.local, complete=lambda asked: provider.get("hook", real)(asked))
    desk.real, desk.provider = real, provider
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin]) as helper:
        desk.open(helper)
        desk.allow("classify")
        yield desk
        for left in threading.enumerate():
            if left.name.startswith("mailhelper-consult"):  # a job that was ended waits for no provider
                left.join(WAIT_SECONDS)
                assert not left.is_alive()


def name_of(desk):
    (provided,) = [one for one in desk.helper._wiring.registry.providers.values() if one.provider.name == "local"]
    return f"{provided.plugin}/local"


def set_row(desk, job, **values):
    with desk.helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(**values))


def hang(release):
    """Answer nothing, as a provider that hangs; soon after, the limit of `run_until_ended` is over."""
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    release.wait(60)


def run_until_ended(desk):
    """Work on a job until something in this thread raises, as a worker's soft limit does: once a provider hangs."""

    def end(_, frame):
        if frame.f_code.co_name == "_remove":  # of a weak set: what is raised there reaches nobody
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            return
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, end)
    try:
        return desk.helper.jobs.run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_from_the_second_try_on_the_row_names_the_provider_before_it_is_asked(made):
    made.mail("Hm", OPEN)
    job = made.ada.jobs.submit("process", account_id=made.account.id)
    set_row(made, job, attempts=1)
    seen = []

    def look(asked):
        seen.append(made.ada.jobs.get(job.id).item)
        return made.real(asked)

    made.provider["hook"] = look
    done = made.helper.jobs.run()

    assert seen == [name_of(made)]
    assert (done.state, done.item, dict(done.result)["asked"]) == ("done", "", 1)


def test_a_provider_that_ended_workers_is_left_out(made):
    made.mail("Hm", OPEN)
    job = made.ada.jobs.submit("process", account_id=made.account.id)
    set_row(made, job, skipped=json.dumps([name_of(made)]))

    done = made.helper.jobs.run()
    after = made.ada.process(made.account.id)

    assert (done.state, dict(done.result)["processed"], dict(done.result)["asked"]) == ("done", 1, 0)
    assert (after.asked, len(made.server.questions())) == (1, 1)  # the next job asks again


def test_a_limit_that_ends_a_hang_does_not_wait_for_it_and_names_the_provider(made):
    made.mail("Hm", OPEN)
    job = made.ada.jobs.submit("process", account_id=made.account.id)
    release = threading.Event()
    made.provider["hook"] = lambda asked: hang(release) or made.real(asked)

    found = run_until_ended(made)
    waited = release.is_set()
    release.set()

    assert not waited
    assert (found.id, found.state, found.error_code, found.item) == (job.id, "queued", "unexpected", name_of(made))


def test_each_group_of_answers_is_progress(made):
    for number in range(6):
        made.put(f"Hm {number}", OPEN)
    made.ada.sync(made.account.id)
    told = []

    report = made.ada.process(made.account.id, progress=told.append)

    assert report.asked == 6
    assert [one.done for one in told] == [6, 10, 12]
    assert [one.report.asked for one in told] == [0, 4, 6]


def test_answers_of_a_slow_model_forgive_earlier_tries_and_are_counted(made):
    for number in range(9):
        made.put(f"Hm {number}", OPEN)
    made.ada.sync(made.account.id)
    job = made.ada.jobs.submit("process", account_id=made.account.id)
    release, left, lock = threading.Event(), [4], threading.Lock()

    def answer(question):
        with lock:
            left[0] -= 1
            may = left[0] >= 0
        return made.real(question) if may else hang(release) or made.real(question)

    made.provider["hook"] = answer
    run_until_ended(made)
    set_row(made, job, not_before=0, attempts=2)
    left[0] = 4
    found = run_until_ended(made)  # the third try
    release.set()

    assert (found.id, found.state, found.attempts, found.skipped) == (job.id, "queued", 0, ())
    assert dict(found.result)["asked"] == 8
