"""The ready-made Celery app, in an environment that says where its broker is."""

from __future__ import annotations

import os
from importlib import import_module

from mailhelper_cli.failures import install_line
from mailhelper_core import ConfigError, HealthItem, Runner

_BROKER = "CELERY_BROKER_URL"
_APP = "mailhelper_celery.app"


def bell_ringer() -> Runner | None:
    """Answer what tells Celery's workers of jobs; None without a broker. Raises ConfigError without Celery."""
    if _BROKER not in os.environ:
        return None
    try:
        runner: Runner = import_module(_APP).installation.runner
    except ModuleNotFoundError as exc:
        raise ConfigError(f"{_BROKER} is set, but mailhelper[celery] is missing.") from exc
    return runner


def look_at_workers() -> list[HealthItem]:
    """Look at broker and workers; nothing without a broker."""
    if _BROKER not in os.environ:
        return []
    try:
        app = import_module(_APP)
    except ModuleNotFoundError:
        return [HealthItem("broker", ok=False, found="no celery", advice=install_line("celery"))]
    return list(app.installation.look())
