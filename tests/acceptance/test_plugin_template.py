"""What the template writes passes its own tests, lint and types at once."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from mailhelper_core.app.built_in import BUILT_IN
from mailhelper_core.model.mind.opinion import EXTRACT, OWNER
from mailhelper_core.plugins.load import load

TEMPLATE = Path(__file__).parent.parent.parent / "examples" / "plugin_template"
CHECKS = {
    "tests": ("pytest", "-q", "-p", "no:cacheprovider"),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy", "."),
}


def write(folder: Path, name: str, summary: str) -> subprocess.CompletedProcess[str]:
    answers = ("-d", f"name={name}", "-d", f"summary={summary}")
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", *answers, str(TEMPLATE), str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin as the template writes it."""
    folder = tmp_path_factory.mktemp("plugin")
    # As long as it may be, with what a docstring and a TOML file can hold.
    done = write(folder, "paid-bills", "Says which bills are 'paid' – or {{ nearly }} # so".ljust(100, "x"))
    assert done.returncode == 0, done.stderr
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


@pytest.mark.parametrize("check", ["tests", "lint", "format", pytest.param("types", marks=pytest.mark.full)])
def test_what_the_template_writes_passes_its_checks(written: Path, check: str) -> None:
    done = subprocess.run([sys.executable, "-m", *CHECKS[check]], cwd=written, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_mailhelper_has_is_refused_with_a_reason(tmp_path: Path) -> None:
    packages = {"core", "celery", "cli", "web", "prometheus", "import-ki-mail-helper"}
    built_in = {*BUILT_IN, "providers", *load(BUILT_IN, allowed=()).classifiers, OWNER, EXTRACT}
    question = (TEMPLATE / "copier.yml").read_text(encoding="utf-8").partition("\nsummary:")[0]

    assert set(re.findall("'([a-z-]+)'", question)) == packages | built_in
    for name, said in (("core", "is a package of mailhelper itself"), ("rules", "something of that name built in")):
        done = write(tmp_path / name, name, "Says which bills are paid")
        assert done.returncode != 0
        assert said in done.stderr
        assert not list(tmp_path.rglob("*.py"))


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ('Says "paid"', "a quotation mark"),
        ("Says paid\\", "a backslash"),
        ("Says\npaid", "a break of the line"),
        ("x" * 101, "of 1 to 100 characters"),
        (" ", "of 1 to 100 characters"),
        ("Says which bills are paid.", "without a full stop"),
    ],
)
def test_a_summary_that_would_break_what_is_written_is_refused_with_a_reason(
    tmp_path: Path, summary: str, said: str
) -> None:
    done = write(tmp_path / "plugin", "paid-bills", summary)

    assert done.returncode != 0
    assert said in done.stderr
    assert not list(tmp_path.rglob("*.py"))
