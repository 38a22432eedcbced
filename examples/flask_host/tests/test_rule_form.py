"""The form of a rule: as many actions as a rule may have, and conditions that are taken out one by one."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.sync_api import expect

from examples.flask_host.tests.browser import Browser
from examples.flask_host.tests.live import Watched
from mailhelper_core import OwnerServices, Rule
from mailhelper_core.model.rules.rule import MAX_ACTIONS
from mailhelper_web.parts.rule_form import MAX_ROWS

FORM = {"name": "form", "when": "in:inbox", "action": "tag", "argument": "reading", "enabled": "1"}


def _rows(page: str) -> list[tuple[str, str]]:
    """The rows of actions as a browser would send them."""
    menus = re.findall(r'<select name="action".*?</select>', page)
    chosen = [re.search(r'<option value="([^"]*)"[^>]* selected>', menu) for menu in menus]
    arguments = re.findall(r'name="argument" value="([^"]*)"', page)
    return list(zip((one[1] if one else "" for one in chosen), map(unescape, arguments), strict=True))


def _sent(rows: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {"action": [action for action, _ in rows], "argument": [argument for _, argument in rows]}


def _conditions(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="without" value="([^"]*)"', page)]


def _when(page: str) -> str:
    return unescape(re.search(r'<textarea name="when"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])


@pytest.mark.parametrize("count", [9, MAX_ACTIONS])
def test_no_action_is_lost_when_a_rule_is_renamed_or_tried(ada: Browser, synced: OwnerServices, count: int):
    rule = synced.rules.save(Rule("many", "in:inbox", [("tag", f"many {number}") for number in range(count)]))
    rows = _rows(ada.get(f"/rules/{rule.id}").text)
    form = {**FORM, "id": str(rule.id), **_sent(rows)}

    preview = ada.post("/rules/preview", form).text
    saved = ada.post("/rules/save", {**form, "name": "renamed"})

    assert saved.status_code == 303
    assert synced.rules.get("renamed").then == rule.then
    assert all(f"tag many {number}<" in preview for number in range(count))
    synced.rules.delete("renamed")


def test_more_actions_than_a_rule_may_have_are_refused_and_not_left_out(ada: Browser, synced: OwnerServices):
    form = {**FORM, **_sent([("tag", f"t{number}") for number in range(MAX_ACTIONS + 1)])}

    answers = [ada.post(f"/rules/{deed}", form) for deed in ("save", "add", "preview")]

    assert MAX_ROWS == MAX_ACTIONS
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert all("at most 50." in answer.text for answer in answers)
    assert synced.rules.list() == ()


def test_a_rule_takes_another_action_without_a_script_and_without_saving(ada: Browser, synced: OwnerServices):
    typed = [("tag", "a"), ("", "an argument"), ("archive", "")]

    first = ada.post("/rules/add", {**FORM, **_sent(typed), "more": "action"}).text
    second = ada.post("/rules/add", {**FORM, **_sent(_rows(first)), "more": "action"}).text
    full = ada.post("/rules/add", {**FORM, **_sent([("tag", "a")] * MAX_ACTIONS), "more": "action"}).text

    assert _rows(first) == [*typed, ("", "")]
    assert _rows(second) == [*typed, ("", ""), ("", "")]
    assert [
        one.rpartition('<select name="action"')[2].partition(">")[0].count("autofocus") for one in (first, second)
    ] == [1, 1]
    assert len(_rows(full)) == MAX_ACTIONS
    assert ["Another action" in one for one in (first, full)] == [True, False]
    assert synced.rules.list() == ()


def test_conditions_that_must_all_hold_are_taken_out_one_by_one(ada: Browser, synced: OwnerServices):
    when = 'in:inbox subject:"two ""big"" words" (from:a OR from:b) -is:read'
    page = ada.post("/rules/add", {**FORM, "when": when}).text
    parts = _conditions(page)
    assert parts == ["in:inbox", 'subject:"two ""big"" words"', "from:a OR from:b", "-is:read"]

    left = [_when(ada.post("/rules/add", {**FORM, "when": when, "without": part}).text) for part in parts]

    assert left == [
        'subject:"two ""big"" words" (from:a OR from:b) -is:read',
        "in:inbox (from:a OR from:b) -is:read",
        'in:inbox subject:"two ""big"" words" -is:read',
        'in:inbox subject:"two ""big"" words" (from:a OR from:b)',
    ]
    last = ada.post("/rules/add", {**FORM, "when": "in:inbox", "without": "in:inbox"}).text
    assert (_when(last), _conditions(last)) == ("", [])
    assert 'tabindex="-1" autofocus' in last
    assert synced.rules.list() == ()


@pytest.mark.parametrize("when", ["from:a OR from:b", "from:(", "", "-(from:a from:b)"])
def test_what_is_no_list_of_conditions_stays_text(ada: Browser, synced: OwnerServices, when: str):
    page = ada.post("/rules/add", {**FORM, "when": when, "without": "from:a"}).text

    assert _when(page) == when
    assert set(_conditions(page)) <= {when}


def test_a_condition_that_is_not_there_takes_nothing_out(ada: Browser, synced: OwnerServices):
    page = ada.post("/rules/add", {**FORM, "when": "in:inbox AND is:unread", "without": "is:flagged"}).text

    assert _when(page) == "in:inbox AND is:unread"


def test_a_form_grows_in_its_place_and_keeps_what_is_typed(page: Watched):
    page.go("/rules/new?when=in:inbox+category:newsletter")
    page.page.get_by_label("Name").fill("typed")
    page.page.get_by_label("Action", exact=True).select_option("tag")
    page.page.get_by_label("Argument").fill("reading")

    page.page.get_by_role("button", name="Another action").click()
    expect(page.page.get_by_label("Action", exact=True)).to_have_count(2)
    expect(page.page.get_by_label("Action", exact=True).nth(1)).to_be_focused()
    page.page.keyboard.press("a")
    expect(page.page.get_by_label("Action", exact=True).nth(1)).to_have_value("archive")
    page.page.get_by_role("button", name="Remove category:newsletter").click()

    expect(page.page.get_by_label("When")).to_have_value("in:inbox")
    expect(page.page.get_by_role("group", name="Conditions")).to_be_focused()
    expect(page.page.get_by_label("Name")).to_have_value("typed")
    expect(page.page.get_by_label("Argument").first).to_have_value("reading")
    assert page.page.url.endswith("/rules/new?when=in:inbox+category:newsletter")
    expect(page.page.locator("#preview")).to_contain_text("tag reading")
    assert page.complaints == []


def test_whose_log_in_ended_is_led_to_it_by_the_form_too(page: Watched):
    page.go("/rules/new?when=in:inbox")
    page.page.context.clear_cookies()

    page.page.get_by_role("button", name="Another action").click()

    expect(page.page.locator("#email, main .failed").first).to_be_visible()
