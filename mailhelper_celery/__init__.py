"""mailhelper in a Celery app: tasks that ring for jobs, a runner that sends them; the jobs are rows of the core."""

from __future__ import annotations

from mailhelper_celery.install import Installation, install
from mailhelper_celery.queues import QUEUES
from mailhelper_celery.runner import CeleryRunner

__all__ = ["QUEUES", "CeleryRunner", "Installation", "install"]
