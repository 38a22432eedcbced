"""Make the whole journey of an account: run.py URL ACCOUNT. `cpu_STAGE` is what each stage took."""

from __future__ import annotations

import sys
import time

from bench.gauge import measured, tell
from mailhelper_core import MailHelper, Progress, Rule

database, account = sys.argv[1], int(sys.argv[2])
found: dict[str, float] = {}
stages: dict[str, float] = {}


def note(step: Progress) -> None:
    """Remember when each stage spoke last."""
    stages[step.stage] = time.process_time()


with MailHelper(database) as helper:
    ada = helper.for_owner("ada")
    ada.rules.save(Rule("lists", when="has:list", then=[("tag", "lists")]))
    ada.rules.save(Rule("bills", when="category:finance", then=[("addflag", "\\Flagged")]))
    last = time.process_time()
    with measured(found):
        report = ada.run(account, progress=note)
for stage, until in stages.items():
    found[f"cpu_{stage}"] = until - last
    last = until
found |= {"new": report.sync.new, "processed": report.process.processed, "delivered": report.deliver.delivered}
tell(found)
