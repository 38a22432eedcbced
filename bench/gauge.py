"""What a child uses to measure itself: CPU and wall seconds of a block, and its peak memory."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def measured(into: dict[str, float]) -> Iterator[None]:
    """Put `cpu` and `wall` seconds of the block, and `rss_mb` of the process so far, into a dict."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    into["cpu"] = time.process_time() - cpu
    into["wall"] = time.perf_counter() - wall
    into["rss_mb"] = peak_rss_mb()


def peak_rss_mb() -> float:
    """Answer the peak resident memory of this process in MB; getrusage would include the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def tell(figures: dict[str, float]) -> None:
    """Print the figures for the parent."""
    print(json.dumps(figures))
