"""One JSON object a line for log collectors; of exceptions the type and the place, never the text."""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

# What a host puts into `extra=` stands beside the rest, unless it is a name that every record has.
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# `json` is all that it says: without it a process logs as it always did.
LOG_VARIABLE = "MAILHELPER_LOG"
# The innermost frames say where it was.
FRAMES = 8


class JsonFormatter(logging.Formatter):
    """Formats records of all loggers; those of mailhelper hold ids, counts and codes only.

    The text of a foreign exception may quote mail, so it is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Answer the line."""
        value: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        value |= {name: item for name, item in vars(record).items() if name not in _KNOWN}
        if record.exc_info and record.exc_info[0] is not None:
            value["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-FRAMES:]
            value["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(value, default=str, ensure_ascii=False)


class _Otherwise(logging.StreamHandler[TextIO]):
    """Writes to standard error while the program has set up no logging of its own, which would write it once more."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            super().emit(record)


def show(logger: logging.Logger) -> None:
    """Let what a logger tells be seen from INFO on, whatever level and handlers the program has; twice is no more."""
    if not logger.isEnabledFor(logging.INFO):
        logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(_Otherwise())


def logs_from_env(environ: Mapping[str, str] = os.environ) -> bool:
    """Let this process write one JSON object a line to standard error where MAILHELPER_LOG is `json`; say whether.

    For the entry point of a program: what mailhelper tells from INFO on, what all others do from WARNING on. Once is
    enough, and twice is no more; handlers that the program has stay.
    """
    if environ.get(LOG_VARIABLE) != "json":
        return False
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in root.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
    logging.getLogger("mailhelper").setLevel(logging.INFO)
    logging.captureWarnings(True)
    return True
