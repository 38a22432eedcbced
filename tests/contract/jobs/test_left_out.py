"""F76 on both databases: a plugin's provider or source that hangs, or kills its worker, is named and left out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import update

from mailhelper_core import Account, LoginError, MailHelper, OwnerServices, PluginError
from mailhelper_core.accounts.foreign import Caller
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.jobs import service
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_claims, leases
from mailhelper_core.watchman import watched
from tests.contract.jobs.conftest import MakeHelper
from tests.contract.jobs.test_faults import claim, expire, finish

pytestmark = pytest.mark.usefixtures("no_waits")


def killer(called: list[int], monkeypatch: pytest.MonkeyPatch) -> Callable[[], Counts]:
    """Answer what counts its calls and ends the worker, which then writes nothing more."""

    def kill() -> Counts:
        called.append(1)
        monkeypatch.setattr(job_claims, "beat", lambda *_, **__: False)
        raise KeyboardInterrupt

    return kill


def die_at_work(helper: MailHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim the next job, be killed while at it, and let a tick find that."""
    one = claim(helper)
    hand = service.Hand(helper.jobs.store, one, helper.jobs.settings, lambda: False)
    with pytest.raises(KeyboardInterrupt), hand:
        helper.jobs._call(one, hand)
    monkeypatch.undo()
    expire(helper)
    helper.jobs.tick()


@pytest.mark.parametrize("call", [Dispatcher.call, Dispatcher.call_source], ids=["provider", "source"])
def test_f76_a_provider_or_source_that_hangs_is_named_in_the_row_while_it_does(
    make_helper: MakeHelper, call: Callable[..., None]
) -> None:
    helper, elsewhere = make_helper(lease_seconds=0.4), make_helper()
    seen: list[str] = []

    def hangs() -> None:
        for _ in range(50):
            threading.Event().wait(0.05)
            seen.append(elsewhere.for_owner("ada").jobs.list()[0].item)
            if seen[-1]:
                return

    helper.jobs.works = {"process": lambda one: call(Dispatcher(), "acme", "model", hangs) or {}}
    helper.for_owner("ada").jobs.submit("process")
    helper.jobs.run()

    assert seen[-1] == "acme/model"


