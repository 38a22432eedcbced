"""The deployment of many users, by configuration alone: PostgreSQL, Redis, a Celery worker, a beat and gunicorn."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from examples.flask_host.tests.browser import PASSWORD
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.processes import Processes, until
from tests.servers.postgres import running_postgres
from tests.servers.process import MissingServerError, free_port
from tests.servers.redis import Redis, new_redis

pytestmark = pytest.mark.servers
MAILS = 30
PROGRAMS = Path(sys.executable).parent


@dataclass
class Person:
    """Somebody who uses the host over HTTP."""

    home: str
    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def get(self, path: str) -> str:
        """Answer a page; raise HTTPError for a failure."""
        with self.opener.open(self.home + path.removeprefix(self.home), timeout=20) as answer:
            return answer.read().decode()

    def post(self, path: str, form: Mapping[str, object], *, page: str = "/preferences/") -> tuple[str, str]:
        """Send a form as a browser does; answer the address that it led to, and its page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page))[1]
        body = urlencode({"csrf_token": token, **form}).encode()
        with self.opener.open(Request(self.home + path, body), timeout=20) as answer:
            return answer.geturl(), answer.read().decode()

    def is_served(self) -> bool:
        """Say whether the host is ready."""
        try:
            return "ok" in self.get("/health/ready")
        except (OSError, HTTPError):
            return False


@dataclass(frozen=True)
class Deployment:
    """What runs, and where."""

    ada: Person
    imap: ImapServer
    redis: Redis
    processes: Processes


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """All of it but the beat, started as the pages of the documentation say, ended by pid."""
    with ExitStack() as stack:
        try:
            redis, postgres = new_redis(), stack.enter_context(running_postgres())
        except MissingServerError as error:
            pytest.skip(f"missing server: {error}")
        redis.start()
        stack.callback(redis.stop)
        imap = stack.enter_context(ImapServer(users={"ada": "secret"}))
        MailboxGenerator(seed=3).fill(imap.store.user("ada"), count=MAILS)
        key_file = tmp_path / "mail.key"
        key_file.write_bytes(b64encode(os.urandom(32)))
        key_file.chmod(0o600)
        environment = {
            "MAILHELPER_DATABASE_URL": postgres.url(postgres.create_database()).replace("+psycopg", ""),
            "MAILHELPER_KEY_FILE": str(key_file),
            "MAILHELPER_PLUGINS": "",  # those of the examples are not what is tried here
            "CELERY_BROKER_URL": redis.url,
            "MAILHELPER_WEB_REDIS_URL": f"{redis.url[:-1]}2",
            "MAILHELPER_WEB_JOB_THREADS": "0",
            "MAILHELPER_WEB_SECRET": secrets.token_hex(32),
            "MAILHELPER_WEB_HTTPS": "0",  # no proxy with TLS, and a mail server on loopback
            "MAILHELPER_WEB_PRIVATE_HOSTS": "1",
        }
        processes = Processes(tmp_path, environment, app="mailhelper_celery.app")
        stack.callback(processes.stop)
        # The host makes the tables at its start; a worker looks at them when it is told of a job.
        ada = Person(f"http://127.0.0.1:{_serve(stack, tmp_path, environment)}")
        processes.workers("worker")
        until(ada.is_served)
        yield Deployment(ada, imap, redis, processes)


def _serve(stack: ExitStack, folder: Path, environment: Mapping[str, str]) -> int:
    port = free_port()
    log = stack.enter_context((folder / "web.log").open("wb"))
    command = [PROGRAMS / "mailhelper-web", "serve", "--port", str(port)]
    web = subprocess.Popen(command, env={**os.environ, **environment}, cwd=folder, stdout=log, stderr=log)

    def end() -> None:
        web.send_signal(signal.SIGTERM)
        assert web.wait(20) == 0

    stack.callback(end)
    return port


def test_a_day_with_workers(deployment: Deployment):
    ada, imap = deployment.ada, deployment.imap
    form = {"email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD}
    ada.post("/register", form, page="/register")
    server = {"host": imap.host, "port": imap.port, "security": "none", "username": "ada"}

    first, _ = ada.post("/accounts/add", {"address": "ada@example.org", "password": "secret", **server})
    until(lambda: f"{MAILS} messages are here" in ada.get(first), seconds=30)
    newest, second, *_ = re.findall(r'class="row[^"]*" data-id="(\d+)"', ada.get("/mail/?view=inbox"))

    _, page = ada.post("/actions", {"act": "urgency:3", "id": newest, "next": f"/mail/{newest}"})
    assert re.search(r'value="urgency:3" aria-pressed="true"', page)
    rule = {"name": "everything", "when": "in:inbox", "action": "tag", "argument": "seen here"}
    rule_page, _ = ada.post("/rules/save", rule, page="/rules/new")
    ran, _ = ada.post(f"{rule_page.removeprefix(ada.home)}/run", {})
    until(lambda: "matches of rules" in ada.get(ran), seconds=30)
    assert f'data-id="{newest}"' in ada.get('/mail/?q=tag:"seen%20here"')

    # No beat runs: what is asked for is done because the workers are told.
    ada.post("/actions", {"act": "archive", "id": second})
    job, _ = ada.post("/jobs/run/1", {})
    until(lambda: ">done</span>" in ada.get(job), seconds=30)
    assert "changes carried to the server" in ada.get(job)
    assert imap.store.user("ada").mailbox("Archive").exists == 1

    page = ada.get("/admin/")
    assert "in the database, with Redis before it" in page
    assert ">in Redis<" in page
    assert "Traceback" not in (deployment.processes.log("worker") + deployment.processes.log("web")).decode()
    _goes_on_without_redis(deployment)


def _goes_on_without_redis(deployment: Deployment) -> None:
    """No page fails or waits when the broker, the sessions and the limits are away; a tick finds the job."""
    deployment.redis.stop()
    before = time.monotonic()

    job, page = deployment.ada.post("/jobs/run/1", {})

    assert "waiting" in page
    assert time.monotonic() - before < 10
    deployment.redis.start()
    deployment.processes.beat()
    until(lambda: ">done</span>" in deployment.ada.get(job), seconds=30)
