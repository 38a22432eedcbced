"""docs/reference/cli.md is true: every command, the keys of every JSON object, every exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import mailhelper_core
from mailhelper_cli import failures
from mailhelper_cli.main import cli as program
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.acceptance.pages import console_commands

PATH = Path(__file__).parent.parent.parent / "docs" / "reference" / "cli.md"
PAGE = PATH.read_text(encoding="utf-8")
SCRIPT = Path(__file__).parent.parent / "contract" / "sieve" / "corpus" / "kept.sieve"
PROVIDERS = '[local]\nkind = "ollama"\nurl = "http://127.0.0.1:9"\nmodel = "none"\n'
_CODE = re.compile(r"`([^`]+)`")


def _table(section: str) -> list[list[str]]:
    """Answer the cells of the first table of a section, without its heading."""
    text = PAGE.split(f"\n## {section}\n", 1)[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _keys(cell: str) -> set[str]:
    return set(_CODE.findall(cell))


SHAPES = {row[0]: _keys(row[1]) for row in _table("Shapes")}
EXIT_CODES = _table("Exit codes and errors")
COMMANDS = {_CODE.findall(row[0])[0]: row[2] for row in _table("Commands")}


def _commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield " ".join(path)
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from _commands(command, (*path, name))


def test_every_command_is_in_the_reference_and_no_other() -> None:
    documented = {" ".join(re.findall(r"(?<![-\w])[a-z]+(?![\w.])", name)) for name in COMMANDS}

    assert documented == set(_commands(program))


def test_the_commands_of_the_page_work_one_after_the_other(
    cli: Cli, example_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILHELPER_PASSWORD", PASSWORD)
    commands = console_commands(PATH, "mailhelper")

    said = {" ".join(command[:2]): cli.ok(*command).out for command in commands}

    assert said["rule check"] == ""
    assert said["rule plan"].count("because") > 1
    assert "take it back with" in said["rule run"]
    assert {command[2] for command in commands if command[:2] == ["rule", "add"]} == {
        "bills",
        "boss",
        "old-news",
        "rest",
    }


def test_every_exit_code_is_in_the_reference() -> None:
    documented = {name: int(row[0]) for row in EXIT_CODES for name in _keys(row[2])}
    errors = [error for error in vars(mailhelper_core.errors).values() if _is_error(error)]

    for error in errors:
        documented_by = next(documented[kind.__name__] for kind in error.__mro__ if kind.__name__ in documented)
        assert failures.describe(error("x")).exit_code == documented_by
    assert {click.UsageError.exit_code, failures.INTERRUPTED} <= {int(row[0]) for row in EXIT_CODES}


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, mailhelper_core.MailHelperError)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the database of an owner who has an account, its mail, a rule and a tag."""
    folder = tmp_path_factory.mktemp("prepared")
    with (
        ImapServer(users={USER: PASSWORD}) as server,
        mailhelper_core.MailHelper(f"sqlite:///{folder / 'mail.db'}") as helper,
    ):
        MailboxGenerator(seed=7).fill(server.store.user(USER), count=20)
        me = helper.for_owner("me")
        account = me.accounts.add(server.url, username=USER, password=PASSWORD)
        me.rules.save(mailhelper_core.Rule("first", when="in:inbox", then=[("tag", "seen")]))
        me.run(account.id)
        helper.close()
        yield folder


