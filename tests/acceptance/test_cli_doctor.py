"""The doctor at the command line: what is wrong with an account is told with what to do, and hides no other account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mailhelper_core.testing import Answer, Fault, ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill

pytestmark = pytest.mark.usefixtures("used_home")

BOB = "bob"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with mail of two users."""
    with ImapServer(users={USER: PASSWORD, BOB: PASSWORD}) as server:
        for user in (USER, BOB):
            fill(server.store.user(user).mailbox("INBOX"), range(1, 5))
        yield server


@pytest.fixture
def mail(cli: Cli, server: ImapServer) -> Cli:
    """The command line of an owner with both accounts."""
    for user in (USER, BOB):
        cli.ok("account", "add", server.url, "--username", user, "--password-stdin", stdin=PASSWORD)
    cli.ok("run")
    return cli


def _items(cli: Cli, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    looked = cli("doctor", *options, "--json")
    return looked.code, {item["name"]: item for item in looked.json["items"]}


def test_a_paused_account_is_told_to_be_and_how_that_ends(mail: Cli) -> None:
    assert "is paused" in mail.ok("account", "pause", "2").out

    code, items = _items(mail)
    refused = mail("account", "repair", "2")

    assert (code, items[f"account {BOB}"]["ok"]) == (0, True)
    assert items[f"account {BOB}"]["found"].startswith("paused, nothing is synced")
    assert "account resume 2" in items[f"account {BOB}"]["advice"]
    assert "it is paused" in mail.ok("account", "check", "2").out
    assert "`mailhelper account resume` ends that" in refused.err
    mail.ok("account", "resume", "2")
    assert "paused" not in _items(mail)[1][f"account {BOB}"]["found"]


def test_an_account_whose_server_stops_in_the_middle_hides_no_other(mail: Cli, server: ImapServer) -> None:
    mail.ok("account", "pause", "2")

    code, items = _items(mail, "--verify")

    assert (code, items[f"store of {USER}"]["ok"], items[f"store of {BOB}"]["ok"]) == (1, True, False)
    assert items[f"store of {BOB}"]["found"].startswith("paused: ")
    assert "account resume" in items[f"store of {BOB}"]["advice"]


def test_a_mailbox_that_was_given_up_is_bad_and_told_how_to_be_tried_again(mail: Cli, server: ImapServer) -> None:
    inbox = server.store.user(USER).mailbox("INBOX")
    for number in range(10, 17):
        inbox.renumber()
        fill(inbox, [number])
        mail("sync")

    code, items = _items(mail)

    assert (code, items[f"account {USER}"]["ok"]) == (1, False)
    assert items[f"account {USER}"]["advice"] == "Run `mailhelper account repair 1`: INBOX failed too often."
    mail.ok("account", "repair", "1")
    assert _items(mail)[0] == 0


def test_what_the_server_says_is_told(mail: Cli, server: ImapServer) -> None:
    server.faults.add(Fault("LOGIN", Answer("NO", "Pay your bill first", "ALERT"), times=None))
    server.faults.add(Fault("AUTHENTICATE", Answer("NO", "Pay your bill first", "ALERT"), times=None))

    code, items = _items(mail)

    assert code == 1
    assert "Pay your bill first" in items[f"account {USER}"]["found"]
