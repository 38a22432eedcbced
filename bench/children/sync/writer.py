"""Write a row every few milliseconds, as a web request does, until a file appears: writer.py DATABASE STOP_FILE."""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from statistics import quantiles

from bench.gauge import tell

database, stop = sys.argv[1], Path(sys.argv[2])
PAUSE_SECONDS = 0.02
# As the library's own writers wait.
BUSY_TIMEOUT_SECONDS = 30
taken: list[float] = []
locked = 0
connection = sqlite3.connect(database, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
connection.execute("PRAGMA synchronous=NORMAL")
connection.execute("CREATE TABLE IF NOT EXISTS web (id INTEGER PRIMARY KEY, at REAL)")
while not stop.exists():
    began = time.perf_counter()
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO web (at) VALUES (?)", (began,))
        connection.execute("COMMIT")
    except sqlite3.OperationalError:
        locked += 1
    taken.append(time.perf_counter() - began)
    time.sleep(PAUSE_SECONDS)
cuts = quantiles(taken, n=100, method="inclusive")
tell({"writes": len(taken), "median": cuts[49], "p95": cuts[94], "most": max(taken), "locked": locked})
