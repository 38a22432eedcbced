"""JsonFormatter: one JSON object a line for log collectors; of exceptions the type and the place, never the text."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

# What a host puts into `extra=` stands beside the rest, unless it is a name that every record has.
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
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
