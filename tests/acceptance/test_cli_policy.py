"""What an owner syncs of an account, and with which password, said on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill, mail

pytestmark = pytest.mark.usefixtures("used_home")


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a large mail, and one in another mailbox."""
    with ImapServer(users={USER: PASSWORD}) as server:
        user = server.store.user(USER)
        user.mailbox("INBOX").append(mail(1, subject="Huge", body="A long story. " * 100_000))
        fill(user.mailbox("Archive"), range(2, 4))
        yield server


def test_a_policy_leaves_out_what_it_says_until_it_is_widened(cli: Cli, server: ImapServer) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("account", "policy", "--exclude", "Arch*", "--size-cap-mb", "1")
    assert "1 new" in cli.ok("sync").out
    check = cli.ok("account", "check", "--json").json["check"]
    assert check["not_synced"] == {"Archive": "excluded"}
    [huge] = cli.ok("list", "--json").json["messages"]
    assert "only the header is here" in cli.ok("show", str(huge["id"])).out

    cli.ok("account", "policy", "--reset")

    assert "2 new, 1 complete now" in cli.ok("sync").out
    assert "A long story." in cli.ok("show", str(huge["id"])).out


def test_a_check_names_what_stays_out_and_why(cli: Cli, server: ImapServer) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok(
        "account", "policy", "--include", "INBOX", "--include", "Bilsl", "--include", "Archive", "--exclude", "Arch*"
    )

    said = cli.ok("account", "check").out.splitlines()

    assert "not synced, for the policy excludes: Archive" in said
    assert "not synced, for the policy includes what the server does not have: Bilsl" in said
    assert any(line.startswith("not synced, for the policy does not include: ") and "Trash" in line for line in said)


def test_a_sync_names_what_the_policy_includes_in_vain(cli: Cli, server: ImapServer) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("account", "policy", "--include", "INBOX", "--include", "Bilsl")

    for command in ("sync", "run"):
        said = cli.ok(command).out

        assert "  Bilsl: the account's policy includes a mailbox that the server does not have" in said
        assert "include:" not in said


def test_a_new_password_is_tried_before_it_is_stored(cli: Cli, server: ImapServer) -> None:
    added = ("account", "add", server.url, "--username", USER, "--password-stdin")
    not_added = cli(*added, stdin="mistyped")
    cli.ok(*added, stdin=PASSWORD)

    wrong = cli("account", "password", "--password-stdin", stdin="mistyped")

    assert (wrong.code, wrong.out) == (4, "")
    assert wrong.err == not_added.err.replace("nothing was added", "account 1 (ada) keeps its password")
    assert cli.ok("account", "check", "--json").json["check"]["ok"]
    assert cli.ok("account", "password", "--no-check", "--password-stdin", stdin="mistyped").out.count("\n") == 1
    assert cli("account", "check").code == 4
    right = cli.ok("account", "password", "--password-stdin", stdin=PASSWORD)
    assert right.out.startswith("it works: ")
    assert right.out.endswith("account 1 (ada) has a new password\n")
    assert cli.ok("account", "list", "--json").json["accounts"][0]["state"] == "ok"


def test_a_password_that_cannot_be_tried_is_not_stored(cli: Cli, server: ImapServer) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    server.stop()

    away = cli("account", "password", "--password-stdin", stdin="other")

    assert (away.code, away.out) == (5, "")
    assert away.err.startswith("mailhelper: account 1 (ada) keeps its password: ")
    server.start()
    assert cli.ok("account", "check", "--json").json["check"]["ok"]
