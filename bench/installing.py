"""What a plain install brings: the wheel in a fresh environment, counted as the target says, without pip's own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
MOST_PACKAGES = 18
MOST_MIB = 90
# What every environment has, whoever made it.
_TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils")


def figures() -> Iterator[Figure]:
    """Yield the figures of a plain install and of one that learns; asks the package index."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = Path(folder).glob("*.whl")
        plain, mib = _installed(Path(folder) / "plain", str(wheel))
        learning, _ = _installed(Path(folder) / "learn", f"{wheel}[learn]")
    yield Figure("packages of a plain install", f"<= {MOST_PACKAGES}", str(plain), "", plain <= MOST_PACKAGES)
    yield Figure("its size, without bytecode", f"<= {MOST_MIB} MiB", f"{mib:.1f} MiB", "", mib <= MOST_MIB)
    more = learning - plain
    yield Figure("packages more with `[learn]`", "<= 1", str(more), "", more <= 1)


def _installed(folder: Path, requirement: str) -> tuple[int, float]:
    """Install into an environment of its own; answer packages and MiB."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement]
    subprocess.run(command, check=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    names = {path.name for path in site.glob("*.dist-info") if not path.name.startswith(("pip-", "setuptools-"))}
    octets = sum(path.stat().st_size for path in site.rglob("*") if _counts(path.relative_to(site)))
    return len(names), octets / 2**20


def _counts(path: Path) -> bool:
    return "__pycache__" not in path.parts and not path.parts[0].startswith(_TOOLS)