def test_f76_a_provider_that_kills_its_worker_is_left_out_the_fourth_time(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    refused: list[str] = []
    kill = killer(called, monkeypatch)

    def work(one: Slice) -> Counts:
        try:
            Dispatcher().call("acme", "model", kill)
        except PluginError as exc:
            refused.append(exc.code)
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    for _ in range(3):
        die_at_work(helper, monkeypatch)

    done = finish(helper)

    assert len(called) == 3
    assert refused == ["paused"]
    assert done is not None
    assert (done.id, done.state, done.skipped) == (job.id, "done", ("acme/model",))


@pytest.mark.parametrize(("comes_first", "kills", "skipped"), [(False, 5, ("acme/model",)), (True, 9, ())])
def test_f76_progress_forgives_a_provider_that_kills_only_when_it_has_returned(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch, comes_first: bool, kills: int,
    skipped: tuple[str, ...],
) -> None:  # fmt: skip
    called: list[int] = []
    kill = killer(called, monkeypatch)

    def work(one: Slice) -> Counts:
        if comes_first:
            Dispatcher().call("acme", "model", dict)
        one.progress(Progress("sync", 1, 1))  # mail has come since the last try, as to a busy mailbox
        one.mark("1")
        with suppress(PluginError):
            Dispatcher().call("acme", "model", kill)
        return {}

    helper.jobs.works = {"run": work}
    job = ada.jobs.submit("run")
    for _ in range(9):
        if not ada.jobs.get(job.id).skipped:
            die_at_work(helper, monkeypatch)

    assert (len(called), ada.jobs.get(job.id).skipped) == (kills, skipped)
    assert ada.jobs.get(job.id).state == "queued"


def test_f76_a_source_that_hangs_until_its_worker_ends_takes_its_job_out_of_circulation_and_is_named(
    make_helper: MakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = make_helper(lease_seconds=0.8)
    ada = helper.for_owner("ada")
    called: list[int] = []
    kill = killer(called, monkeypatch)

    def hang() -> Counts:
        for _ in range(100):
            if ada.jobs.get(job.id).item:
                break
            threading.Event().wait(0.05)
        return kill()

    helper.jobs.works = {"run": lambda one: Dispatcher().call_source("acme", "shop", hang)}
    job = ada.jobs.submit("run")
    for _ in range(3):
        die_at_work(helper, monkeypatch)

    done = finish(helper)

    assert len(called) == 3
    assert done is not None
    assert (done.id, done.state, done.error_code, done.item) == (job.id, "quarantined", "crashed", "acme/shop")
    assert dict(done.result) == {"plugin:acme": 1}


@pytest.mark.parametrize("step", ["connect", "later"])
def test_f76_a_source_that_kills_its_worker_at_once_is_named_by_the_job_and_by_health(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    called: list[int] = []
    kill = killer(called, monkeypatch)
    caller = Caller(Dispatcher(), "acme", "shop")

    def work(one: Slice) -> Counts:
        caller.connect(kill if step == "connect" else dict)  # type: ignore[arg-type]
        Dispatcher().call("acme", "model", dict)
        one.progress(Progress("sync", 0, 1))
        return caller.call(kill)

    helper.jobs.works = {"run": work}
    job = ada.jobs.submit("run")
    for _ in range(3):
        die_at_work(helper, monkeypatch)

    done = finish(helper)

    assert len(called) == 3
    assert done is not None
    assert (done.id, done.state, done.error_code, done.item) == (job.id, "quarantined", "crashed", "acme/shop")
    (told,) = (item for item in helper.health().items if item.name == "provider acme/shop")
    assert (told.ok, told.found) == (True, "ended the workers of 1 job today")


def test_a_source_whose_session_is_closed_is_not_named(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"run": lambda one: {}}
    ada.jobs.submit("run")
    for _ in range(2):
        claim(helper)
        expire(helper)
        helper.jobs.tick()
    caller, at = Caller(Dispatcher(), "acme", "shop"), []
    hand = service.Hand(helper.jobs.store, claim(helper), helper.jobs.settings, lambda: False)

    def refuse() -> MailSession:
        raise LoginError

    def fail() -> None:
        with pytest.raises(LoginError):
            caller.connect(refuse)

    with watched(hand.enter):
        for end in (lambda: caller.end(lambda: None), fail):
            caller.connect(dict)  # type: ignore[arg-type]
            hand.mark("")
            at.append(ada.jobs.list()[0].item)
            end()
            hand.mark("")
            at.append(ada.jobs.list()[0].item)

    assert at == ["acme/shop", ""] * 2


def test_a_poll_that_ends_its_worker_is_followed_by_a_job_that_counts_and_names(
    helper: MailHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> bool:
        monkeypatch.setattr(leases, "release", lambda *_: None)
        raise KeyboardInterrupt

    looked: list[int] = []
    helper.jobs.look = die
    with pytest.raises(KeyboardInterrupt):
        helper.jobs.poll()
    monkeypatch.undo()
    expire(helper)
    due_again(helper)
    helper.jobs.look = lambda *_: bool(looked.append(1))

    assert helper.jobs.poll() == 1
    assert (looked, [job.kind for job in ada.jobs.list()]) == ([], ["run"])
    done = helper.jobs.run()
    assert done is not None
    assert done.state == "done"

    due_again(helper)
    assert helper.jobs.poll() == 1
    assert (looked, len(ada.jobs.list())) == ([1], 1)


def due_again(helper: MailHelper) -> None:
    """Let all accounts be due for a poll."""
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.accounts).values(next_poll_at=0))


def test_a_source_writes_nothing_into_the_row_for_it_is_called_in_transactions_too(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"run": lambda one: {}}
    ada.jobs.submit("run")
    for _ in range(2):
        claim(helper)
        expire(helper)
        helper.jobs.tick()
    one = claim(helper)
    beats: list[str] = []
    hand = service.Hand(helper.jobs.store, one, helper.jobs.settings, lambda: False)
    monkeypatch.setattr(hand, "_beat", lambda: beats.append(hand.item))

    with watched(hand.enter):
        Dispatcher().call_source("acme", "shop", dict)
        from_sources = list(beats)
        Dispatcher().call("acme", "model", dict)

    assert one.job.attempts == 3
    assert (from_sources, beats) == ([], ["acme/model", ""])
