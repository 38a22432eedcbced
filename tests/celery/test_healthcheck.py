"""What examples/deploy asks a worker's container is answered by a real worker, and by nobody once that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # comes with myst-parser

from tests.celery.processes import ROOT, Processes, kill_tree
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers


def test_a_container_is_well_while_its_own_worker_answers(redis: Redis, workers_database: str, tmp_path: Path) -> None:
    environment = {"CELERY_BROKER_URL": redis.url, "MAILHELPER_DATABASE_URL": workers_database}
    processes = Processes(tmp_path, environment, app="mailhelper_celery.app")
    (worker,) = processes.workers("celery")
    try:
        own, other = is_well(environment, "tests"), is_well(environment, "elsewhere")
    finally:
        kill_tree(worker)

    assert (own, other, is_well(environment, "tests")) == (True, False, False)


def is_well(environment: dict[str, str], host: str) -> bool:
    """Ask as the container of this host name does."""
    compose = yaml.safe_load((ROOT / "examples" / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    shell, line = compose["services"]["worker"]["healthcheck"]["test"]
    assert shell == "CMD-SHELL"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, **environment, "PATH": path, "HOSTNAME": host}
    command = line.replace("$$", "$").replace("-t 10", "-t 3")  # nobody is waited for until the end
    return subprocess.run(["/bin/sh", "-c", command], env=variables, capture_output=True, check=False).returncode == 0
