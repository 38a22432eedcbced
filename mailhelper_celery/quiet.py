"""What Celery says of each tick, every five seconds, is for who debugs; its failures are still said aloud."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from mailhelper_celery.queues import PREFIX, TICK

# Who says that a task was sent, has come and has ended.
LOGGERS = ("celery.beat", "celery.worker.strategy", "celery.app.trace")


def let_ticks_be_quiet() -> None:
    """Let Celery say at DEBUG what it says of ticks at INFO."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_as_debug)  # the same function again is not added


def _as_debug(record: logging.LogRecord) -> bool:
    values = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
    if record.levelno != logging.INFO or PREFIX + TICK not in values:
        return True
    record.levelno, record.levelname = logging.DEBUG, logging.getLevelName(logging.DEBUG)
    return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)
