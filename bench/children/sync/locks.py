"""Sync an account and measure how long SQLite's write lock is held: locks.py URL ACCOUNT."""

from __future__ import annotations

import sys
import time
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, Pool, event

from bench.gauge import tell
from mailhelper_core import MailHelper

database, account = sys.argv[1], int(sys.argv[2])
since: dict[int, tuple[float, float]] = {}
held: list[float] = []
busy: list[float] = []


@event.listens_for(Engine, "after_cursor_execute")
def took(connection: Any, _c: Any, statement: str, *_: Any) -> None:
    """Note when the lock was taken."""
    if statement == "BEGIN IMMEDIATE":
        since[id(connection.connection.dbapi_connection)] = time.perf_counter(), time.thread_time()


@event.listens_for(Pool, "checkin")
def gave_back(dbapi_connection: Any, _r: Any) -> None:
    """Note how long it was held: a connection comes back right after its commit."""
    began = since.pop(id(dbapi_connection), None)
    if began is not None:
        held.append(time.perf_counter() - began[0])
        busy.append(time.thread_time() - began[1])


with MailHelper(database) as helper:
    report = helper.for_owner("ada").sync(account)
cuts = quantiles(held, n=100, method="inclusive")
tell({"new": report.new, "median": cuts[49], "p99": cuts[98], "most": max(held), "most_cpu": max(busy)})
