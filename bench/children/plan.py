"""Plan rules over a filled database: plan.py URL RULE ...; seconds of the first page and of all, and hits, are told."""

from __future__ import annotations

import sys
import time

from bench.gauge import tell
from mailhelper_core import MailHelper, Rule

# Hits of a page, as a host shows them.
PAGE = 50


def main() -> None:
    """Plan each rule alone, its first page and then all of it."""
    url, queries = sys.argv[1], sys.argv[2:]
    figures: dict[str, float] = {}
    with MailHelper(url) as helper:
        ada = helper.for_owner("ada")
        ada.count("")  # connects, and checks the schema
        for query in queries:
            rules = [Rule("indexed", query, [("tag", "a")])]
            before = time.perf_counter()
            page = ada.rules.plan("", rules=rules, limit=PAGE)
            figures[f"first {query}"] = time.perf_counter() - before
            before, cpu = time.perf_counter(), time.process_time()
            hits, pages = len(page.hits), 1
            while page.next:
                page = ada.rules.plan("", rules=rules, limit=PAGE, after=page.next)
                hits, pages = hits + len(page.hits), pages + 1
            figures[f"rest {query}"] = time.perf_counter() - before
            figures[f"cpu {query}"] = time.process_time() - cpu
            figures[f"hits {query}"] = hits
            figures[f"pages {query}"] = pages
            before = time.perf_counter()
            whole = ada.rules.plan("", rules=rules)
            figures[f"whole {query}"] = time.perf_counter() - before
            assert len(whole.hits) == hits
    tell(figures)


if __name__ == "__main__":
    main()
