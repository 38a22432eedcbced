"""Python that a page shows beside its text, and the READMEs of the example plugins, run as printed too."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import MailHelper, Rule, Settings
from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD
from tests.acceptance.pages import Block, blocks, is_loud, mistake_at_a_prompt
from tests.acceptance.test_documentation import AGAIN, ONCE

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
READMES = sorted(path for path in (ROOT / "examples" / "plugins").glob("*/README.md") if blocks(path, "python"))
# What they take for granted.
GIVEN: dict[Path, dict[str, object]] = {
    DOCS / "reference" / "sieve.md": {"script": 'require "fileinto"; if true { fileinto "Archive"; }'},
    DOCS / "reference" / "query.md": {},
}
# The signatures of hooks, which another test compares, and a page that tests of the queue run.
OTHERWISE = {DOCS / "reference" / "hooks.md", DOCS / "reference" / "tasks.md"}
PAGES = sorted(
    path
    for path in [ROOT / "README.md", *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    if path != DOCS / "reference" / "hooks.md" and blocks(path, "python")
)
# These set what a process has once.
ALONE = {"otel"}


@pytest.fixture
def names(
    home: Path, example_server: ImapServer, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[dict[str, Any]]:
    """What the reader of such a page has: an owner and an account, in a program with the plugin that it is about."""
    monkeypatch.setattr("mailhelper_core.plugins.load.entry_points", entry_points)  # those of the examples, too
    plugins = getattr(request, "param", ())
    with MailHelper(Settings("sqlite:///mail.db", plugins=plugins)) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add("imaps://imap.example.org", username="ada", password=PASSWORD)
        ada.run(account.id)
        yield {"helper": helper, "ada": ada, "account": account, "Rule": Rule, "Settings": Settings}


def installed_as(readme: Path) -> tuple[str, ...]:
    """Answer the entry points of the project that a README is about."""
    project = tomllib.loads((readme.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(project["entry-points"]["mailhelper"])


@pytest.mark.parametrize(
    ("readme", "names"),
    [pytest.param(path, installed_as(path), id=path.parent.name) for path in READMES if path.parent.name not in ALONE],
    indirect=["names"],
)
def test_the_python_of_a_plugins_readme_runs_as_printed(readme: Path, names: dict[str, Any]) -> None:
    problems = [problem for one in names["helper"].plugins for problem in one.problems]

    run(readme, names)

    assert problems == []


@pytest.mark.parametrize("name", sorted(ALONE))
def test_the_python_of_a_readme_that_sets_up_a_process_runs_as_printed(name: str, home: Path) -> None:
    (block,) = blocks(ROOT / "examples" / "plugins" / name / "README.md", "python")

    subprocess.run([sys.executable, "-c", block.text], cwd=home, check=True, capture_output=True)


@pytest.mark.parametrize("page", GIVEN, ids=lambda page: page.name)
def test_the_python_beside_a_text_runs_as_printed(page: Path, names: dict[str, Any]) -> None:
    run(page, names | GIVEN[page])


def test_there_is_no_python_that_no_test_runs() -> None:
    shown = {path for folder in (DOCS, ROOT / "examples") for path in folder.rglob("*.md") if blocks(path, "python")}

    assert shown - {*AGAIN, *ONCE, *READMES, *GIVEN} == OTHERWISE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_python_that_is_not_to_be_saved_can_be_pasted_at_a_prompt(page: Path) -> None:
    pasted = [block for block in blocks(page, "python") if not block.saved_as]

    assert [mistake for mistake in map(mistake_at_a_prompt, pasted) if mistake] == []
    assert [block.line for block in pasted if is_loud(block)] == []


@pytest.mark.parametrize("text", ["for one in ():\n    print(one)\nprint()\n", "def a():\n    pass\n\n    return\n"])
def test_what_a_prompt_does_not_take_is_found(text: str) -> None:
    assert mistake_at_a_prompt(Block("python", text, 7, ""))


def run(page: Path, names: dict[str, Any]) -> None:
    for block in blocks(page, "python"):
        exec(compile("\n" * (block.line - 1) + block.text, page, "exec"), names)
