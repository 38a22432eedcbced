"""A ready-made Celery app: `celery -A mailhelper_celery.app worker`, `celery -A mailhelper_celery.app beat`.

CELERY_BROKER_URL, CELERY_RESULT_BACKEND and the MAILHELPER_ variables say where everything is.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

from mailhelper_celery.install import install
from mailhelper_core import MailHelper

DEFAULT_BROKER = "redis://127.0.0.1:6379/0"

app: Celery[Any] = Celery(
    "mailhelper",
    broker=os.environ.get("CELERY_BROKER_URL", DEFAULT_BROKER),
    backend=os.environ.get("CELERY_RESULT_BACKEND"),
    set_as_current=False,
)
installation = install(app, MailHelper, configure=True)
