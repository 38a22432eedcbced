"""A plugin that raises costs only its own contribution, and is named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import MailHelper, OwnerServices, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli

COUNT = 20
CODE = """
from mailhelper_core import ActionType, Classifier, Condition, hookimpl

def explode(*_):
    raise RuntimeError("secret text of a mail")

def leave(messages):
    raise SystemExit(3)

@hookimpl
def register_classifiers():
    return [Classifier("leaves", leave)]

@hookimpl
def register_conditions():
    return [Condition("explodes", explode)]

@hookimpl
def register_actions():
    return [ActionType("explode", explode)]
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed plugin whose every provider raises."""
    folder = tmp_path / "site"
    info = folder / "raising-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: raising\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[mailhelper]\nraising = raising\n")
    (folder / "raising.py").write_text(CODE)
    monkeypatch.syspath_prepend(folder)
    yield
    sys.modules.pop("raising", None)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a little mail."""
    with ImapServer(users={USER: PASSWORD}) as running:
        MailboxGenerator(seed=7).fill(running.store.user(USER), count=COUNT)
        yield running


@pytest.fixture
def ada(home: Path) -> Iterator[OwnerServices]:
    """An owner in a process that has the plugin."""
    with MailHelper("sqlite:///mail.db") as helper:
        yield helper.for_owner("ada")


def test_a_run_goes_on_without_the_plugin_and_names_it(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username=USER, password=PASSWORD)
    ada.rules.save(Rule("broken condition", when="explodes:x", then=[("tag", "never")]))
    ada.rules.save(Rule("broken action", when="in:inbox", then=["explode"]))
    ada.rules.save(Rule("sound", when="in:inbox", then=[("tag", "sound")]))

    report = ada.run(account.id)

    assert report.sync.new == COUNT
    assert report.process.processed == COUNT
    assert report.process.opinions > 0
    assert ada.count("tag:sound") == ada.count("in:inbox") > 0
    assert ada.count("tag:never") == 0
    said = " ".join(f"{note.where} {note.message}" for note in report.errors)
    assert "raising" in said
    assert "secret" not in said


def test_a_search_with_a_condition_that_raises_finds_nothing_and_does_not_raise(
    ada: OwnerServices, server: ImapServer
) -> None:
    account = ada.accounts.add(server.url, username=USER, password=PASSWORD)
    ada.run(account.id)

    assert len(ada.search("explodes:x")) == 0
    assert len(ada.search("-explodes:x")) == 0


def test_the_command_line_names_the_plugin_and_succeeds(server: ImapServer, cli: Cli) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)

    result = cli.ok("run")

    assert "raising" in result.out
    assert "secret" not in result.out + result.err
    assert cli.ok("list", "--json").json["messages"]
