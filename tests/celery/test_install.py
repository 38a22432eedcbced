"""install(): what it registers, what it leaves alone, and what it says about the rest of the app."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from kombu.exceptions import OperationalError
from packaging.requirements import Requirement

from mailhelper_celery import CeleryRunner, install
from mailhelper_celery.consumer import Consumer
from mailhelper_celery.queues import KINDS
from mailhelper_celery.wanted import CONSUMER
from mailhelper_core import Bell, ConfigError
from mailhelper_core.model.work.job import LANES
from tests.celery.apps import new_app, no_helper, ours
from tests.servers.process import free_port

IN_TIME = {"socket_timeout": 30, "socket_connect_timeout": 5}
CELERYS = "celery.worker.consumer:Consumer"

NAMES = {
    f"mailhelper.{name}"
    for name in (
        *("sync", "process", "embed", "apply_rules", "deliver", "reprocess", "train", "draft_reply"),
        *("run", "tick", "ping", "index", "maintenance"),
    )
}


def test_all_tasks_are_on_the_hosts_app_and_on_no_other() -> None:
    app, other = new_app(), new_app()

    install(app, no_helper)

    assert ours(app) == NAMES
    assert ours(other) == set()


def test_the_lowest_redis_client_that_we_allow_is_one_that_kombu_takes() -> None:
    asked = [Requirement(one) for one in metadata.requires("kombu") or ()]
    (theirs,) = (one.specifier for one in asked if one.name == "redis")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    lists = (project["project"]["optional-dependencies"]["celery"], project["dependency-groups"]["test"])

    for allowed in (Requirement(one) for names in lists for one in names if one.startswith("redis")):
        assert theirs.contains(next(part.version for part in allowed.specifier if part.operator == ">="))


def test_the_same_call_again_answers_the_same_and_another_is_refused() -> None:
    app = new_app()
    first = install(app, no_helper, queues={"run": "mine"})

    assert install(app, no_helper, queues={"run": "mine"}).queues == first.queues
    for other in ({"make_helper": lambda: no_helper()}, {"queues": {"run": "theirs"}}, {"queues": None}):
        given: dict[str, Any] = {"make_helper": no_helper, "queues": {"run": "mine"}} | other
        with pytest.raises(ConfigError, match="call install\\(\\) once") as refused:
            install(app, **given)
        assert refused.value.code == "installed"
    assert install(new_app(), no_helper, queues={"run": "theirs"}).queues == {"run": "theirs"}


@pytest.mark.parametrize(
    ("app", "make_helper", "queues", "code"),
    [
        (None, no_helper, None, "app"),
        (no_helper, new_app(), None, "app"),
        (new_app(), None, None, "make_helper"),
        (new_app(), object(), None, "make_helper"),
        (new_app(), no_helper, ["run"], "queues"),
        (new_app(), no_helper, {"run": 5}, "queues"),
        (new_app(), no_helper, {"run": ""}, "queues"),
    ],
)
def test_what_cannot_be_installed_is_refused_at_once(app: Any, make_helper: Any, queues: Any, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        install(app, make_helper, queues=queues)

    assert refused.value.code == code


def test_an_app_whose_workers_accept_nothing_is_named() -> None:
    app = new_app()
    app.conf.accept_content = []

    assert [one for one in install(app, no_helper).problems() if one.startswith("accept_content: ")]


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


def test_the_tick_is_on_the_schedule() -> None:
    app = new_app()
    install(app, no_helper)
    app.finalize()

    entry = app.conf.beat_schedule["mailhelper.tick"]

    assert (entry["task"], entry["schedule"]) == ("mailhelper.tick", 5.0)


def test_the_tick_stays_on_a_schedule_that_the_host_sets_after_install() -> None:
    app = new_app()
    installation = install(app, no_helper, configure=True)
    app.conf.beat_schedule = {"mine": {"task": "x", "schedule": 60}}

    app.finalize()  # as a beat does at its start

    assert set(app.conf.beat_schedule) == {"mine", "mailhelper.tick"}
    assert installation.problems() == ()


def test_a_schedule_without_the_tick_is_a_problem() -> None:
    app = new_app()
    installation = install(app, no_helper, configure=True)
    app.finalize()
    app.conf.beat_schedule = {"mine": {"task": "x", "schedule": 60}}

    (problem,) = installation.problems()

    assert "mailhelper.tick is not on it" in problem


def test_an_entry_of_the_hosts_own_for_the_tick_is_enough() -> None:
    app = new_app()
    installation = install(app, no_helper, configure=True)
    app.conf.beat_schedule = {"mail": {"task": "mailhelper.tick", "schedule": 10}}

    assert installation.problems() == ()
    assert set(app.conf.beat_schedule) == {"mail"}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"accept_content": ["json", "pickle"]}, "accept_content"),
        ({"worker_prefetch_multiplier": 4}, "worker_prefetch_multiplier"),
        ({"task_always_eager": True}, "task_always_eager"),
        ({"broker_transport_options": {"visibility_timeout": 60}}, "visibility_timeout"),
        ({"broker_url": "redis://127.0.0.1:1/0"}, "socket_timeout"),
        ({"broker_url": ["redis://127.0.0.1:1/0", "redis://127.0.0.1:2/0"]}, "socket_timeout"),
        ({"broker_url": "sentinel://127.0.0.1:1;sentinel://127.0.0.1:2"}, "socket_timeout"),
        ({"broker_write_url": "redis://127.0.0.1:1/0"}, "socket_timeout"),
        ({"broker_read_url": "redis://127.0.0.1:1/0"}, "socket_timeout"),
        ({"broker_url": "redis://127.0.0.1:1/0", "broker_transport_options": IN_TIME}, "worker_consumer"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_reason(settings: dict[str, Any], named: str) -> None:
    own = {"worker_prefetch_multiplier": 1, "worker_consumer": CONSUMER if named != "worker_consumer" else CELERYS}
    installation = install(new_app(**(own | settings)), no_helper)

    (problem,) = installation.problems()

    assert named in problem


def test_the_consumer_is_found_by_its_name() -> None:
    assert f"{Consumer.__module__}:{Consumer.__qualname__}" == CONSUMER


def test_install_loads_nothing_of_celerys_worker() -> None:
    program = "import sys, mailhelper_celery; print('celery.worker.consumer' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_consumer_of_the_hosts_own_stays() -> None:
    app = new_app(broker_url="redis://127.0.0.1:1/0", worker_consumer="host.worker:Consumer")

    installation = install(app, no_helper, configure=True)

    assert app.conf.worker_consumer == "host.worker:Consumer"
    assert installation.problems() == ()


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

    assert monotonic() - begun < 5.0  # 0.1 s; kombu's own default is 6 s


def test_the_ready_made_app_fits_and_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailhelper_celery import app as ready  # noqa: PLC0415 - reads the environment when imported

    assert ours(ready.app) == NAMES
    assert ready.installation.problems() == ()
