"""A broker that goes away under a worker with several processes: the worker lives on, and works when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from mailhelper_celery import CeleryRunner
from mailhelper_core import MailHelper, Settings
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, until
from tests.servers.redis import Redis, new_redis

pytestmark = pytest.mark.servers


@pytest.fixture
def broker(redis: Redis) -> Iterator[Redis]:
    """A Redis of the test's own, that it may end; that of the run says what to do where there is none."""
    server = new_redis()
    server.start()
    yield server
    server.stop()


def test_f81_a_worker_that_has_an_idle_process_outlives_its_broker(broker: Redis, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    environment = {"HOST_BROKER_URL": broker.url, "HOST_DATABASE_URL": url, "HOST_STEP_SECONDS": "0.2"}
    app: Celery[Any] = Celery("asks", broker=broker.url, set_as_current=False)
    started = Processes(tmp_path, environment, pool_size=2)
    with MailHelper(Settings(url, key=KEY), runner=CeleryRunner(app)) as helper:
        helper.migrate()
        ada = helper.for_owner("ada")
        try:
            (worker,) = started.workers("pair")
            slow = ada.jobs.submit("embed")
            until(lambda: ada.jobs.get(slow.id).progress)
            broker.stop()
            until(lambda: ada.jobs.get(slow.id).state == "done")
            broker.start()
            until(lambda: started.log("pair").count(b"Connected to") == 2)
            second = ada.jobs.submit("maintenance")
            until(lambda: ada.jobs.get(second.id).state == "done")
            assert worker.poll() is None
        finally:
            started.stop()
