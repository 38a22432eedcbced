"""What starting costs: importing the package, and the command line's help."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figure import Figure
from bench.measure import alternate

RUNS = 7
PLUGINS = 20
MOST_MORE = 0.1


def figures() -> Iterator[Figure]:
    """Yield the figures of starting."""
    ours, peer = alternate(RUNS, ("start", "mailhelper_core"), ("start", "sqlalchemy"))
    cpu = ours.median("cpu")
    value = f"{cpu * 1000:.0f} ms ({ours.spread('cpu')} s)"
    yield Figure(
        "import mailhelper_core, CPU", "<= 100 ms", value, f"sqlalchemy {peer.median('cpu') * 1000:.0f} ms", cpu <= 0.1
    )
    command = shutil.which("mailhelper", path=str(Path(sys.executable).parent))
    if command:
        yield _help(command)


def _help(command: str) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PLUGINS):
            _fake_plugin(Path(folder), f"plugin{number}")
        with_plugins = median(_cpu([command, "--help"], folder) for _ in range(RUNS))
        without = median(_cpu([command, "--help"], "") for _ in range(RUNS))
        bare = median(_cpu([sys.executable, "-c", "import click"], "") for _ in range(RUNS))
    more = with_plugins / without - 1
    value = f"{with_plugins * 1000:.0f} ms, {more:+.0%} ({without * 1000:.0f} ms without plugins)"
    peer = f"python and click alone {bare * 1000:.0f} ms"
    target = f"<= 300 ms, <= {MOST_MORE:.0%} more than without"
    is_met = with_plugins <= 0.3 and more <= MOST_MORE
    return Figure("mailhelper --help with 20 plugins, CPU", target, value, peer, is_met)


def _fake_plugin(folder: Path, name: str) -> None:
    (folder / f"{name}.py").write_text("raise SystemExit('a plugin was imported')\n", encoding="ascii")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="ascii")
    (info / "entry_points.txt").write_text(f"[mailhelper]\n{name} = {name}\n", encoding="ascii")


def _cpu(command: list[str], path: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
