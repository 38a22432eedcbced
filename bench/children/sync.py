"""Sync an account: sync.py URL ACCOUNT. `cpu` ends with the last message stored, `cpu_indexed` with the index."""

from __future__ import annotations

import sys
import time

from bench.gauge import measured, tell
from mailhelper_core import MailHelper, Progress

database, account = sys.argv[1], int(sys.argv[2])
whole: dict[str, float] = {}
found: dict[str, float] = {"cpu": 0.0}


def note(step: Progress) -> None:
    """Remember when the sync stage spoke last."""
    if step.stage == "sync":
        found["cpu"] = time.process_time() - began


with MailHelper(database) as helper:
    ada = helper.for_owner("ada")
    began = time.process_time()
    with measured(whole):
        report = ada.sync(account, progress=note)
found |= {"cpu_indexed": whole["cpu"], "wall": whole["wall"], "rss_mb": whole["rss_mb"]}
found |= {"new": report.new, "indexed": report.indexed, "commands": report.commands, "body_bytes": report.body_bytes}
tell(found)