@pytest.fixture
def mail(prepared: Path, home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line on a copy of that database, with a model provider that nothing asks."""
    (home / "providers.toml").write_text(PROVIDERS, encoding="utf-8")
    monkeypatch.setenv("MAILHELPER_PROVIDERS_FILE", str(home / "providers.toml"))
    shutil.copytree(prepared, home / "data" / "mailhelper")
    return cli


# command as documented -> how it is called, and what its lists and objects hold: key -> shape
CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "account add URL": ("account add maildir:///nowhere --no-check", {"account": "account"}),
    "account list": ("account list", {"accounts": "account"}),
    "account check [ACCOUNT]": ("account check", {"account": "account", "check": "check"}),
    "account password [ACCOUNT]": ("account password --password-stdin", {"account": "account", "check": "check"}),
    "account pause [ACCOUNT]": ("account pause", {"account": "account"}),
    "account resume [ACCOUNT]": ("account resume", {"account": "account"}),
    "account policy [ACCOUNT]": (
        "account policy --exclude Junk --size-cap-mb 5 --since 2020-01-01",
        {"account": "account", "policy": "policy"},
    ),
    "account verify [ACCOUNT]": ("account verify", {"account": "account"}),
    "account repair [ACCOUNT]": ("account repair", {"account": "account"}),
    "account remove ACCOUNT": ("account remove 1 --yes", {}),
    "sync": ("sync", {"accounts": "accounts of `sync` and `run`"}),
    "run": ("run", {"accounts": "accounts of `sync` and `run`"}),
    "list [MAILBOX]": ("list", {"messages": "message"}),
    "show MESSAGE": ("show {message}", {}),
    "show MESSAGE --why": ("show {message} --why", {"timeline": "timeline"}),
    "show MESSAGE --raw": ("show {message} --raw", {}),
    "thread MESSAGE": ("thread {message}", {"messages": "message"}),
    "search QUERY": ("search in:inbox", {"messages": "message"}),
    "index verify": ("index verify", {}),
    "index rebuild": ("index rebuild", {}),
    "correct MESSAGE...": ("correct {message} --category people", {}),
    "reprocess": ("reprocess", {}),
    "move MAILBOX MESSAGE...": ("move Finance {message}", {}),
    "archive MESSAGE...": ("archive {message}", {}),
    "trash MESSAGE...": ("trash {message}", {}),
    "flag MESSAGE...": ("flag {message} --keyword $Todo", {}),
    "unflag MESSAGE...": ("unflag {message}", {}),
    "similar MESSAGE": ("similar {message}", {}),
    "summary MESSAGE": ("summary {message}", {}),
    "reply MESSAGE": ("reply {message}", {"draft": "draft"}),
    "egress list": ("egress list", {"consents": "consent"}),
    "egress consent PURPOSE": ("egress consent reply --provider local --level none", {"consent": "consent"}),
    "egress withdraw PURPOSE": ("egress withdraw classify", {}),
    "egress preview MESSAGE PURPOSE": ("egress preview {message} classify", {}),
    "egress ledger": ("egress ledger", {}),
    "egress budget": ("egress budget --tokens 1000", {}),
    "tag list": ("tag list", {"tags": "tag"}),
    "tag create NAME": ("tag create later", {"tag": "tag"}),
    "tag assign NAME MESSAGE...": ("tag assign later {message}", {}),
    "tag unassign NAME MESSAGE...": ("tag unassign seen {message}", {}),
    "tag rename NAME NEW_NAME": ("tag rename seen known", {"tag": "tag"}),
    "tag delete NAME": ("tag delete seen", {}),
    "rule add NAME": ("rule add second --when is:unread --then keep", {"rule": "rule"}),
    "rule list": ("rule list", {"rules": "rule"}),
    "rule ready": ("rule ready", {"rules": "ready-made rule"}),
    "rule check": ("rule check", {"findings": "finding"}),
    "rule suggest": ("rule suggest", {}),
    "rule waiting": ("rule waiting", {"changes": "change"}),
    "rule approve CHANGE": ("rule approve {asked}", {"change": "change"}),
    "rule reject CHANGE": ("rule reject {asked}", {"change": "change"}),
    "rule plan [QUERY]": ("rule plan", {"hits": "hit"}),
    "rule run [QUERY]": ("rule run", {}),
    "rule due": ("rule due", {}),
    "rule import FILE": (f"rule import {SCRIPT}", {"rules": "rule", "losses": "loss"}),
    "rule export": ("rule export", {"losses": "loss"}),
    "rule delete NAME": ("rule delete first", {}),
    "changes": ("changes", {"changes": "change"}),
    "outbox": ("outbox", {"entries": "entry of `outbox`"}),
    "undo CHANGE": ("undo 1", {}),
    "replay CHANGE": ("replay 1", {}),
    "job submit KIND": ("job submit run", {"job": "job"}),
    "job list": ("job list", {}),
    "job show JOB": ("job show {job}", {"job": "job"}),
    "job cancel JOB": ("job cancel {job}", {"job": "job"}),
    "work": ("work --once", {}),
    "watch": ("watch", {}),
    "settings": ("settings --time-zone Europe/Berlin", {}),
    "plugins": ("plugins --load", {"plugins": "plugin"}),
    "db upgrade": ("db upgrade", {}),
    "db copy SOURCE TARGET": (
        "db copy sqlite:///data/mailhelper/mail.db sqlite:///copy.db",
        {"tables": "table of `db copy`"},
    ),
    "export FILE": ("export mine.zip", {}),
    "import FILE": ("--owner other import mine.zip", {}),
    "erase": ("erase --yes", {}),
    "doctor": ("doctor", {"items": "item of `doctor`"}),
    "demo": ("demo --messages 20", {}),
}

# command -> what is called first, so that it has something to show
BEFORE = {
    "rule plan [QUERY]": ("rule", "add", "again", "--when", "in:inbox", "--then", "tag again"),
    "rule check": ("rule", "add", "never", "--when", "is:read is:unread", "--then", "tag never"),
    "outbox": ("flag", "1", "--keyword", "$Todo", "--no-deliver"),
    "import FILE": ("export", "mine.zip"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_json_of_a_command_has_the_keys_of_the_reference(command: str, mail: Cli) -> None:
    if command in BEFORE:
        mail.ok(*BEFORE[command])
    asked = _asked(mail) if command in ("rule waiting", "rule approve CHANGE", "rule reject CHANGE") else 0
    if command.startswith("egress"):
        mail.ok("egress", "consent", "classify", "--provider", "local")
    call, shapes = CALLS[command]
    job = mail.ok("job", "submit", "run", "--json").json["job"]["id"] if "{job}" in call else 0
    if command == "watch":
        threading.Thread(target=_end_when_it_listens, daemon=True).start()
    message = mail.ok("list", "--limit", "1", "--json").json["messages"][0]["id"]

    value = mail.ok(*call.format(message=message, job=job, asked=asked).split(), "--json", stdin=PASSWORD).json

    assert set(value) == _documented(command)
    for key, shape in shapes.items():
        assert value[key], f"{key} is empty: nothing was looked at"
        for one in _several(value[key]):
            assert set(one) == SHAPES[shape]


def _end_when_it_listens() -> None:
    while signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)


def _asked(mail: Cli) -> int:
    """The number of a change that waits for the owner's word."""
    mail.ok("rule", "add", "asks", "--when", "in:inbox", "--then", "tag asked", "--propose")
    return int(mail.ok("rule", "run", "--json").json["proposed"][0])


def _documented(command: str) -> set[str]:
    cell = COMMANDS[command]
    detail = SHAPES["message"] | SHAPES["detail"] if "a detail" in cell else set()
    return _keys(cell) | detail


def _several(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("account add pop3://pop.example.org --username ada --no-check", 8),
        ("account add imap.example.org --username ada --no-check", 8),
        ("account add imaps://imap.example.org:port --no-check --password-stdin", 8),
        ("--database mysql://localhost/mail list", 7),
        ("--database nonsense list", 7),
    ],
)
def test_a_bad_url_of_an_account_is_a_value_and_one_of_the_database_is_configuration(
    call: str, code: int, cli: Cli
) -> None:
    result = cli(*call.split())

    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1)


def test_a_job_for_somebody_without_an_account_is_refused(cli: Cli) -> None:
    result = cli("--owner", "mistyped", "job", "submit", "run")

    assert result.code == 3
    assert "account add" in result.err


def test_json_of_an_error_has_the_keys_of_the_reference(cli: Cli) -> None:
    for failing in (("list", "--no-such-option"), ("search", "frm:ada"), ("show", "1")):
        result = cli(*failing, "--json")

        assert result.out == ""
        assert set(json.loads(result.err)) == SHAPES["error"]


def test_json_is_the_same_wherever_it_is_asked_for(mail: Cli) -> None:
    assert mail.ok("--json", "list").json == mail.ok("list", "--json").json
