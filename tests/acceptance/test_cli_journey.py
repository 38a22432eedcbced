"""The command line on a bundled server and on a real Dovecot; an independent client checks what happened there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core.testing import MailboxGenerator
from tests.acceptance.conftest import Cli
from tests.acceptance.mailboxes import Seen, Target

COUNT = 40
MAILBOXES = ("INBOX", "Archive", "Drafts", "Finance", "Junk", "Sent", "Trash")
ON_THE_SERVER = ("--then", "addflag \\Flagged", "--then", "fileinto Finance")
BILLS = ("bills", "--when", "in:inbox category:finance", "--then", "tag bills", *ON_THE_SERVER)


@pytest.fixture
def filled(target: Target, generator: MailboxGenerator) -> Target:
    """The server with mails in several mailboxes, and a mailbox for bills."""
    # NUL is allowed in no literal of RFC 3501, so no server takes such a mail from a client.
    target.fill(tuple(mail for mail in generator.mails(COUNT) if b"\0" not in mail.raw))
    target.create("Finance")
    return target


def _add(cli: Cli, target: Target) -> None:
    cli.ok("account", "add", target.url, "--username", target.username, "--password-stdin", stdin=target.password)


def test_rules_do_what_was_planned_and_undo_restores_the_server(cli: Cli, filled: Target) -> None:
    before = _state(filled)
    _add(cli, filled)
    cli.ok("run")
    cli.ok("rule", "add", *BILLS)
    planned = {hit["message_id"] for hit in cli.ok("rule", "plan", "--json").json["hits"]}

    run = cli.ok("rule", "run", "--json").json

    moved = cli.ok("list", "Finance", "--json", "--limit", "100").json["messages"]
    assert planned
    assert (run["hits"], run["errors"]) == (len(planned), [])
    assert {message["id"] for message in moved} == planned
    assert all("bills" in message["tags"] for message in moved)
    after = _state(filled)
    assert len(after["Finance"]) == len(planned)
    assert all("\\Flagged" in mail.keywords for mail in after["Finance"])
    assert len(after["INBOX"]) == len(before["INBOX"]) - len(planned)

    undone = cli.ok("undo", str(run["change"]), "--json").json

    assert undone["left"] == 0
    assert _state(filled) == before
    assert cli.ok("search", "tag:bills", "--json").json["messages"] == []


def test_why_names_who_did_what(cli: Cli, filled: Target) -> None:
    _add(cli, filled)
    cli.ok("rule", "add", *BILLS)
    cli.ok("run")
    message = cli.ok("list", "Finance", "--json").json["messages"][0]["id"]
    cli.ok("tag", "assign", "later", str(message))

    timeline = cli.ok("show", str(message), "--why", "--json").json["timeline"]

    by = {(entry["kind"], entry["what"].split(" (")[0]): entry["by"] for entry in timeline}
    assert by["rule", "matched"] == "bills"
    assert by["tag", "bills"] == by["operation", "move Finance"] == "rule"
    assert by["tag", "later"] == by["operation", "add_tag later"] == "me"
    (hit,) = (entry for entry in timeline if entry["kind"] == "rule")
    assert "category:finance saw finance" in hit["reasons"]


def test_run_lets_rules_act_on_new_mail(cli: Cli, filled: Target) -> None:
    _add(cli, filled)
    cli.ok("rule", "add", *BILLS)

    run = cli.ok("run", "--json").json["accounts"][0]["report"]

    assert run["rules"]["hits"] > 0
    assert len(filled.mails("Finance")) == run["rules"]["hits"]


def test_a_second_run_has_nothing_to_do(cli: Cli, filled: Target) -> None:
    _add(cli, filled)
    cli.ok("run")

    report = cli.ok("run", "--json").json["accounts"][0]["report"]

    assert (report["sync"]["new"], report["sync"]["body_bytes"], report["process"]["processed"]) == (0, 0, 0)


def test_what_another_client_does_is_seen_by_the_next_sync(cli: Cli, filled: Target) -> None:
    _add(cli, filled)
    cli.ok("sync")
    unread = cli.ok("search", "in:inbox is:unread", "--json", "--limit", "100").json["messages"]
    with filled.client() as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", "\\Seen")

    cli.ok("sync")

    assert unread
    assert cli.ok("search", "in:inbox is:unread", "--json").json["messages"] == []


def test_tags_are_the_owners_own_and_leave_the_server_alone(cli: Cli, filled: Target) -> None:
    _add(cli, filled)
    cli.ok("run")
    before = _state(filled)
    first, second = cli.ok("list", "--json", "--limit", "2").json["messages"]

    change = cli.ok("tag", "assign", "later", str(first["id"]), str(second["id"]), "--json").json

    assert len(cli.ok("search", "tag:later", "--json").json["messages"]) == 2
    cli.ok("tag", "unassign", "LATER", str(first["id"]))
    cli.ok("undo", str(change["change"]))
    assert cli.ok("search", "tag:later", "--json").json["messages"] == []
    assert _state(filled) == before


def test_an_account_is_not_added_twice(cli: Cli, target: Target) -> None:
    _add(cli, target)

    result = cli("account", "add", target.url, "--username", target.username, "--password-stdin", stdin="")

    assert (result.code, result.out) == (9, "")
    assert result.err == "mailhelper: this login is account 1 already (see `mailhelper account list`)\n"


def test_removing_the_account_leaves_the_server_alone(cli: Cli, filled: Target) -> None:
    before = _state(filled)
    _add(cli, filled)
    cli.ok("run")

    cli.ok("account", "remove", filled.username, "--yes")

    assert cli.ok("account", "list", "--json").json == {"accounts": []}
    assert cli.ok("search", "*", "--json").json["messages"] == []
    assert _state(filled) == before


def test_progress_and_results_do_not_mix(cli: Cli, filled: Target) -> None:
    _add(cli, filled)

    result = cli.ok("run")

    assert "sync: " in result.err
    assert "sync: " not in result.out
    assert " new" in result.out


def test_the_database_and_its_key_lie_in_the_data_folder(cli: Cli, filled: Target, home: Path) -> None:
    _add(cli, filled)

    folder = home / "data" / "mailhelper"
    key = folder / "mail.db.key"
    assert (folder / "mail.db").exists()
    assert key.stat().st_mode & 0o077 == 0
    assert filled.password.encode() + b"\0" not in (folder / "mail.db").read_bytes()


def _state(target: Target) -> dict[str, list[Seen]]:
    return {mailbox: target.mails(mailbox) for mailbox in MAILBOXES}
