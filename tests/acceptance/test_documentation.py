"""README, quickstart, how-to pages and the pages about rules and values run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from codeop import compile_command
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from mailhelper_core import Classification, MailHelper, Rule
from mailhelper_core.process.combine import EFFECTIVE_FROM, pool
from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, Cli
from tests.acceptance.pages import blocks, console_commands, run_python

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
HOWTO = DOCS / "howto" / "write-a-plugin.md"
PUBLISHING = DOCS / "howto" / "publish-a-plugin.md"
# What one begins with, and comes back to.
AGAIN = [README, DOCS / "index.md", DOCS / "quickstart.md", *sorted((DOCS / "howto").glob("*.md"))]
TYPED = [page for page in AGAIN if "`python -i " in page.read_text(encoding="utf-8")]
ONCE = [DOCS / "reference" / name for name in ("api.md", "rules.md", "values.md")]


@pytest.fixture(autouse=True)
def modules_of_the_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a page import what it has saved in the current directory, and forget that afterwards."""
    monkeypatch.syspath_prepend(home)
    yield
    for path in home.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.mark.parametrize("page", ONCE, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_as_printed(page: Path, home: Path, example_server: ImapServer) -> None:
    assert run_python(page, home)


@pytest.mark.parametrize("page", AGAIN, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_as_printed_and_again(page: Path, home: Path, example_server: ImapServer) -> None:
    first = run_python(page, home)
    second = run_python(page, home)

    assert first
    assert second


@pytest.mark.parametrize("page", [README, DOCS / "quickstart.md"], ids=lambda page: page.name)
def test_what_one_begins_with_runs_where_there_is_no_mail(page: Path, home: Path, empty_server: ImapServer) -> None:
    names = run_python(page, home)

    assert names["report"].sync.new == 0  # type: ignore[attr-defined]


def test_the_example_of_the_readme_syncs_sorts_and_finds(
    home: Path, example_server: ImapServer, capsys: pytest.CaptureFixture[str]
) -> None:
    user = example_server.store.user("ada")
    mails = sum(len(mailbox.uids) for mailbox in user.mailboxes)

    names = run_python(README, home)

    first, *found = capsys.readouterr().out.splitlines()
    report = names["report"]
    assert first.startswith(f"{mails} new, ")
    assert report.rules.hits > 0  # type: ignore[attr-defined]
    assert len(user.mailbox("Finance").uids) == report.rules.hits  # type: ignore[attr-defined]
    assert found
    assert "frozenset" not in "".join(found)


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(tmp_path / "html")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "html" / "howto" / "write-a-plugin.html").exists()


def test_the_example_of_the_readme_has_twelve_lines() -> None:
    assert len(blocks(README, "python")[0].text.splitlines()) <= 12


def test_the_figures_of_the_readme_are_those_that_were_measured() -> None:
    rows = re.findall(r"^\| (?!figure|-|!)[^|]+ \| ([^|]+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    figures = [figure for row in rows for figure in re.findall(r"[\d.,]*\d(?: \w+|x)", row)]
    measured = (DOCS / "benchmarks.md").read_text(encoding="utf-8")

    assert len(figures) > 5
    assert [figure for figure in figures if figure not in measured] == []


def test_the_plugin_of_the_readme_classifies_tests_and_acts(home: Path, example_server: ImapServer) -> None:
    inbox = example_server.store.user("ada").mailbox("INBOX")
    inbox.append(b"From: shop@shop.example\r\nSubject: Invoice one\r\n\r\n" + b"a line of text\r\n" * 40)
    inbox.append(b"From: shop@shop.example\r\nSubject: Invoice two\r\n\r\nshort\r\n")
    plugin = ModuleType("shop")
    exec(blocks(README, "python")[1].text, plugin.__dict__)
    with MailHelper("sqlite:///mail.db", plugins=[plugin]) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add("imaps://imap.example.org", username="ada", password=PASSWORD)
        ada.rules.save(Rule("long ones", when="category:finance longer-than:350", then=["for-accounting"]))

        ada.run(account.id)

        invoices = {message.subject: message for message in ada.search("from:shop.example")}
        assert {message.category for message in invoices.values()} == {"finance"}
        assert "accounting" in invoices["Invoice one"].tag_names
        assert "accounting" not in invoices["Invoice two"].tag_names


def test_the_plugin_of_the_readme_has_about_fifteen_lines() -> None:
    code = [line for line in blocks(README, "python")[1].text.splitlines() if line.strip()]

    assert len(code) <= 15


@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.name)
def test_what_is_to_be_typed_can_be_typed(page: Path) -> None:
    *_, typed = blocks(page, "python")
    waiting: list[str] = []

    for line in typed.text.splitlines():
        waiting.append(line)
        if compile_command("\n".join(waiting)) is not None:
            waiting.clear()

    assert waiting == [], "the last statement is not at its end"


@pytest.mark.parametrize("framework", ["flask", "fastapi", "django"])
def test_an_embedding_has_at_most_40_lines(framework: str) -> None:
    program, _ = blocks(DOCS / "howto" / f"embed-{framework}.md", "python")

    assert len([line for line in program.text.splitlines() if line.strip()]) <= 40


def test_the_plugin_of_the_howto_is_that_of_the_readme() -> None:
    assert blocks(HOWTO, "python")[0].text == blocks(README, "python")[1].text


def test_the_test_of_the_howto_passes(home: Path, example_server: ImapServer) -> None:
    names = run_python(HOWTO, home)

    names["test_the_plugin_keeps_its_contract"]()  # type: ignore[operator]


@pytest.mark.parametrize("name", ["source", "blob-store"])
def test_the_test_of_a_longer_howto_passes(
    name: str, home: Path, example_server: ImapServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = run_python(DOCS / "howto" / f"write-a-{name}.md", home)

    (test,) = [value for key, value in names.items() if key.startswith("test_")]
    test(tmp_path_factory.mktemp("folder"))  # type: ignore[operator]


def test_plugin_and_test_of_the_howto_have_at_most_25_lines() -> None:
    ours = [block for block in blocks(HOWTO, "python") if block.saved_as in ("shop_plugin.py", "test_shop.py")]
    lines = [line for block in ours for line in block.text.splitlines()]

    assert len(ours) == 2
    assert len([line for line in lines if line.strip()]) <= 25


def test_the_plugin_is_built_installed_and_listed_as_printed(home: Path) -> None:
    (home / "shop_plugin.py").write_text(blocks(HOWTO, "python")[0].text, encoding="utf-8")
    (home / "pyproject.toml").write_text(blocks(PUBLISHING, "toml")[0].text, encoding="utf-8")
    _run_module("hatchling", "build", "-t", "wheel", "-d", "built")
    (wheel,) = home.glob("built/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall("site")
    (home / "shop_plugin.py").unlink()

    listed = _run_module("mailhelper_core", "plugins", PYTHONPATH="site")
    _run_module("mailhelper_core", "migrate")
    checked = _run_module("mailhelper_core", "check", PYTHONPATH="site", MAILHELPER_PLUGINS="shop")

    assert [line for line in listed.splitlines() if line.startswith("shop ")] == ["shop 1.0"]
    assert "ok  plugin shop: 3 providers" in checked


def test_what_the_howto_publishes_is_the_plugin_and_no_key(home: Path) -> None:
    (home / "pyproject.toml").write_text(blocks(PUBLISHING, "toml")[0].text, encoding="utf-8")
    ours = ("shop_plugin.py", "test_shop.py")
    for name in (*ours, "try.db", "try.db.key"):
        (home / name).write_text("", encoding="utf-8")

    _run_module("hatchling", "build", "-d", "built")

    (sdist,), (wheel,) = home.glob("built/*.tar.gz"), home.glob("built/*.whl")
    with tarfile.open(sdist) as packed, zipfile.ZipFile(wheel) as archive:
        found = {name.partition("/")[2] for name in packed.getnames()}
        assert found - {".gitignore"} == {*ours, "pyproject.toml", "PKG-INFO"}
        assert [name for name in archive.namelist() if ".dist-info/" not in name] == ["shop_plugin.py"]


def test_who_is_outvoted_is_as_the_howto_says() -> None:
    def finance(confidence: float) -> float:
        return pool([Classification("shopping", 0.8), Classification("finance", confidence)])["finance"]

    assert round(finance(0.9), 2) == 0.67
    assert finance(0.6) < EFFECTIVE_FROM


def _run_module(module: str, *arguments: str, **environment: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_commands_of_the_readme_run_as_printed(
    cli: Cli, example_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILHELPER_PASSWORD", PASSWORD)
    commands = console_commands(README, "mailhelper")

    results = [cli.ok(*command) for command in commands]

    assert [command[0] for command in commands] == ["account", "run", "search"]
    assert "it works" in results[0].out
    assert " new" in results[1].out
