"""The command line: what waits for the server, and what it refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailhelper_cli.commands.outbox import ADVICE, FAILED
from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill

pytestmark = pytest.mark.usefixtures("used_home")

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "delivery.md"
MANY = 230


def _begin(cli: Cli, server: ImapServer, count: int = 3) -> None:
    fill(server.store.user(USER).mailbox("INBOX"), range(1, count + 1))
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("run")


def _rows(cli: Cli) -> list[list[str]]:
    return [line.split("\t") for line in cli.ok("outbox").out.splitlines()]


def test_every_way_in_which_an_entry_fails_has_advice() -> None:
    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `conf")]

    assert {code for row in rows for code in re.findall("`([a-z_]+)`", row[2])} == set(ADVICE)
    assert FAILED == ("conflicted", "dead")


def test_what_waits_and_what_conflicted_is_listed_with_advice(cli: Cli) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        _begin(cli, server)
        assert _rows(cli) == []
        gone = cli.ok("flag", "1", "--no-deliver", "--json").json["change"]
        inbox = server.store.user(USER).mailbox("INBOX")
        inbox.add_flags(inbox.uids[:1], ["\\Deleted"])
        inbox.expunge(inbox.uids[:1])
        cli.ok("run")
        waits = cli.ok("move", "Finance", "2", "--no-deliver", "--json").json["change"]

        rows = _rows(cli)

    assert rows == [
        ["waiting", str(waits), "2", "move to Finance", "", "`mailhelper run` carries it there"],
        ["conflicted", str(gone), "1", "add \\Flagged", "gone", ADVICE["gone"]],
    ]


@pytest.mark.parametrize("command", [("flag",), ("move", "Finance")])
def test_what_waits_is_counted_beyond_what_is_listed(cli: Cli, command: tuple[str, ...]) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        _begin(cli, server, MANY)
    everything = [str(number) for number in range(1, MANY + 1)]

    said = cli(*command, *everything)

    assert said.code == 5
    assert f"{MANY} wait for the next `mailhelper run`" in said.out
    assert len(_rows(cli)) == 200
    assert cli.ok("outbox").err == "30 more operations waiting behind these\n"
