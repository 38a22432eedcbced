"""The ready-made Celery app, in an environment that says where its broker is, or a host's own by its name."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from mailhelper_cli.failures import install_line
from mailhelper_core import ConfigError, HealthItem, Runner

_BROKER = "CELERY_BROKER_URL"
_APP = "mailhelper_celery.app"
# What our pages call that which `install` answers.
_USUAL_NAME = "tasks"


def bell_ringer() -> Runner | None:
    """Answer what tells Celery's workers of jobs; None without a broker. Raises ConfigError without Celery."""
    if _BROKER not in os.environ:
        return None
    try:
        runner: Runner = import_module(_APP).installation.runner
    except ModuleNotFoundError as exc:
        raise ConfigError(f"{_BROKER} is set, but mailhelper[celery] is missing.") from exc
    return runner


def look_at_workers(own: str = "") -> list[HealthItem]:
    """Look at broker and workers of the ready-made app, nothing without a broker; or of a host's own, `host:tasks`."""
    if own:
        return list(_own(own).look())
    if _BROKER not in os.environ:
        return []
    try:
        app = import_module(_APP)
    except ModuleNotFoundError:
        return [HealthItem("broker", ok=False, found="no celery", advice=install_line("celery"))]
    return list(app.installation.look())


def _own(name: str) -> Any:
    """Answer what `install` answered a host. Raises ConfigError for a name that is not such a thing's."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())  # as `celery -A` does
    try:
        found: Any = getattr(import_module(module), attribute or _USUAL_NAME)
    except (ImportError, AttributeError) as exc:
        raise ConfigError(f"{name} cannot be imported here: {exc}") from exc
    if not hasattr(found, "look"):
        raise ConfigError(f"{name} is not what `mailhelper_celery.install(app, ...)` answers.")
    return found
