"""Save rules and plan them over all stored mail: planned.py URL RULES; CPU seconds, through the public names."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from bench.children.judge import rule
from bench.gauge import tell
from bench.generated import NEWEST
from mailhelper_core import MailHelper


def main() -> None:
    """Plan on the filled database that the command line names."""
    url, count = sys.argv[1], int(sys.argv[2])
    with MailHelper(url, clock=lambda: NEWEST) as helper:
        ada = helper.for_owner("ada")
        before = time.process_time()
        for number in range(count):
            ada.rules.save(replace(rule(number), id=0))
        figures = {"save": time.process_time() - before}
        before, began = time.process_time(), time.monotonic()
        plan = ada.rules.plan("")
        figures |= {"cpu": time.process_time() - before, "wall": time.monotonic() - began}
        tell(figures | {"hits": len(plan.hits), "messages": plan.messages, "errors": len(plan.errors)})


if __name__ == "__main__":
    main()
