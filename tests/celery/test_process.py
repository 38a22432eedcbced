"""What a worker says when it cannot do its work, and what it keeps to itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from mailhelper_celery import CeleryRunner, install
from mailhelper_celery.process import WorkerProcess
from mailhelper_celery.quiet import let_ticks_be_quiet
from mailhelper_core import MailHelper, Settings

KEY, OTHER_KEY = (f"{letter * 42}8=" for letter in "AB")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with a secret that only KEY opens."""
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    with MailHelper(Settings(url, key=KEY)) as helper:
        helper.for_owner("ada").accounts.add("imaps://imap.example.org", username="ada", password="secret")
    return url


def made(url: str, key: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Let two processes of one worker make their helper, and answer the errors that were said."""
    app: Celery[Any] = Celery("other", broker="memory://", set_as_current=False)
    process = WorkerProcess(lambda: MailHelper(Settings(url, key=key)), CeleryRunner(app))
    for _ in range(2):
        process.helper.close()
        process._helper = None
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def test_a_worker_with_another_key_says_so_once(url: str, caplog: pytest.LogCaptureFixture) -> None:
    (said,) = made(url, OTHER_KEY, caplog)

    assert "key: key. No key opens this secret" in said
    assert "example.org" not in caplog.text


def test_a_worker_without_its_database_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (said,) = made(f"sqlite:///{tmp_path / 'none' / 'mail.db'}", KEY, caplog)

    assert "can do no job: database" in said


def test_a_worker_whose_first_use_makes_the_database_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert made(f"sqlite:///{tmp_path / 'mail.db'}", KEY, caplog) == []


def test_a_worker_that_can_work_says_nothing(url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert made(url, KEY, caplog) == []


@pytest.mark.parametrize("task", ["tick", "sync"])
def test_a_task_without_its_database_ends_with_one_line(
    task: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app: Celery[Any] = Celery("other", broker="memory://", set_as_current=False)
    install(app, lambda: MailHelper(Settings(f"sqlite:///{tmp_path / 'none' / 'mail.db'}", key=KEY)))

    assert app.tasks[f"mailhelper.{task}"]() is None

    assert [record.exc_info for record in caplog.records if record.levelno == logging.WARNING] == [None]


@pytest.mark.parametrize("name", ["celery.beat", "celery.worker.strategy", "celery.app.trace"])
def test_ticks_are_said_only_to_who_debugs(name: str, caplog: pytest.LogCaptureFixture) -> None:
    let_ticks_be_quiet()
    logger = logging.getLogger(name)
    for level in (logging.INFO, logging.DEBUG):
        with caplog.at_level(level, logger=name):
            logger.info("%(name)s at %(level)d", {"name": "mailhelper.tick", "level": level})
            logger.info("sent %s (%s) at %d", "quick", "mailhelper.tick", level)
            logger.info("%(name)s at %(level)d", {"name": "mailhelper.sync", "level": level})
            logger.error("%(name)s failed at %(level)d", {"name": "mailhelper.tick", "level": level})

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "mailhelper.sync at 20",
        "mailhelper.tick failed at 20",
        "mailhelper.tick at 10",
        "sent quick (mailhelper.tick) at 10",
        "mailhelper.sync at 10",
        "mailhelper.tick failed at 10",
    ]
