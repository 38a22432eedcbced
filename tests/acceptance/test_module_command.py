"""`python -m mailhelper_core`: what the wheel alone can do from a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from mailhelper_core import Condition, MailHelper, Rule, hookimpl
from mailhelper_core.__main__ import main
from mailhelper_core.plugins.load import GROUP
from mailhelper_core.store.revision import HEAD
from mailhelper_core.testing import ImapServer

ROOT = Path(__file__).parent.parent.parent
URL = "sqlite:///mail.db"


@pytest.fixture(autouse=True)
def at_home(home: Path) -> None:
    """Every test has a folder of its own."""


def test_migrate_makes_a_database_and_its_key(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--json", "migrate"])

    assert code == 0
    assert json.loads(capsys.readouterr().out) == {"revision": HEAD}
    assert Path("mail.db").exists()
    assert Path("mail.db.key").stat().st_mode & 0o077 == 0
    assert Path("mail.db").stat().st_mode & 0o077 == 0  # it holds mail


def test_migrate_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    key = Path("mail.db.key").read_bytes()

    assert main(["migrate"]) == 0
    assert Path("mail.db.key").read_bytes() == key


def test_check_says_what_is_well_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    capsys.readouterr()

    assert main(["--json", "check"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True

    Path("mail.db").write_bytes(b"no database" * 1000)

    assert main(["check"]) == 1
    assert "BAD database: database_file" in capsys.readouterr().out


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)

    command = [sys.executable, "-m", "mailhelper_core", "plugins"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, "")


def test_check_makes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    assert "BAD database: database_missing; There is no database at mail.db yet" in capsys.readouterr().out
    assert list(home.iterdir()) == []


def test_check_leaves_an_empty_file_empty(home: Path) -> None:
    Path("mail.db").touch()

    assert main(["check"]) == 1
    assert [(path.name, path.stat().st_size) for path in home.iterdir()] == [("mail.db", 0)]


@pytest.mark.parametrize("words", [["--json", "check"], ["check", "--json"]])
def test_options_stand_before_the_command_or_behind_it(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate", "--database", "sqlite:///other.db"])
    capsys.readouterr()

    assert main(["--database", "sqlite:///other.db", *words]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_check_names_plugins_that_are_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILHELPER_PLUGINS", "no-such-plugin")
    main(["migrate"])

    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "BAD plugin no-such-plugin: 0 providers; is named in the settings, but not installed" in said


def test_check_says_how_the_first_account_is_added(capsys: pytest.CaptureFixture[str]) -> None:
    with MailHelper(URL) as helper:
        helper.migrate()
        assert main(["check"]) == 0
        assert "accounts: 0 in all; Add the first: `helper.for_owner(owner).accounts.add(" in capsys.readouterr().out

        helper.for_owner("ada").accounts.add("maildir:///nowhere")

    assert main(["check"]) == 0
    assert "ok  accounts: 1 in all\n" in capsys.readouterr().out


def test_check_names_rules_that_cannot_act_and_those_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    plugin = ModuleType("shop")
    plugin.register_conditions = hookimpl(lambda: [Condition("cheap", lambda *_: True)])  # type: ignore[attr-defined]
    with MailHelper(URL, plugins=[plugin]) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add("maildir:///nowhere")
        ada.rules.save(Rule("bargains", when="cheap:yes", then=["keep"]))
        ada.rules.save(Rule("local", when="in:inbox", then=["keep"], account_id=account.id))
        ada.rules.save(Rule("off", when="in:inbox", then=["keep"], enabled=False))
        assert helper.check().ok
        ada.accounts.remove(account.id)

    assert main(["check"]) == 0
    (said,) = (line for line in capsys.readouterr().out.splitlines() if "rules: 3" in line)
    assert said.startswith("ok  rules: 3 in all, 1 cannot act, 1 switched off for a reason; ada/bargains: ")
    assert "ada/local: its account was removed" in said


def test_rotate_keys_seals_passwords_with_a_new_key_that_opens_them() -> None:
    with ImapServer(users={"ada": "secret"}) as server:
        with MailHelper(URL) as helper:
            account = helper.for_owner("ada").accounts.add(server.url, username="ada", password="secret")
        before = Path("mail.db.key").read_bytes()

        assert main(["rotate-keys"]) == 0

        assert Path("mail.db.key").read_bytes() != before
        with MailHelper(URL) as helper:
            assert helper.for_owner("ada").accounts.check(account.id).ok


def test_plugins_are_listed_without_opening_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "plugins"]) == 0
    assert "plugins" in json.loads(capsys.readouterr().out)
    assert not Path("mail.db").exists()


def test_plugins_that_will_not_be_loaded_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    points = [EntryPoint(name, "json", GROUP) for name in ("mail", "shop")]
    monkeypatch.setattr("mailhelper_core.plugins.load.entry_points", lambda group: points)
    monkeypatch.setenv("MAILHELPER_PLUGINS", "shop,nope,sieve")

    assert main(["plugins"]) == 0
    mail, shop, nope, sieve = capsys.readouterr().out.splitlines()
    assert "is not loaded: MAILHELPER_PLUGINS does not name it" in mail
    assert shop.strip() == "shop"
    assert nope == "nope is named in MAILHELPER_PLUGINS, and not installed"
    assert sieve == "sieve is built in: it always loads, whatever MAILHELPER_PLUGINS names"
    assert main(["--json", "plugins"]) == 0
    listed = json.loads(capsys.readouterr().out)["plugins"]
    assert {one["name"]: one["loads"] for one in listed} == {"mail": False, "shop": True}


def test_check_names_a_plugin_whose_functions_are_not_marked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "unmarked_shop.py").write_text("def register_classifiers():\n    return []\n", encoding="utf-8")
    monkeypatch.syspath_prepend(home)
    monkeypatch.setattr(
        "mailhelper_core.plugins.load.entry_points", lambda group: [EntryPoint("shop", "unmarked_shop", GROUP)]
    )
    main(["migrate"])

    assert main(["check"]) == 1
    assert "BAD plugin shop: 0 providers; register_classifiers is not marked @hookimpl" in capsys.readouterr().out


def test_an_error_is_one_line_and_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--database", "mysql://localhost/mail", "migrate"])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert said.err == "mailhelper: 'mysql' is not supported; use sqlite or postgresql.\n"


@pytest.mark.servers
def test_migrate_works_on_postgresql(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--database", postgres_url, "--key-file", "key", "migrate"]) == 0
    assert main(["--database", postgres_url, "--key-file", "key", "check"]) == 0


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "mailhelper_core", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert "rotate-keys" in done.stdout
