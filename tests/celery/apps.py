"""Celery apps of a host, for tests that start no process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from celery import Celery

from mailhelper_core import MailHelper


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
