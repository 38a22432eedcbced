"""Jobs in the browser: asked for, watched, cancelled."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, ended, register, services
from examples.flask_host.tests.conftest import host_of
from mailhelper_celery import CeleryRunner
from mailhelper_core import ConfigError, InvalidError, OwnerServices, ThreadRunner
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config
from mailhelper_web.runners import runner_of
from mailhelper_web.safety.hosts import require_public


def _form(imap_server: ImapServer, **change: object) -> dict[str, object]:
    server = {"host": imap_server.host, "port": imap_server.port, "security": "none"}
    return {"address": "second@example.org", "password": "secret", "username": "second", **server, **change}


def test_an_account_whose_log_in_fails_is_not_kept(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    before = len(synced.accounts.list())

    refused = ada.post("/accounts/add", _form(imap_server, password="wrong"))

    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert len(synced.accounts.list()) == before


def test_an_account_that_works_is_added_and_its_journey_begins(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    added = ada.post("/accounts/add", _form(imap_server))

    assert added.status_code == 303
    assert added.location.endswith("/first")
    account = synced.accounts.list()[-1]
    assert account.username == "second"
    assert ada.get(f"/accounts/{account.id}").status_code == 200
    assert "ms" in ada.post(f"/accounts/{account.id}/check").text
    ada.post(f"/accounts/{account.id}/update", {"name": "my second", "paused": "1"})
    assert synced.accounts.get(account.id).state == "paused"


def test_removing_an_account_asks_for_its_name(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    account = next(one for one in synced.accounts.list() if one.username == "second")

    refused = ada.post(f"/accounts/{account.id}/remove", {"confirm": "yes"})
    assert refused.status_code == 400
    ada.post(f"/accounts/{account.id}/remove", {"confirm": account.name})

    assert account.id not in {one.id for one in synced.accounts.list()}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "[::1]", "0x7f000001"])
def test_nobody_looks_around_in_the_operators_network(host: str):
    with pytest.raises(InvalidError):
        require_public(f"imaps://{host}", allow_private=False)


def test_the_journey_runs_as_a_job_that_the_page_watches(app: Flask, ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]

    answer = ada.post(f"/jobs/run/{account.id}")

    assert answer.status_code == 303
    assert ended(synced, answer.location).state == "done"
    part = ada.get(answer.location, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "hx-get" not in part
    assert ada.get("/jobs/").status_code == 200


def test_a_job_that_waits_is_cancelled(config: Config):
    with host_of(replace(config, job_threads=0)) as host:
        browser = Browser(host.test_client())
        register(browser)
        mine = services(host)
        job = mine.jobs.submit("train")
        assert "Cancel" in browser.get(f"/jobs/{job.id}").text

        browser.post(f"/jobs/{job.id}/cancel", {"next": f"/jobs/{job.id}"})

        assert mine.jobs.get(job.id).state == "cancelled"
        assert "cancelled" in browser.get(f"/jobs/{job.id}").text


def test_earlier_jobs_are_a_page_away(config: Config):
    with host_of(replace(config, job_threads=0)) as host:
        browser = Browser(host.test_client())
        register(browser)
        mine = services(host)
        ids = []
        for _ in range(51):
            ids.append(mine.jobs.submit("train").id)
            mine.jobs.cancel(ids[-1])

        first = browser.get("/jobs/").text
        older = re.search(r'href="(/jobs/\?after=[^"]+)">Earlier', first)[1]
        second = browser.get(older).text

        assert (first.count("job-row"), second.count("job-row")) == (50, 1)
        assert f'href="/jobs/{ids[0]}"' in second
        assert "Earlier" not in second


def test_a_job_of_another_is_not_there(bob: Browser, ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]
    job = synced.jobs.submit("index", account_id=account.id)

    assert bob.get(f"/jobs/{job.id}").status_code == 404
    assert bob.post(f"/jobs/{job.id}/cancel").status_code == 404
    assert bob.post(f"/jobs/run/{account.id}").status_code == 404


def test_jobs_go_to_threads_to_celery_or_wait_for_workers(config: Config, monkeypatch: pytest.MonkeyPatch):
    nobody = replace(config, job_threads=0)
    celery = replace(nobody, broker_url="redis://127.0.0.1:1/0", broker_queues=True)

    assert isinstance(runner_of(config), ThreadRunner)
    assert isinstance(runner_of(celery), CeleryRunner)
    assert runner_of(nobody) is None
    monkeypatch.setitem(sys.modules, "celery", None)
    with pytest.raises(ConfigError, match="Celery is missing"):
        runner_of(celery)


def test_threads_of_the_host_have_the_connections_they_need(config: Config):
    with host_of(replace(config, job_threads=9)) as host:
        assert host.extensions["mailhelper"].settings.pool_size == 18


def test_the_broker_is_that_of_the_workers():
    environ = {"CELERY_BROKER_URL": "redis://127.0.0.1:1/0", "MAILHELPER_QUEUES": "yes"}

    config = Config.from_env({**environ, "MAILHELPER_WEB_JOB_THREADS": "0"})

    assert (config.broker_url, config.broker_queues) == ("redis://127.0.0.1:1/0", True)
    assert "redis" not in repr(config)
