"""`./dev bench [NAME ...] [--json] [--write]`: measure and print; --write puts the rows into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.figure import Figure

# Name on the command line: module.
SETS = {
    "start": "start", "mime": "mime", "journey": "journey", "sync": "sync.first", "scale": "sync.scale",
    "peers": "sync.peers", "waits": "sync.waits", "rules": "rules", "plan": "plan", "search": "search",
    "likeness": "likeness",
    "intelligence": "intelligence", "intelligence-online": "intelligence_online",
    "intelligence-orders": "intelligence_orders", "sieve": "sieve", "understanding": "understanding",
    "load": "load", "moving": "moving",
    "web": "web", "plugins": "plugins", "install": "installing",
}  # fmt: skip
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = "| figure | target | measured (least..most) | peer in the same run | |\n|---|---|---|---|---|"


def main() -> int:
    """Measure the sets that are named, or all."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SETS, []], metavar="NAME", help=", ".join(SETS))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="write the rows into docs/benchmarks.md")
    options = parser.parse_args()
    found: dict[str, list[Figure]] = {}
    for name in options.names or SETS:
        found[name] = _measure(name, quiet=options.json)
    if options.write:
        for name, figures in found.items():
            _write(name, figures)
    if options.json:
        print(json.dumps({name: [figure.as_dict() for figure in figures] for name, figures in found.items()}))
    return 0 if all(figure.met is not False for figures in found.values() for figure in figures) else 1


def _measure(name: str, *, quiet: bool) -> list[Figure]:
    figures = []
    for figure in import_module(f"bench.{SETS[name]}").figures():
        figures.append(figure)
        if not quiet:
            print(figure.row(), flush=True)
    return figures


def _write(name: str, figures: Sequence[Figure]) -> None:
    machine = (
        f"{os.cpu_count()} cores, {_memory()} GiB, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d},"
        f" load {os.getloadavg()[1]:.0f} in the last five minutes"
    )
    rows = "\n".join(figure.row() for figure in figures)
    block = f"<!-- {name} -->\n{machine}\n\n{HEAD}\n{rows}\n<!-- end {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- end {name} -->", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: block, page), encoding="utf-8")


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


if __name__ == "__main__":
    sys.exit(main())
