"""Metrics in Prometheus' text format 0.0.4: names, labels, types; counts and seconds are added up, gauges stand."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mailhelper_core import Metric

PREFIX = "mailhelper_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A label that takes ever new values would fill the memory; ours take a few hundred.
MAX_SERIES = 10_000
# Up to here a float holds every integer.
EXACT = 2.0**53

Labels = tuple[tuple[str, str], ...]


class Counters:
    """Sums of counts and seconds since the process began; thread-safe."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, Labels], float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, metrics: Iterable[Metric]) -> None:
        """Add what was told; gauges are left out."""
        with self._lock:
            for one in metrics:
                for name, value in _counted(one):
                    if (name, one.labels) in self._sums or len(self._sums) < MAX_SERIES:
                        self._sums[name, one.labels] += value

    def samples(self) -> list[tuple[str, str, Labels, float]]:
        """Answer name, type, labels and value of each series."""
        with self._lock:
            return [(name, "counter", labels, value) for (name, labels), value in sorted(self._sums.items())]


def text(counters: Counters, gauges: Iterable[Metric]) -> str:
    """Answer the whole page."""
    samples = [*counters.samples(), *((PREFIX + one.name, "gauge", one.labels, one.value) for one in gauges)]
    lines, known = [], set()
    for name, kind, labels, value in sorted(samples):
        if name not in known:
            known.add(name)
            lines.append(f"# TYPE {name} {kind}")
        lines.append(f"{name}{_labels(labels)} {_number(value)}")
    return "\n".join(lines) + "\n"


def _counted(one: Metric) -> Iterator[tuple[str, float]]:
    if one.kind == "count":
        yield f"{PREFIX}{one.name}_total", one.value
    elif one.kind == "seconds":
        yield f"{PREFIX}{one.name}_sum", one.value
        yield f"{PREFIX}{one.name}_count", 1


def _number(value: float) -> str:
    """Answer a number with all its digits, in the words of the format."""
    if math.isfinite(value):
        return str(int(value)) if value == int(value) and abs(value) < EXACT else repr(float(value))
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
