"""Who works on jobs: threads of this process, Celery workers that are rung for, or workers that look by themselves."""

from __future__ import annotations

from importlib import import_module

from mailhelper_core import ConfigError, MailHelper, Runner, ThreadRunner
from mailhelper_web.config import Config


def runner_of(config: Config) -> Runner | None:
    """Answer the runner of this host. Raises ConfigError for a broker without Celery."""
    if config.job_threads:
        return ThreadRunner(config.job_threads)
    return _celery_runner(config) if config.broker_url else None


def _celery_runner(config: Config) -> Runner:
    try:
        celery, adapter = import_module("celery"), import_module("mailhelper_celery")
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "Celery is missing: pip install 'mailhelper-web[celery]', or unset CELERY_BROKER_URL."
        ) from exc
    # An app of its own, that nobody else's settings are touched; its workers are those of mailhelper_celery.app.
    app = celery.Celery("mailhelper", broker=config.broker_url, set_as_current=False)
    queues = adapter.QUEUES if config.broker_queues else None
    runner: Runner = adapter.install(app, MailHelper, configure=True, queues=queues).runner
    return runner
