"""Run a child that measures itself, several times in turn with its peer, and keep medians and spread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CHILD_TIMEOUT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Runs:
    """The same figures of several runs, by name."""

    values: tuple[Mapping[str, float], ...]

    def median(self, name: str) -> float:
        """Answer the median of a figure."""
        return median(run[name] for run in self.values)

    def spread(self, name: str) -> str:
        """Answer `least..most` of a figure."""
        found = [run[name] for run in self.values]
        return f"{min(found):.3g}..{max(found):.3g}"


def child(name: str, *arguments: object, timeout_seconds: float = CHILD_TIMEOUT_SECONDS) -> dict[str, float]:
    """Run bench/children/NAME.py in a fresh interpreter and answer the JSON object that it prints."""
    command = [sys.executable, "-m", f"bench.children.{name}", *map(str, arguments)]
    done = subprocess.run(
        command, env=_as_installed(), capture_output=True, text=True, timeout=timeout_seconds, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"bench child {name} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _as_installed() -> dict[str, str]:
    """Answer an environment in which modules are compiled once, as where a program is installed; not at each start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "mailhelper-bench-compiled")}


def alternate(runs: int, *calls: Sequence[object]) -> list[Runs]:
    """Run each call (child name, arguments ...) in turn, `runs` times; one Runs a call."""
    found: list[list[dict[str, float]]] = [[] for _ in calls]
    for _ in range(runs):
        for number, (name, *arguments) in enumerate(calls):
            found[number].append(child(str(name), *arguments))
    return [Runs(tuple(one)) for one in found]
