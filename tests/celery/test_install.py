"""install(): what it registers, what it leaves alone, and what it says about the rest of the app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, signals
from celery.exceptions import TimeoutError as NoAnswerError
from kombu.exceptions import OperationalError

from mailhelper_celery import QUEUES, CeleryRunner, install
from mailhelper_celery.queues import KINDS, kinds_beside
from mailhelper_core import Bell, ConfigError, MailHelper
from mailhelper_core.model.work.job import LANES
from tests.servers.process import free_port

NAMES = {
    f"mailhelper.{name}"
    for name in (
        *("sync", "process", "embed", "apply_rules", "deliver", "reprocess", "train", "draft_reply"),
        *("run", "tick", "ping", "index", "maintenance"),
    )
}


@dataclass(frozen=True, eq=False)
class Worker:
    """Who sends a worker's signals."""

    app: Celery[Any]


def new_app(**settings: Any) -> Celery[Any]:
    app: Celery[Any] = Celery("other", broker="memory://", set_as_current=False)
    app.conf.update(settings)
    return app


def no_helper() -> MailHelper:
    raise AssertionError("nobody asked for a helper")


def ours(app: Celery[Any]) -> set[str]:
    return {name for name in app.tasks if name.startswith("mailhelper.")}


def test_all_tasks_are_on_the_hosts_app_and_on_no_other() -> None:
    app, other = new_app(), new_app()

    install(app, no_helper)

    assert ours(app) == NAMES
    assert ours(other) == set()


def test_every_kind_of_job_has_a_task() -> None:
    assert set(KINDS) == set(LANES)


def test_settings_of_the_whole_app_stay_as_the_host_left_them() -> None:
    before, app = new_app(), new_app()

    install(app, no_helper)

    changed = {name for name in before.conf if app.conf[name] != before.conf[name]}
    assert changed <= {"beat_schedule", "main"}


def test_every_task_speaks_json_is_acknowledged_late_and_never_retried_by_celery() -> None:
    app = new_app()
    install(app, no_helper)

    for name in NAMES:
        task = app.tasks[name]
        assert (task.serializer, task.acks_late, task.reject_on_worker_lost, task.max_retries) == (
            "json",
            True,
            True,
            0,
        )
        assert task.time_limit is not None
        assert getattr(task, "autoretry_for", ()) == ()


def test_the_tick_is_on_the_schedule_and_does_not_pile_up() -> None:
    app = new_app()
    install(app, no_helper)
    app.finalize()

    entry = app.conf.beat_schedule["mailhelper.tick"]

    assert (entry["task"], entry["schedule"], entry["options"]["expires"]) == ("mailhelper.tick", 5.0, 5.0)


def test_without_a_choice_tasks_go_to_the_hosts_own_queue() -> None:
    installation = install(new_app(task_default_queue="theirs"), no_helper)

    assert installation.queues == {}
    assert kinds_beside("sync", installation.queues) == set(KINDS)


def test_named_queues_share_out_kinds_so_that_a_worker_serves_its_queue() -> None:
    app = new_app()
    install(app, no_helper, queues=QUEUES)
    app.finalize()

    assert app.conf.beat_schedule["mailhelper.tick"]["options"]["queue"] == "mail.sync"
    assert kinds_beside("sync", QUEUES) == {"sync", "deliver", "run"}
    assert kinds_beside("embed", QUEUES) == {"embed", "draft_reply"}
    assert frozenset().union(*(kinds_beside(kind, QUEUES) for kind in KINDS)) == set(KINDS)


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
        return SimpleNamespace(get=nobody)

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


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"accept_content": ["json", "pickle"]}, "accept_content"),
        ({"worker_prefetch_multiplier": 4}, "worker_prefetch_multiplier"),
        ({"task_always_eager": True}, "task_always_eager"),
        ({"broker_transport_options": {"visibility_timeout": 60}}, "visibility_timeout"),
        ({"broker_url": "redis://127.0.0.1:1/0"}, "socket_timeout"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_reason(settings: dict[str, Any], named: str) -> None:
    installation = install(new_app(**({"worker_prefetch_multiplier": 1} | settings)), no_helper)

    (problem,) = installation.problems()

    assert named in problem


def test_configure_sets_what_it_would_warn_about() -> None:
    app = new_app(broker_url="redis://127.0.0.1:1/0", accept_content=["pickle"])

    installation = install(app, no_helper, configure=True)

    assert installation.problems() == ()


def test_configure_leaves_what_the_host_has_said_of_its_broker_where_it_is_right() -> None:
    own = {"master_name": "mail", "global_keyprefix": "host-", "visibility_timeout": 7200, "max_retries": 5}
    app = new_app(broker_url="sentinel://127.0.0.1:1/0", broker_transport_options={**own, "socket_timeout": None})

    installation = install(app, no_helper, configure=True)

    given = {"socket_timeout": 30, "socket_connect_timeout": 5, "interval_start": 0}
    assert app.conf.broker_transport_options == own | given
    assert installation.problems() == ()


@pytest.mark.parametrize("seconds", [60, None])
def test_configure_corrects_a_visibility_timeout_that_is_too_short(seconds: int | None) -> None:
    app = new_app(broker_transport_options={"visibility_timeout": seconds, "master_name": "mail"})

    install(app, no_helper, configure=True)

    options = app.conf.broker_transport_options
    assert (options["visibility_timeout"], options["master_name"]) == (3600, "mail")


def test_a_bell_carries_one_id_that_neither_logs_nor_events_show(monkeypatch: pytest.MonkeyPatch) -> None:
    app = new_app()
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append((name, options)))

    CeleryRunner(app, queues={"sync": "mail.sync"}).ring(None, [Bell(7, "sync"), Bell(8, "run")])

    (name, options), (_, other) = sent
    assert (name, options["args"], options["argsrepr"], options["kwargsrepr"]) == ("mailhelper.sync", (7,), "()", "{}")
    assert (options["queue"], options["ignore_result"], options["serializer"]) == ("mail.sync", True, "json")
    assert "queue" not in other


def test_a_broker_that_is_away_costs_neither_an_error_nor_a_wait_at_each_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    app = new_app()
    tries: list[str] = []

    def send(name: str, **_: Any) -> None:
        tries.append(name)
        raise OperationalError("away")

    monkeypatch.setattr(app, "send_task", send)
    runner = CeleryRunner(app)

    runner.ring(None, [Bell(1, "sync"), Bell(2, "sync")])
    runner.ring(None, [Bell(3, "sync")])

    assert tries == ["mailhelper.sync"]


def test_a_broker_that_refuses_keeps_nobody_waiting_once_the_app_is_configured() -> None:
    app = new_app(broker_url=f"redis://127.0.0.1:{free_port()}/0")
    runner = install(app, no_helper, configure=True).runner
    begun = monotonic()

    runner.ring(None, [Bell(1, "sync")])

    assert monotonic() - begun < 3.0  # 0.1 s; kombu's own default is 6 s


def test_the_ready_made_app_fits_and_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailhelper_celery import app as ready  # noqa: PLC0415 - reads the environment when imported

    assert ours(ready.app) == NAMES
    assert ready.installation.problems() == ()
