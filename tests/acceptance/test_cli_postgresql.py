"""The command line on PostgreSQL: made by `db upgrade`, used like any other database."""

from __future__ import annotations

from pathlib import Path

from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli


def test_a_postgresql_database_is_used_like_any_other(cli: Cli, postgres_url: str, home: Path) -> None:
    options = ("--database", postgres_url, "--key-file", str(home / "key"))
    with ImapServer(users={USER: PASSWORD}) as server:
        MailboxGenerator(seed=7).fill(server.store.user(USER), count=30)
        assert cli(*options, "list").code == 7
        cli.ok(*options, "db", "upgrade")
        cli.ok(*options, "account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
        cli.ok(*options, "rule", "add", "bills", "--when", "category:finance", "--then", "fileinto Finance")

        run = cli.ok(*options, "run", "--json").json["accounts"][0]["report"]

        assert run["sync"]["new"] == 30
        assert len(server.store.user(USER).mailbox("Finance").uids) == run["rules"]["hits"] > 0
        undone = cli.ok(*options, "undo", str(run["rules"]["change"]), "--json").json
        assert (undone["undone"], undone["left"]) == (run["rules"]["operations"], 0)
        assert len(server.store.user(USER).mailbox("Finance").uids) == 0
        assert cli.ok(*options, "doctor", "--json").json["ok"]


def test_without_a_key_no_password_is_kept(cli: Cli, postgres_url: str, home: Path) -> None:
    cli.ok("--database", postgres_url, "db", "upgrade")

    result = cli(
        *("--database", postgres_url, "account", "add", "imaps://imap.example.org"),
        *("--username", "ada", "--no-check", "--password-stdin"),
        stdin=PASSWORD,
    )

    assert result.code == 7
    assert "MAILHELPER_KEY_FILE" in result.err
    assert cli.ok("--database", postgres_url, "account", "list", "--json").json == {"accounts": []}


def test_a_database_that_does_not_exist_is_not_blamed_on_the_network_alone(cli: Cli, postgres_url: str) -> None:
    result = cli("--database", f"{postgres_url}_mistyped", "list")

    assert (result.code, result.err.count("\n")) == (7, 1)
    assert "whether there is a database of this name" in result.err
