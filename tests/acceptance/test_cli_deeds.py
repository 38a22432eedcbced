"""The command line: moving and flagging by hand and by a rule that asked, and comparing the store with the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill

pytestmark = pytest.mark.usefixtures("used_home")

COUNT = 4


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a few mails in the inbox, and a mailbox of each role."""
    with ImapServer(users={USER: PASSWORD}) as server:
        fill(server.store.user(USER).mailbox("INBOX"), range(1, COUNT + 1))
        yield server


@pytest.fixture
def mail(cli: Cli, server: ImapServer) -> Cli:
    """The command line of an owner whose mail was fetched."""
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("run")
    return cli


def _count(server: ImapServer, mailbox: str) -> int:
    return len(server.store.user(USER).mailbox(mailbox).uids)


@pytest.mark.parametrize(
    ("words", "mailbox"),
    [
        (("move", "Finance"), "Finance"),
        (("move", "trash"), "Trash"),
        (("archive",), "Archive"),
        (("trash",), "Trash"),
    ],
)
def test_messages_move_on_the_server_and_come_back(
    mail: Cli, server: ImapServer, words: tuple[str, ...], mailbox: str
) -> None:
    said = mail.ok(*words, "1", "2").out

    assert said.startswith("2 messages moved to ")
    assert "; 2 done on the server; take it back with: mailhelper undo " in said
    assert (_count(server, mailbox), _count(server, "INBOX")) == (2, COUNT - 2)
    mail.ok("undo", said.split()[-1])
    assert (_count(server, mailbox), _count(server, "INBOX")) == (0, COUNT)


def test_a_mailbox_that_is_not_there_is_made_and_said_so(mail: Cli) -> None:
    assert "moved to Finanec, which is made;" in mail.ok("move", "Finanec", "1").out
    assert "which is made" not in mail.ok("move", "Archive", "2").out


def test_a_star_comes_and_goes(mail: Cli) -> None:
    assert mail.ok("flag", "1").out.startswith("1 message marked \\Flagged; 1 done on the server; ")
    assert [one["id"] for one in mail.ok("search", "is:flagged", "--json").json["messages"]] == [1]
    assert mail.ok("flag", "1").out == "there was nothing to change\n"
    assert mail.ok("unflag", "1", "--json").json["delivered"] == 1
    assert mail.ok("search", "is:flagged", "--json").json["messages"] == []


def test_another_keyword_is_named(mail: Cli, server: ImapServer) -> None:
    mail.ok("flag", "1", "--keyword", "\\Seen", "--no-deliver")

    assert [one["id"] for one in mail.ok("search", "is:read", "--json").json["messages"]] == [1]
    assert mail("flag", "1", "--keyword", "seen").code == 8
    assert mail("flag", "999").code == 3


def test_what_differs_from_the_server_is_named_and_repaired(mail: Cli, server: ImapServer) -> None:
    assert mail.ok("account", "verify").out.endswith("all is the same\n")
    fill(server.store.user(USER).mailbox("Archive"), range(10, 12))

    differs = mail("account", "verify")

    told = "Archive: 2 missing, 0 too many, 0 with other keywords, 0 other mail"
    assert (differs.code, differs.out.splitlines()[1]) == (1, told)
    [found] = mail("account", "verify", "--json").json["differences"]
    assert (found["mailbox"], found["missing"]) == ("Archive", 2)
    assert mail.ok("account", "repair").out == "2 new\n"
    assert mail.ok("account", "verify", "--json").json["ok"]


def test_a_mailbox_that_only_one_side_has_is_named(mail: Cli, server: ImapServer) -> None:
    server.store.user(USER).delete("Archive")
    server.store.user(USER).create("Fresh")

    differs = mail("account", "verify")
    looked = mail("doctor", "--verify", "--json")

    assert (differs.code, differs.out.splitlines()[1:3]) == (
        1,
        ["Fresh: only at the server", "Archive: only in the store"],
    )
    value = mail("account", "verify", "--json").json
    assert (value["ok"], value["not_stored"], value["not_listed"]) == (False, ["Fresh"], ["Archive"])
    [store] = [item for item in looked.json["items"] if item["name"].startswith("store of")]
    assert not store["ok"]
    assert store["found"].endswith("; Fresh: only at the server; Archive: only in the store")
    mail.ok("account", "repair")
    assert mail.ok("account", "verify", "--json").json["ok"]


def test_the_doctor_looks_at_accounts_beside_a_plugin_that_is_absent(
    mail: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILHELPER_PLUGINS", "absent")

    looked = mail("doctor", "--json")

    found = {item["name"]: item for item in looked.json["items"]}
    assert (looked.code, found["plugin absent"]["ok"], found[f"account {USER}"]["ok"]) == (1, False, True)
    told = found[f"account {USER}"]["found"]
    assert all(name in told for name in ("ESEARCH", "SPECIAL-USE", "NAMESPACE", "NOTIFY", "COMPRESS=DEFLATE"))


@pytest.mark.parametrize("options", [(), ("--offline",)])
def test_the_doctor_says_how_the_first_account_is_added(cli: Cli, options: tuple[str, ...]) -> None:
    cli.ok("account", "list")

    looked = cli.ok("doctor", *options, "--json").json

    (accounts,) = [item for item in looked["items"] if "account" in item["name"]]
    assert (accounts["ok"], accounts["found"]) == (True, "none yet")
    assert "`mailhelper account add imaps://" in accounts["advice"]


def test_an_answer_that_did_nothing_is_not_offered_to_be_taken_back(mail: Cli) -> None:
    mail.ok("rule", "add", "file", "--when", "id:1", "--then", "fileinto Filed", "--propose")
    mail.ok("rule", "run")
    change, *_ = mail.ok("rule", "waiting").out.split("\t")
    mail.ok("trash", "1")

    said = mail.ok("rule", "approve", change).out.splitlines()

    assert said == ["0 changes, 0 done on the server", "1 change left out: you decided about it since the rule asked"]
