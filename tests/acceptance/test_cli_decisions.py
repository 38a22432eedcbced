"""The command line: corrections, old mail understood again, what was decided, and what a rule does to which mail."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli

pytestmark = pytest.mark.usefixtures("used_home")

COUNT = 20


@pytest.fixture
def mail(cli: Cli) -> Iterator[Cli]:
    """The command line of an owner whose mail was fetched and understood."""
    with ImapServer(users={USER: PASSWORD}) as server:
        MailboxGenerator(seed=7).fill(server.store.user(USER), count=COUNT)
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
        cli.ok("run")
        yield cli


@pytest.fixture
def first(mail: Cli) -> str:
    """The number of the newest message."""
    return str(mail.ok("list", "--json").json["messages"][0]["id"])


def test_a_correction_holds_and_can_be_taken_back(mail: Cli, first: str) -> None:
    before = mail.ok("show", first, "--json").json["category"]

    said = mail.ok("correct", first, "--category", "my own", "--urgency", "3")

    assert mail.ok("show", first, "--json").json["category"] == "my own"
    assert said.out.startswith("your word stands for 1 message; take it back with: mailhelper undo ")
    mail.ok("undo", said.out.split()[-1])
    assert mail.ok("show", first, "--json").json["category"] == before


def test_a_correction_that_says_nothing_or_nonsense_is_refused(mail: Cli, first: str) -> None:
    assert mail("correct", first).code == 2
    assert mail("correct", first, "--urgency", "4").code == 2
    assert mail("correct", "999", "--spam").code == 3
    assert mail("correct", first, "--category", " ").code == 8


def test_what_changes_nothing_offers_no_undo(mail: Cli, first: str) -> None:
    for command in (("tag", "assign", "later", first), ("correct", first, "--no-spam")):
        assert "undo" in mail.ok(*command).out

        assert mail.ok(*command).out == "there was nothing to change\n"
        assert mail.ok(*command, "--json").json["change"] is None


def test_old_mail_is_understood_again(mail: Cli) -> None:
    assert mail.ok("reprocess", "--json").json["processed"] == COUNT
    assert mail.ok("reprocess", "--account", "1").out.startswith(f"{COUNT} messages understood, ")


def test_the_search_index_is_compared_with_the_mail_and_made_anew(mail: Cli, home: Path) -> None:
    assert mail.ok("index", "verify", "--json").json == {"ok": True, "messages": COUNT, "missing": 0, "stale": 0}
    (database,) = (home / "data").rglob("*.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE mailhelper_message_texts SET text = text || ' xylophone'")

    seen = mail("index", "verify")
    assert (seen.code, mail("search", "xylophone").out.count("\n")) == (1, 0)
    assert "index rebuild" in seen.out

    assert mail.ok("index", "rebuild").out == f"{COUNT} messages indexed\n"
    assert mail.ok("index", "verify").out.endswith("all is the same\n")
    assert mail.ok("search", "xylophone", "--json").json["messages"]


def test_changes_are_listed_newest_first_and_page_by_page(mail: Cli, first: str) -> None:
    for tag in ("one", "two", "three"):
        mail.ok("tag", "assign", tag, first)

    page = mail.ok("changes", "--limit", "2", "--json").json
    rest = mail.ok("changes", "--after", page["next"], "--json").json

    assert [change["note"] for change in (*page["changes"], *rest["changes"])] == ["three", "two", "one"]
    assert {(change["kind"], change["by"], change["state"]) for change in page["changes"]} == {("tag", "me", "applied")}
    mail.ok("undo", str(page["changes"][0]["id"]))
    assert "undone" in mail.ok("changes").out


def test_changes_say_what_still_waits_for_the_server(mail: Cli) -> None:
    mail.ok("rule", "add", "mark", "--when", "in:inbox", "--then", "addflag $Mine")

    run = mail.ok("rule", "run", "--no-deliver", "--json").json

    waiting = mail.ok("changes", "--json").json["changes"][0]
    assert (waiting["kind"], waiting["entries"], waiting["waiting"]) == ("rules", run["operations"], run["operations"])
    mail.ok("run")
    assert mail.ok("changes", "--json").json["changes"][0]["waiting"] == 0


def test_a_new_rule_says_how_it_reaches_old_mail(mail: Cli) -> None:
    said = mail.ok("rule", "add", "mine", "--when", "in:inbox", "--then", "tag mine").out

    assert "acts on new mail" in said
    assert mail.ok("run", "--json").json["accounts"][0]["report"]["rules"]["hits"] == 0
    assert re.findall(r"mailhelper (rule \w+)", said) == ["rule plan", "rule run"]
    assert int(mail.ok("rule", "run").out.split()[0]) > 0
    assert mail.ok("rule", "plan").out == mail.ok("rule", "run").out.splitlines()[-1] + "\n"


def test_a_ready_made_rule_is_adopted_whole_under_its_name(cli: Cli) -> None:
    ready = cli.ok("rule", "ready", "--json").json["rules"][0]

    saved = cli.ok("rule", "add", ready["name"], "--ready", "--json").json["rule"]

    assert (saved["name"], saved["when"], saved["then"]) == (ready["name"], ready["when"], ready["then"])
    for option in (("--when", "is:unread"), ("--then", "keep"), ("--otherwise",)):
        refused = cli("rule", "add", ready["name"], "--ready", *option)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert [rule["revision"] for rule in cli.ok("rule", "list", "--json").json["rules"]] == [1]


def test_a_list_shows_what_it_is_sorted_by(mail: Cli) -> None:
    messages = mail.ok("list", "--json").json["messages"]
    received = [message["received_at"] for message in messages]
    sizes = [message["size"] for message in mail.ok("search", "*", "--sort", "size", "--json").json["messages"]]

    assert received == sorted(received, reverse=True)
    shown = [line.split("\t") for line in mail.ok("search", "*", "--sort", "size").out.splitlines()]
    assert [int(cells[-1]) for cells in shown] == sizes == sorted(sizes, reverse=True)


def test_a_rule_that_asks_waits_for_a_word(mail: Cli) -> None:
    mail.ok("rule", "add", "tidy", "--when", "in:inbox", "--then", "tag tidy", "--propose", "--delay", "1h")
    mail.ok("rule", "run")

    change, _, rule, entries = mail.ok("rule", "waiting").out.rstrip("\n").split("\t")
    assert rule == "tidy"
    assert mail.ok("search", "tag:tidy", "--json").json["messages"] == []
    said = mail.ok("rule", "approve", change)

    assert said.out.startswith(f"{entries} change")
    assert len(mail.ok("search", "tag:tidy", "--json").json["messages"]) == int(entries)
    assert mail.ok("rule", "waiting", "--json").json == {"changes": []}
    assert mail("rule", "reject", change).code == 9


def test_what_was_decided_since_a_rule_asked_is_left_and_told(mail: Cli, first: str) -> None:
    mail.ok("rule", "add", "file", "--when", "in:inbox", "--then", "fileinto Filed", "--propose")
    mail.ok("rule", "run")
    change, _, _, entries = mail.ok("rule", "waiting").out.rstrip("\n").split("\t")
    mail.ok("trash", first)

    said = mail.ok("rule", "approve", change).out.splitlines()

    assert said[0].startswith(f"{int(entries) - 1} change")
    assert said[0].endswith(f"take it back with: mailhelper undo {change}")
    assert said[1] == "1 change left out: you decided about it since the rule asked"


def test_a_rule_that_asks_is_told_from_one_that_acts(mail: Cli) -> None:
    mail.ok("rule", "add", "tidy", "--when", "in:inbox", "--then", "tag tidy", "--propose")
    mail.ok("rule", "add", "mine", "--when", "in:inbox", "--then", "tag mine")
    planned = mail.ok("rule", "plan", "--json").json["hits"]
    said = mail.ok("rule", "plan").out

    ran = mail.ok("rule", "run").out.splitlines()

    asked = len(planned) // 2
    assert {(hit["rule"], hit["proposed"]) for hit in planned} == {("tidy", True), ("mine", False)}
    assert said.startswith(f"{2 * asked} matches; {asked} of them only ask for your word\n")
    assert "    tidy asks for your word: tag tidy\n" in said
    assert "    mine: tag mine\n" in said
    assert ran[0].startswith(f"{2 * asked} matches, {asked} changes, 0 done on the server")
    assert ran[1] == f"{asked} more changes only asked for; see it with: mailhelper rule waiting"


def test_a_run_of_rules_that_only_ask_does_not_say_that_none_matched(mail: Cli) -> None:
    mail.ok("rule", "add", "tidy", "--when", "in:inbox", "--then", "tag tidy", "--propose")

    first, second = mail.ok("rule", "run").out.splitlines()

    assert ", 0 changes, " in first
    assert second.endswith("only asked for; see it with: mailhelper rule waiting")


def test_a_list_of_rules_says_how_each_acts(mail: Cli) -> None:
    mail.ok("rule", "add", "plain", "--when", "in:inbox", "--then", "keep")
    mail.ok("rule", "add", "slow", "--then", "keep", "--delay", "30d", "--propose", "--otherwise")
    mail.ok("rule", "add", "nightly", "--then", "keep", "--schedule", "daily 2:00")

    ways = [line.split("\t")[-1] for line in mail.ok("rule", "list").out.splitlines()]

    assert ways == ["", "asks first; if no earlier rule matched; after 30d", "daily 02:00"]


def test_a_rule_by_the_clock_says_when_it_acts(mail: Cli) -> None:
    saved = mail.ok("rule", "add", "nightly", "--then", "tag night", "--schedule", "Daily 2:00", "--json").json["rule"]

    assert (saved["schedule"], saved["next_run_at"][11:16]) == ("daily 02:00", "02:00")
    assert "02:00 UTC, by `work`" in mail.ok("rule", "add", "nightly", "--then", "keep", "--schedule", "daily 2:00").out
    assert mail.ok("rule", "due", "--json").json["hits"] == 0
    assert "weekly mon,thu 07:30" in mail("rule", "add", "x", "--then", "keep", "--schedule", "2am").err


def test_times_are_those_of_the_owners_zone(mail: Cli, first: str) -> None:
    received = datetime.fromisoformat(mail.ok("show", first, "--json").json["received_at"])

    mail.ok("settings", "--time-zone", "Asia/Tokyo")

    there = received.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"Received: {there:%Y-%m-%d %H:%M} JST\n" in mail.ok("show", first).out
    assert mail.ok("list", "--limit", "1").out.split("\t")[2] == f"{there:%Y-%m-%d %H:%M}"
    assert mail.ok("show", first, "--json").json["received_at"] == received.isoformat()
    assert " 02:00 JST, by `work`" in mail.ok("rule", "add", "x", "--then", "keep", "--schedule", "daily 2:00").out


def test_what_is_wrong_with_rules_is_said(mail: Cli) -> None:
    assert mail.ok("rule", "check", "--json").json == {"findings": []}
    mail.ok("rule", "add", "never", "--when", "is:read is:unread", "--then", "tag never")

    rule, kind, _, sentence = mail.ok("rule", "check").out.rstrip("\n").split("\t")

    assert (rule, kind) == ("never", "dead")
    assert sentence


def test_a_new_rule_says_at_once_what_a_check_would(mail: Cli) -> None:
    said = mail.ok("rule", "add", "typo", "--when", "in:Finanec", "--then", "tag mine").out

    warning = mail.ok("rule", "check", "--json").json["findings"][0]["message"]
    assert f"unknown: {warning}\n" in said
    assert "unknown" not in mail.ok("rule", "add", "typo", "--when", "in:inbox", "--then", "tag mine").out
    assert mail.ok("rule", "add", "typo", "--when", "in:X", "--then", "keep", "--json").json["findings"]


@pytest.mark.parametrize(
    ("when", "options", "hint"),
    [
        ("category:newsletter older_than:30d", (), "say --delay 30d instead"),
        ("older_than:30d", ("--schedule", "hourly"), ""),
        ("older_than:30d", ("--delay", "30d"), ""),
        ("-older_than:30d", (), ""),
    ],
)
def test_a_rule_for_old_mail_is_pointed_at_the_delay(mail: Cli, when: str, options: tuple[str, ...], hint: str) -> None:
    said = mail.ok("rule", "add", "old", "--when", when, "--then", "archive", *options).out

    assert hint in said
    assert ("new mail is never" in said) == bool(hint)


def test_what_makes_or_renames_a_tag_can_be_taken_back(cli: Cli) -> None:
    created = cli.ok("tag", "create", "bank").out
    renamed = cli.ok("tag", "rename", "bank", "money").out

    assert "take it back with: mailhelper undo " in created
    cli.ok("undo", renamed.split()[-1])
    assert [tag["name"] for tag in cli.ok("tag", "list", "--json").json["tags"]] == ["bank"]
    cli.ok("undo", created.split()[-1])
    assert cli.ok("tag", "list", "--json").json["tags"] == []


def test_a_script_that_is_imported_twice_says_that_both_act(cli: Cli) -> None:
    Path("mine.sieve").write_text('require "fileinto";\nif header :contains "subject" "bill" { fileinto "Bills"; }\n')
    assert "before" not in cli.ok("rule", "import", "mine.sieve").out

    look = cli.ok("rule", "import", "mine.sieve", "--look").out
    overwritten = cli.ok("rule", "import", "mine.sieve", "--overwrite").out
    again = cli.ok("rule", "import", "mine.sieve").out

    assert all("1 of these names had a rule before" in said for said in (look, again))
    assert "before" not in overwritten
    assert len(cli.ok("rule", "list", "--json").json["rules"]) == 2


def test_what_was_done_by_hand_is_suggested_as_a_rule(cli: Cli) -> None:
    mail = "From: News <news@bank.example>\nTo: ada@home.example\nSubject: {0}\nMessage-ID: <{0}@x>\n\nhello\n"
    with ImapServer(users={USER: PASSWORD}) as server:
        for number in range(6):
            server.store.user(USER).mailbox("INBOX").append(mail.format(number).replace("\n", "\r\n").encode())
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
        cli.ok("run")
    cli.ok("tag", "create", "bank")
    cli.ok("tag", "assign", "bank", *(str(one["id"]) for one in cli.ok("list", "--json").json["messages"]))

    [found] = cli.ok("rule", "suggest", "--json").json["suggestions"]

    assert set(found) == {"when", "then", "support", "total", "precision", "reason"}
    assert (found["then"], found["support"], found["precision"]) == (["tag bank"], 6, 1.0)
