"""The command line while the mail server is away: what was decided is said, and waits for it."""

from __future__ import annotations

import json

import pytest

from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli, Result

pytestmark = pytest.mark.usefixtures("used_home")

SERVER = 5
COUNT = 20


@pytest.fixture
def mail(cli: Cli) -> Cli:
    """The command line of an owner whose mail was fetched from a server that has gone since."""
    with ImapServer(users={USER: PASSWORD}) as server:
        MailboxGenerator(seed=7).fill(server.store.user(USER), count=COUNT)
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
        cli.ok("run")
    return cli


def _mark(mail: Cli, *options: str) -> Result:
    mail.ok("rule", "add", "mark", "--when", "in:inbox", "--then", "addflag $Mine", *options)
    return mail("rule", "run")


def test_rules_say_what_they_decided_before_the_failure(mail: Cli) -> None:
    said = _mark(mail)

    change = mail.ok("changes", "--json").json["changes"][0]
    assert said.code == SERVER
    assert said.out.splitlines() == [
        f"{change['entries']} matches, {change['entries']} changes, "
        f"0 done on the server, {change['waiting']} wait for the next `mailhelper run`",
        f"take it back with: mailhelper undo {change['id']}",
    ]
    assert change["waiting"] == change["entries"] > 0
    assert f"\nmailhelper: {USER}: nothing listens" in said.err


def test_json_has_the_decision_and_the_failure(mail: Cli) -> None:
    mail.ok("rule", "add", "mark", "--when", "in:inbox", "--then", "addflag $Mine")

    run = mail("rule", "run", "--json")

    assert (run.code, run.json["delivered"]) == (SERVER, 0)
    assert run.json["waiting"] == run.json["operations"] > 0
    assert json.loads(run.err)["exit_code"] == SERVER


def test_what_is_approved_waits(mail: Cli) -> None:
    _mark(mail, "--propose")
    change = str(mail.ok("rule", "waiting", "--json").json["changes"][0]["id"])

    said = mail("rule", "approve", change)

    assert said.code == SERVER
    assert "wait for the next `mailhelper run`; take it back with: mailhelper undo" in said.out


def test_undo_says_what_was_taken_back(mail: Cli) -> None:
    decided = mail.ok("correct", "1", "--category", "people", "--json").json["change"]
    _mark(mail)

    said = mail("undo", str(decided))

    assert said.code == SERVER
    assert said.out.startswith("1 change taken back; 0 done on the server, ")


def test_without_delivery_nothing_fails(mail: Cli) -> None:
    mail.ok("rule", "add", "mark", "--when", "in:inbox", "--then", "addflag $Mine")

    assert "wait for the next `mailhelper run`" in mail.ok("rule", "run", "--no-deliver").out
