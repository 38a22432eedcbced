"""Sync an account and measure how long SQLite's write lock is held: locks.py URL ACCOUNT.

Within the COMMIT that fills the log SQLite makes a checkpoint, after it has given the lock back. Here it is made right
behind that commit instead, so that the lock is measured alone.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, Pool, event

from bench.gauge import tell
from mailhelper_core import MailHelper

database, account = sys.argv[1], int(sys.argv[2])
# The index of the log says at this place how many frames it has (sqlite.org/walformat.html 2.1).
index, FRAMES = Path(database.removeprefix("sqlite:///") + "-shm"), slice(16, 20)
# SQLite's own number.
CHECKPOINT_FRAMES = 1_000
since: dict[int, tuple[float, float]] = {}
held: list[float] = []
busy: list[float] = []


@event.listens_for(Pool, "connect")
def by_hand(dbapi_connection: sqlite3.Connection, _r: Any) -> None:
    """Let no commit make a checkpoint."""
    dbapi_connection.execute("PRAGMA wal_autocheckpoint=0")


@event.listens_for(Engine, "after_cursor_execute")
def took(connection: Any, _c: Any, statement: str, *_: Any) -> None:
    """Note when the lock was taken."""
    if statement == "BEGIN IMMEDIATE":
        since[id(connection.connection.dbapi_connection)] = time.perf_counter(), time.thread_time()


@event.listens_for(Pool, "checkin")
def gave_back(dbapi_connection: sqlite3.Connection, _r: Any) -> None:
    """Note how long it was held: a connection comes back right after its commit."""
    began = since.pop(id(dbapi_connection), None)
    if began is not None:
        held.append(time.perf_counter() - began[0])
        busy.append(time.thread_time() - began[1])
        with index.open("rb") as file:
            frames = int.from_bytes(file.read(FRAMES.stop)[FRAMES], sys.byteorder)
        if frames >= CHECKPOINT_FRAMES:
            dbapi_connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


with MailHelper(database) as helper:
    report = helper.for_owner("ada").sync(account)
cuts = quantiles(held, n=100, method="inclusive")
tell({"new": report.new, "median": cuts[49], "p99": cuts[98], "most": max(held), "most_cpu": max(busy)})
