"""Which queue a task goes to, who has to hear it, and what is said where nobody does."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from celery.exceptions import TimeoutError as NoAnswerError

from mailhelper_celery import QUEUES, install
from mailhelper_celery.queues import KINDS
from mailhelper_celery.routes import kinds_beside
from mailhelper_core import Bell, ConfigError
from tests.celery.apps import Worker, new_app, no_helper


def test_without_a_choice_tasks_go_to_the_hosts_own_queue() -> None:
    installation = install(new_app(task_default_queue="theirs"), no_helper)

    assert installation.queues == {}
    assert kinds_beside(installation.app, installation.queues, "sync") == set(KINDS)


def test_named_queues_share_out_kinds_so_that_a_worker_serves_its_queue() -> None:
    app = new_app()
    install(app, no_helper, queues=QUEUES)
    app.finalize()

    assert app.conf.beat_schedule["mailhelper.tick"]["options"]["queue"] == "mail.sync"
    assert kinds_beside(app, QUEUES, "sync") == {"sync", "deliver", "run"}
    assert kinds_beside(app, QUEUES, "embed") == {"embed", "draft_reply"}
    assert frozenset().union(*(kinds_beside(app, QUEUES, kind) for kind in KINDS)) == set(KINDS)


@pytest.mark.parametrize("after_install", [False, True])
def test_the_hosts_own_routes_share_out_kinds_too(after_install: bool) -> None:
    asked: list[frozenset[str]] = []
    jobs = SimpleNamespace(run=lambda job_id, *, kinds: asked.append(kinds), runner=object())
    admin = SimpleNamespace(account_states=lambda: ())
    helper: Any = SimpleNamespace(jobs=jobs, admin=admin, ready=lambda: SimpleNamespace(items=()))
    routes = {"mailhelper.embed": {"queue": "slow"}, "mailhelper.draft_reply": {"queue": "slow"}}
    routes |= {"mailhelper.sync": {"queue": "theirs"}, "mailhelper.train": {"exchange": "x", "routing_key": "y"}}
    app = new_app(task_default_queue="theirs", **({} if after_install else {"task_routes": routes}))
    install(app, lambda: helper, queues={"process": "mine", "index": "slow"})
    app.conf.task_routes = routes

    for kind in ("embed", "sync", "process", "train"):
        app.tasks[f"mailhelper.{kind}"](0)

    slow, theirs, mine, elsewhere = asked
    assert slow == {"embed", "draft_reply", "index"}
    assert theirs == set(KINDS) - slow - mine - elsewhere
    assert (mine, elsewhere) == ({"process"}, {"train"})


def test_the_page_says_which_task_goes_to_which_queue() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "tasks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(mail\.\w+)` \| (.*) \|$", page, re.MULTILINE)

    assert {name: queue for queue, cell in rows for name in re.findall(r"`(\w+)`", cell)} == dict(QUEUES)


def test_a_queue_for_a_task_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match="nonsense"):
        install(new_app(), no_helper, queues={"nonsense": "q"})


def test_what_is_left_out_of_the_queues_has_to_be_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    app = new_app(task_default_queue="theirs")
    installation = install(app, no_helper, queues={"embed": "models"})
    answers = SimpleNamespace(active_queues=lambda: {"one": [{"name": "models"}]})
    monkeypatch.setattr(app.control, "inspect", lambda **_: answers)

    assert installation.listening() == {"models": True, "theirs": False}


def test_the_hosts_own_routes_say_which_queues_have_to_be_heard() -> None:
    app = new_app(task_routes={"mailhelper.*": {"queue": "mail"}, "x": "other"})
    installation = install(app, no_helper)
    app.amqp.queues.select(["mail"])

    assert installation.deaf() == ""
    app.amqp.queues.select(["other"])
    assert installation.deaf().endswith("start it with -Q mail")


def test_asking_for_routes_makes_no_queue() -> None:
    app = new_app(worker_prefetch_multiplier=1)
    installation = install(app, no_helper, queues=QUEUES)

    assert installation.problems() == ()
    assert installation.deaf()
    assert set(app.amqp.queues) == {"celery"}


def test_a_queue_that_the_app_refuses_to_make_costs_a_bell_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    app = new_app(task_create_missing_queues=False)
    installation = install(app, no_helper, queues=QUEUES, configure=True)

    installation.runner.ring(None, [Bell(1, "sync"), Bell(2, "embed")])

    assert caplog.text.count("QueueNotFound") == 2
    (problem,) = installation.problems()
    assert "mail.models, mail.process, mail.sync must be there" in problem


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error_costs_a_bell_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    app = new_app(task_always_eager=True)

    install(app, no_helper).runner.ring(None, [Bell(1, "sync")])

    assert "AlwaysEagerIgnored" in caplog.text


@pytest.mark.parametrize(("queues", "queue"), [(QUEUES, "mail.sync"), ({"ping": "p"}, "p"), ({}, "celery")])
def test_a_ping_goes_where_ticks_go_and_says_which_queue_was_silent(
    queues: dict[str, str], queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app()
    sent: list[str] = []

    def nobody(**_: Any) -> None:
        raise NoAnswerError

    def send(name: str, **options: Any) -> SimpleNamespace:
        sent.append(options["queue"])
        return SimpleNamespace(get=nobody, forget=lambda: None)

    monkeypatch.setattr(app, "send_task", send)

    with pytest.raises(NoAnswerError, match=f"'{queue}'"):
        install(app, no_helper, queues=queues).ping(timeout_seconds=0.1)

    assert sent == [queue]


@pytest.mark.parametrize(("heard", "is_said"), [("celery", True), ("mail.models", False)])
def test_a_worker_that_hears_none_of_the_queues_says_so_at_its_start(
    heard: str, is_said: bool, caplog: pytest.LogCaptureFixture
) -> None:
    app = new_app()
    install(app, no_helper, queues=QUEUES)
    app.amqp.queues.select([heard])

    signals.worker_ready.send(sender=Worker(app))

    assert ("-Q mail.models,mail.process,mail.sync" in caplog.text) is is_said
