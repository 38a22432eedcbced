"""What the template writes passes its own tests, lint and types at once."""

from __future__ import annotations

import subprocess
import sys
import tarfile
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


def test_what_it_publishes_is_the_plugin_and_its_tests(written: Path, tmp_path: Path) -> None:
    (written / "try.db.key").write_text("", encoding="utf-8")

    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)], cwd=written, check=True)

    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        found = {name.partition("/")[2] for name in packed.getnames()}
    assert found - {".gitignore"} == {
        "mailhelper_paid_bills.py", "tests/test_mailhelper_paid_bills.py", "pyproject.toml", "README.md", "PKG-INFO"
    }  # fmt: skip


@pytest.mark.parametrize("check", ["tests", *(pytest.param(name, marks=pytest.mark.full) for name in list(CHECKS)[1:])])
def test_what_the_template_writes_passes_its_checks(written: Path, check: str) -> None:
    done = subprocess.run([sys.executable, "-m", *CHECKS[check]], cwd=written, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
