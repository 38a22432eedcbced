"""Ask a filled database queries, and plan one rule over it: find.py URL QUERY ...; milliseconds of each are told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

from bench.gauge import tell
from mailhelper_core import MailHelper, Rule

ROUNDS = 7


def timed(ask: Callable[[], object]) -> float:
    """Answer the median of so many rounds in milliseconds, the first one left out."""
    found = []
    for _ in range(ROUNDS + 1):
        before = time.perf_counter()
        ask()
        found.append((time.perf_counter() - before) * 1000)
    return median(found[1:])


def main() -> None:
    """Ask all queries of bench/search.py."""
    url, queries = sys.argv[1], sys.argv[2:]
    figures: dict[str, float] = {}
    with MailHelper(url) as helper:
        ada = helper.for_owner("ada")
        for query in queries:
            figures[f"hits {query}"] = ada.count(query, at_most=1_000_000)
            figures[f"newest {query}"] = timed(lambda query=query: ada.search(query))  # type: ignore[misc]
            figures[f"relevance {query}"] = timed(lambda query=query: ada.search(query, sort="relevance"))  # type: ignore[misc]
        rule = Rule("indexed", "domain:domain399.example larger:1k", [("tag", "a")])
        before, cpu = time.perf_counter(), time.process_time()
        plan = ada.rules.plan("", rules=[rule])
        figures |= {"plan": time.perf_counter() - before, "plan_cpu": time.process_time() - cpu}
        figures["plan_hits"] = len(plan.hits)
    tell(figures)


if __name__ == "__main__":
    main()
