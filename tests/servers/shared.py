"""One server for all worker processes of a test run: who needs it first starts it, the run's end stops it."""

from __future__ import annotations

import dataclasses
import fcntl
import json
from collections.abc import Callable
from pathlib import Path

from tests.servers.process import Running, stop


def acquire(folder: Path, name: str, start: Callable[[], Running]) -> Running:
    """Answer the run's server of this name; whoever comes first starts it, the others wait."""
    record = folder / f"{name}.server.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if record.exists():
            return Running(**json.loads(record.read_text()))
        running = start()
        record.write_text(json.dumps(dataclasses.asdict(running)))
        return running


def stop_all(folder: Path) -> None:
    """Stop every server that was started for this run."""
    for record in folder.glob("*.server.json"):
        stop(Running(**json.loads(record.read_text())))
        record.unlink()
