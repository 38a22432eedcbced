"""A ready-made Celery app: `celery -A mailhelper_celery.app worker`, `celery -A mailhelper_celery.app beat`.

CELERY_BROKER_URL, CELERY_RESULT_BACKEND and the MAILHELPER_ variables say where everything is.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery, signals

from mailhelper_celery.install import install
from mailhelper_celery.queues import QUEUES
from mailhelper_core import JsonFormatter, MailHelper

DEFAULT_BROKER = "redis://127.0.0.1:6379/0"
# Set to anything, tasks go to `mail.sync`, `mail.process` and `mail.models` instead of one queue.
QUEUES_VARIABLE = "MAILHELPER_QUEUES"
# `json` lets workers and the beat log one JSON object a line.
LOG_VARIABLE = "MAILHELPER_LOG"


def log_as_json(logger: logging.Logger, **_: Any) -> None:
    """Let Celery's handlers write JSON."""
    for handler in logger.handlers:
        handler.setFormatter(JsonFormatter())


app: Celery[Any] = Celery(
    "mailhelper",
    broker=os.environ.get("CELERY_BROKER_URL", DEFAULT_BROKER),
    backend=os.environ.get("CELERY_RESULT_BACKEND"),
    set_as_current=False,
)
installation = install(app, MailHelper, configure=True, queues=QUEUES if os.environ.get(QUEUES_VARIABLE) else None)
if os.environ.get(LOG_VARIABLE) == "json":
    signals.after_setup_logger.connect(log_as_json, weak=False)
    signals.after_setup_task_logger.connect(log_as_json, weak=False)
