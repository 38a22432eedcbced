"""Keeps Alembic's thirty lines about a new database out of the log; ours say in one what was done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident

# What says at INFO that it begins, and what each step of a migration is; its warnings stay.
_TALKATIVE = ("alembic.runtime.migration", "alembic.runtime.plugins")


@contextmanager
def unheard() -> Iterator[None]:
    """Leave out what Alembic tells up to INFO in this thread meanwhile: what a host's own does in another is told."""
    thread = get_ident()

    def is_told(record: logging.LogRecord) -> bool:
        return record.thread != thread or record.levelno > logging.INFO

    with ExitStack() as later:
        for name in _TALKATIVE:
            logger = logging.getLogger(name)
            logger.addFilter(is_told)
            later.callback(logger.removeFilter, is_told)
        yield
