"""Mistakes in queries and rules: the position, a hint, a caret under the mistake; nothing is saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailhelper_core import InvalidError, MailHelper, QueryError, Rule
from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli

pytestmark = pytest.mark.usefixtures("used_home")

# query -> where the mistake is, words of the message
MISTAKES = {
    "from:bank frm:ada": (10, "frm"),
    "is:unread (from:ada": (10, "never closed"),
    "urgency>=many": (9, "no value for 'urgency'"),
    "in:inbox is:unred": (12, "no such word"),
    "body~[": (5, "regular expression"),
}


@pytest.mark.parametrize("query", MISTAKES)
def test_search_and_count_and_plan_say_where_the_mistake_is(query: str, home: Path) -> None:
    position, words = MISTAKES[query]
    with MailHelper("sqlite:///mail.db") as helper:
        ada = helper.for_owner("ada")
        for call in (ada.search, ada.count, ada.rules.plan):
            with pytest.raises(QueryError, match=words) as caught:
                call(query)

            assert caught.value.position == position
            assert caught.value.hint


@pytest.mark.parametrize("query", MISTAKES)
def test_the_command_line_points_at_the_mistake(query: str, cli: Cli) -> None:
    position, _ = MISTAKES[query]

    result = cli("search", query)

    line, shown, caret = result.err.splitlines()
    assert (result.code, result.out) == (8, "")
    assert line.startswith("mailhelper: ")
    assert shown == f"  {query}"
    assert caret == " " * (position + 2) + "^"


def test_json_carries_position_and_hint(cli: Cli) -> None:
    failure = json.loads(cli("search", "from:bank frm:ada", "--json").err)

    assert failure["error"] == "query"
    assert failure["position"] == 10
    assert "from" in failure["hint"]


def test_the_caret_stands_under_the_mistake_behind_wide_characters(cli: Cli) -> None:
    _, shown, caret = cli("search", "from:東京 frm:ada").err.splitlines()

    assert shown == "  from:東京 frm:ada"
    assert caret.index("^") == 2 + len("from:") + 4 + 1


@pytest.mark.parametrize("query", MISTAKES)
def test_a_rule_with_a_mistake_is_not_saved(query: str, cli: Cli) -> None:
    position, _ = MISTAKES[query]

    result = cli("rule", "add", "mine", "--when", query, "--then", "tag mine")

    assert result.code == 8
    assert result.err.splitlines()[-1] == " " * (position + 2) + "^"
    assert cli.ok("rule", "list", "--json").json == {"rules": []}


@pytest.mark.parametrize("action", ["flyto Finance", "fileinto", "addflag (bad"])
def test_an_action_with_a_mistake_is_not_saved(action: str, cli: Cli, home: Path) -> None:
    name, _, argument = action.partition(" ")
    with MailHelper("sqlite:///mail.db") as helper, pytest.raises(InvalidError):
        helper.for_owner("ada").rules.save(Rule("mine", when="from:ada", then=[(name, argument)]))

    result = cli("rule", "add", "mine", "--when", "from:ada", "--then", action)

    assert result.code == 8
    assert result.err.count("\n") == 1
    assert cli.ok("rule", "list", "--json").json == {"rules": []}


def test_a_mailbox_that_does_not_exist_is_named_with_those_there_are(cli: Cli) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
        cli.ok("sync")

    result = cli("list", "Bilsl")

    known = "Archive, Drafts, INBOX, Junk, Sent, Trash"
    assert (result.code, result.out) == (3, "")
    assert result.err == f"mailhelper: there is no mailbox 'Bilsl'; there are {known}\n"
