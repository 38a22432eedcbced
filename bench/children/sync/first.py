"""Sync an account once: first.py URL ACCOUNT. `cpu` and `wall_stored` end with the last message stored."""

from __future__ import annotations

import sys
import time

from bench.gauge import measured, tell
from mailhelper_core import MailHelper, Progress

database, account = sys.argv[1], int(sys.argv[2])
whole: dict[str, float] = {}
found: dict[str, float] = {"cpu": 0.0, "wall_stored": 0.0}


def note(step: Progress) -> None:
    """Remember when the sync stage spoke last."""
    if step.stage == "sync" and step.done == step.total:
        found["cpu"] = time.process_time() - began
        found["wall_stored"] = time.perf_counter() - started


with MailHelper(database) as helper:
    ada = helper.for_owner("ada")
    began, started = time.process_time(), time.perf_counter()
    with measured(whole):
        report = ada.sync(account, progress=note)
found |= {"cpu_indexed": whole["cpu"], "wall": whole["wall"], "rss_mb": whole["rss_mb"]}
found |= {"new": report.new, "adopted": report.adopted, "indexed": report.indexed, "errors": len(report.errors)}
found |= {"commands": report.commands, "body_bytes": report.body_bytes}
tell(found)
