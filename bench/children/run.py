"""Make the whole journey of an account: run.py URL ACCOUNT."""

from __future__ import annotations

import sys

from bench.gauge import measured, tell
from mailhelper_core import MailHelper, Rule

database, account = sys.argv[1], int(sys.argv[2])
found: dict[str, float] = {}
with MailHelper(database) as helper:
    ada = helper.for_owner("ada")
    ada.rules.save(Rule("lists", when="has:list", then=[("tag", "lists")]))
    ada.rules.save(Rule("bills", when="category:finance", then=[("addflag", "\\Flagged")]))
    with measured(found):
        report = ada.run(account)
found |= {"new": report.sync.new, "processed": report.process.processed, "delivered": report.deliver.delivered}
tell(found)
