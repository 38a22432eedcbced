"""`mailhelper doctor` looks at a whole deployment: of the ready-made Celery app, or of a host's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import MailHelper
from tests.celery.processes import ROOT
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers
HOST = """
import os
from celery import Celery
from mailhelper_celery import install
from mailhelper_core import MailHelper

app = Celery("host", broker=os.environ["HOST_BROKER_URL"], set_as_current=False)
app.conf.task_routes = {"mailhelper.*": {"queue": "mine"}}
tasks = install(app, MailHelper)
"""


def doctor(folder: Path, environment: dict[str, str], *words: str) -> dict[str, Any]:
    """Let a process of its own look, and answer what it says."""
    (folder / "host.py").write_text(HOST)
    paths = os.pathsep.join([str(ROOT), str(ROOT / "examples" / "cli")])
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CELERY", "MAILHELPER"))}
    done = subprocess.run(
        [sys.executable, "-c", "from mailhelper_cli.main import main; main()", "doctor", "--json", *words],
        cwd=folder, env={**known, "PYTHONPATH": paths, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout or done.stderr)
    return said


def items(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answer the items by name."""
    return {one["name"]: one for one in said["items"]}


def test_of_a_hosts_own_app_its_queues_and_settings_are_looked_at(redis: Redis, tmp_path: Path) -> None:
    found = items(doctor(tmp_path, {"HOST_BROKER_URL": redis.url}, "--celery", "host:tasks"))

    assert found["broker"]["ok"]
    assert found["workers"]["advice"] == "Nobody listens to mine: start a worker with -Q mine."
    assert "worker_prefetch_multiplier" in found["celery settings"]["advice"]


def test_of_the_ready_made_app_where_a_broker_is_named(redis: Redis, tmp_path: Path) -> None:
    found = items(doctor(tmp_path, {"CELERY_BROKER_URL": redis.url, "MAILHELPER_QUEUES": "1"}, "--deployment"))

    assert found["celery settings"]["ok"]
    assert found["workers"]["advice"].endswith("start a worker with -Q mail.models,mail.process,mail.sync.")
    assert "broker" not in items(doctor(tmp_path, {}, "--deployment"))


def test_whose_accounts_are_there_is_said_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'mail.db'}"
    with MailHelper(database) as helper:
        helper.for_owner("bob").accounts.add("imap://127.0.0.1:1", username="bob", password="secret")

    said = doctor(tmp_path, {"MAILHELPER_DATABASE_URL": database}, "--deployment", "--offline")

    assert [one["found"] for one in said["items"] if one["name"] == "accounts"] == ["1 ok"]


@pytest.mark.parametrize(("name", "told"), [("nohost:tasks", "No module named 'nohost'"), ("host:app", "install(app")])
def test_a_name_that_is_no_installation_is_said(redis: Redis, tmp_path: Path, name: str, told: str) -> None:
    said = doctor(tmp_path, {"HOST_BROKER_URL": redis.url}, "--celery", name)

    assert told in json.dumps(said)
