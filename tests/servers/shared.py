"""One server, or database, for all worker processes of a run: who needs it first makes it, the run's end stops it."""

from __future__ import annotations

import dataclasses
import fcntl
import json
from collections.abc import Callable
from pathlib import Path

from tests.servers.process import Running, stop


def acquire(folder: Path, name: str, start: Callable[[], Running]) -> Running:
    """Answer the run's server of this name; whoever comes first starts it, the others wait."""
    return Running(**json.loads(once(folder, f"{name}.server.json", lambda: json.dumps(dataclasses.asdict(start())))))


def once(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Answer what is made once a run, such as a database's name; whoever comes first makes it, the others wait."""
    record = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            record.write_text(make())
        return record.read_text()


def stop_all(folder: Path) -> None:
    """Stop every server that was started for this run."""
    for record in folder.glob("*.server.json"):
        stop(Running(**json.loads(record.read_text())))
        record.unlink()
