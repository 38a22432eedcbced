"""What the template writes passes its own tests, lint and types at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = Path(__file__).parent.parent.parent / "examples" / "plugin_template"
CHECKS = {
    "tests": ("pytest", "-q", "-p", "no:cacheprovider"),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy", "."),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin as the template writes it."""
    folder = tmp_path_factory.mktemp("plugin")
    answers = ("-d", "name=paid-bills", "-d", "summary=Says which bills are paid")
    subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", *answers, str(TEMPLATE), str(folder)],
        check=True,
    )
    return folder


@pytest.mark.parametrize("check", ["tests", *(pytest.param(name, marks=pytest.mark.full) for name in list(CHECKS)[1:])])
def test_what_the_template_writes_passes_its_checks(written: Path, check: str) -> None:
    done = subprocess.run([sys.executable, "-m", *CHECKS[check]], cwd=written, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
