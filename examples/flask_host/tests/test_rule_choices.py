"""The form of a rule: conditions and names to choose from, which may all be asked."""

from __future__ import annotations

import re
from html import unescape

import pytest

from examples.flask_host.tests.browser import Browser
from mailhelper_core import CATEGORIES, OwnerServices, Rule
from mailhelper_core.testing import ImapServer
from mailhelper_web.parts.rule_form import ACTIONS, CONDITIONS, Choice

OWN = 'Own "box"'
TAG = "to do / später"
FORM = {"name": "chosen", "when": "", "action": "tag", "argument": "x", "enabled": "1"}


@pytest.fixture(scope="module")
def named(ada: Browser, synced: OwnerServices, imap_server: ImapServer) -> OwnerServices:
    """Ada's services with a mailbox and a tag of her own."""
    user = imap_server.store.user("ada")
    user.create(OWN)
    user.mailbox(OWN).append(b"Message-ID: <own@x.example>\r\nSubject: own\r\n\r\nx\r\n")
    synced.run(synced.accounts.list()[0].id)
    synced.tags.create(TAG)
    synced.tags.assign([one.id for one in synced.search("in:inbox", limit=2)], TAG)
    ada.post("/preferences/theme", {"theme": "auto"})
    return synced


def _tests(page: str) -> list[str]:
    menu = page.partition('<select name="chosen">')[2].partition("</select>")[0]
    return [unescape(one) for one in re.findall(r'<option value="([^"]+)"', menu)]


def test_every_condition_to_choose_can_be_asked(ada: Browser, named: OwnerServices):
    tests = _tests(ada.get("/rules/new").text)

    assert {f"category:{name}" for name in CATEGORIES} <= set(tests)
    assert {"is:unread", "has:attachment", "language:de", "in:inbox", 'in:"Own ""box"""', f'tag:"{TAG}"'} <= set(tests)
    # Each divides the mail in two, and finds what it says.
    everything = named.count("")
    assert {one: named.count(one) + named.count(f"-{one}") for one in tests} == dict.fromkeys(tests, everything)
    assert [named.count(one) for one in ('in:"Own ""box"""', f'tag:"{TAG}"')] == [1, 2]
    assert named.count("is:unread") + named.count("is:read") == everything
    assert not [one for one in tests if named.searches.hints(one) and not one.startswith("category:")]


def test_what_is_chosen_is_added_without_a_script_and_without_saving(ada: Browser, named: OwnerServices):
    form = {**FORM, "when": "from:a OR from:b", "chosen": "category:newsletter"}

    page = unescape(ada.post("/rules/add", form).text)

    assert ">(from:a OR from:b) category:newsletter</textarea>" in page
    assert 'value="chosen"' in page
    assert named.rules.list() == ()


def test_what_is_chosen_and_what_is_typed_are_saved(ada: Browser, named: OwnerServices):
    form = {**FORM, "when": "in:inbox", "chosen": "is:unread", "condition": "subject:", "value": "two words"}

    ada.post("/rules/save", form)

    assert named.rules.get("chosen").when == 'in:inbox is:unread subject:"two words"'
    named.rules.delete("chosen")


def test_the_names_there_are_are_offered_for_arguments(ada: Browser, named: OwnerServices):
    page = unescape(ada.get("/rules/new").text)
    offered = {
        kind: set(re.findall(r'<option value="(.*?)"></option>', names))
        for kind, names in re.findall(r'<datalist id="names-(\w+)">(.*?)</datalist>', page)
    }

    assert OWN in offered["mailboxes"]
    assert TAG in offered["tags"]
    assert "\\Flagged" in offered["flags"]
    assert {OWN, TAG} <= offered["all"]
    assert 'data-names="names-mailboxes"' in page
    assert 'list="names-all"' in page


@pytest.mark.parametrize("choice", ACTIONS, ids=lambda choice: choice.key)
def test_the_example_beside_an_action_is_one_that_can_be_saved(synced: OwnerServices, choice: Choice):
    saved = synced.rules.save(Rule("example", "in:inbox", [(choice.key, choice.example)]))

    assert not saved.disabled_reason
    synced.rules.delete("example")


@pytest.mark.parametrize("choice", CONDITIONS, ids=lambda choice: choice.key)
def test_the_example_beside_a_condition_is_one_that_can_be_asked(synced: OwnerServices, choice: Choice):
    asked = f"{choice.key}{choice.example}"

    assert synced.count(asked) + synced.count(f"-{asked}") == synced.count("") > 0
