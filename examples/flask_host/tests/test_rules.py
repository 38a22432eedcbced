"""Rules in the browser: written, tried, run, undone, and what is learned."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from examples.flask_host.tests.browser import Browser, ended
from mailhelper_core import Action, NotFoundError, OwnerServices, Rule

FORM = {"name": "news", "when": "category:newsletter in:inbox", "action": "tag", "argument": "reading", "enabled": "1"}


def test_a_preview_tells_what_a_rule_would_do_and_changes_nothing(ada: Browser, synced: OwnerServices):
    page = ada.post("/rules/preview", FORM)

    assert page.status_code == 200
    assert "tag reading" in page.text
    assert synced.count("tag:reading") == 0
    assert synced.rules.list() == ()


@pytest.mark.parametrize(("when", "otherwise", "warned"), [("", "", True), ("", "1", False), ("in:inbox", "", False)])
def test_a_preview_warns_of_a_rule_that_acts_on_every_message(
    ada: Browser, synced: OwnerServices, when: str, otherwise: str, warned: bool
):
    form = {**FORM, "when": when, **({"otherwise": otherwise} if otherwise else {})}

    assert ("acts on every message" in ada.post("/rules/preview", form).text) is warned


def test_a_condition_of_the_form_is_written_into_the_query(ada: Browser, synced: OwnerServices):
    form = {**FORM, "name": "subjects", "when": "in:inbox", "condition": "subject:", "value": 'say "hi"'}

    ada.post("/rules/save", form)

    assert synced.rules.get("subjects").when == 'in:inbox subject:"say ""hi"""'
    synced.rules.delete("subjects")


def test_a_rule_is_saved_run_and_undone(ada: Browser, synced: OwnerServices):
    saved = ada.post("/rules/save", FORM)
    expected = synced.count(FORM["when"])
    assert expected > 0

    job = ada.post(saved.location + "/run").location
    assert ended(synced, job).state == "done"
    page = ada.get(job).text
    assert synced.count("tag:reading") == expected
    assert f"<dd>{expected}</dd><dt>matches of rules</dt>" in page
    change = re.search(r'action="/undo/(\d+)"', page)
    ada.post(f"/undo/{change[1]}")

    assert synced.count("tag:reading") == 0
    assert "/undo/" not in ada.get(job).text.partition("<main")[2]


def test_a_preview_of_a_saved_rule_says_what_its_run_does(ada: Browser, synced: OwnerServices):
    """What was undone stays so, in the preview too, whatever the form says by now."""
    rule = synced.rules.save(Rule("undone", FORM["when"], [("tag", "first")]))
    page = f"/rules/{rule.id}"
    job = ada.post(page + "/run").location
    assert ended(synced, job).state == "done"
    change = re.search(r'action="/undo/(\d+)"', ada.get(job).text)
    ada.post(f"/undo/{change[1]}")
    edited = {**FORM, "name": "undone", "id": rule.id}

    shown = [ada.post("/rules/preview", form).text for form in ({**edited, "argument": "first"}, edited)]
    as_new = ada.post("/rules/preview", {**edited, "id": 0}).text

    assert all("left alone" in one and "chip green" not in one for one in shown)
    assert "tag reading" in as_new
    ada.post("/rules/save", edited)
    assert ended(synced, ada.post(page + "/run").location).state == "done"
    assert synced.count("tag:reading") == 0
    synced.rules.delete("undone")


def test_a_rule_that_is_off_is_not_run(ada: Browser, synced: OwnerServices):
    off = synced.rules.save(Rule("off", "in:inbox", [("tag", "off")], enabled=False))

    answer = ada.post(f"/rules/{off.id}/run")

    assert answer.location == f"/rules/{off.id}"
    assert "switched off" in ada.get(answer.location).text
    synced.rules.delete("off")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"name": ""}, "needs a name"), ({"action": ""}, "at least one action"), ({"when": "from:("}, "at character")],
)
def test_a_mistake_in_a_rule_is_shown_and_nothing_is_saved(ada: Browser, synced: OwnerServices, change, words):
    before = synced.rules.list()

    answer = ada.post("/rules/save", {**FORM, "name": "faulty", **change})

    assert answer.status_code == 400
    assert words in answer.text
    assert synced.rules.list() == before


def test_a_mistake_is_told_once_and_gone_when_the_rule_is_typed_on(ada: Browser):
    """A saved mistake asks for no preview, which would tell it again; the next preview takes its notice away."""
    faulty = ada.post("/rules/save", {**FORM, "name": "faulty", "when": "from:("}).text
    fresh, typed_on = ada.get("/rules/new").text, ada.post("/rules/preview", FORM).text

    assert ('hx-trigger="load' in faulty, 'hx-trigger="load' in fresh) == (False, True)
    assert "query-mistake" in faulty
    assert '<div id="rule-problem" hx-swap-oob="true"></div>' in typed_on


def test_what_was_typed_stays_beside_the_mistake(ada: Browser):
    form = {**FORM, "name": "typed", "when": "from:(", "argument": "my tag", "delay": "3d", "otherwise": "1"}

    page = ada.post("/rules/save", form).text

    for field in ('name="name" value="typed"', 'name="argument" value="my tag"', 'name="delay" value="3d"'):
        assert field in page
    assert re.search(r'name="otherwise" value="1" checked', page)
    assert re.search(r'<option value="tag"[^>]* selected>', page)


def test_another_name_renames_a_rule_and_the_name_of_another_is_refused(ada: Browser, synced: OwnerServices):
    first, second = (synced.rules.save(Rule(name, "in:inbox", [("tag", "a")])) for name in ("one", "two"))
    assert f'name="id" value="{first.id}"' in ada.get(f"/rules/{first.id}").text

    ada.post("/rules/save", {**FORM, "id": str(first.id), "name": "three"})
    taken = ada.post("/rules/save", {**FORM, "id": str(first.id), "name": "two", "argument": "b"})
    new = ada.post("/rules/save", {**FORM, "name": "two", "argument": "b"})

    assert {rule.id: rule.name for rule in synced.rules.list() if rule.id in (first.id, second.id)} == {
        first.id: "three",
        second.id: "two",
    }
    assert not any(rule.name == "one" for rule in synced.rules.list())
    assert (taken.status_code, new.status_code) == (400, 400)
    assert "Another rule has this name." in taken.text
    assert synced.rules.get("two").then == second.then
    for name in ("three", "two"):
        synced.rules.delete(name)


def test_a_rule_that_does_something_else_no_longer_stands_for_its_script(ada: Browser, synced: OwnerServices):
    script = 'if header :contains "subject" "x" { fileinto "A"; }\n'
    (rule,) = synced.rules.import_sieve(script).rules
    form = {"id": str(rule.id), "when": rule.when, "action": "fileinto", "argument": "A", "enabled": "1"}

    ada.post("/rules/save", {**form, "name": "only its name"})
    assert synced.rules.get(rule.id).source == rule.source != ""
    ada.post("/rules/save", {**form, "name": "only its name", "argument": "B"})

    assert synced.rules.get(rule.id).source == ""
    synced.rules.delete(rule.id)


def test_rules_are_ordered_switched_and_deleted(ada: Browser, synced: OwnerServices):
    for name in ("first", "second"):
        ada.post("/rules/save", {**FORM, "name": name})
    rule = synced.rules.get("second")

    ada.post(f"/rules/{rule.id}/move", {"to": "up"})
    ada.post(f"/rules/{rule.id}/switch", {"enabled": "0"})
    names = [one.name for one in synced.rules.list()]
    assert names.index("second") < names.index("first")
    assert not synced.rules.get("second").enabled

    ada.post(f"/rules/{rule.id}/delete")
    with pytest.raises(NotFoundError):
        synced.rules.get("second")


def test_a_deleted_rule_comes_back_where_it_stood(ada: Browser, bob: Browser, synced: OwnerServices):
    for name in ("upper", "middle", "lower"):
        rule = Rule(name, "in:inbox", [("tag", name)], enabled=name != "middle", delay="3d", propose=True)
        synced.rules.save(rule)
    before, middle = synced.rules.list(), synced.rules.get("middle")

    ada.post(f"/rules/{middle.id}/delete")
    toast = ada.get("/rules/").text
    address, at = re.search(r'action="(/rules/\d+/restore)".*name="at" value="(\d+)"', toast).groups()
    assert "middle is gone; what it did stays." in toast
    assert bob.post(address, {"at": at}).status_code == 404
    ada.post(address, {"at": at})

    after = synced.rules.list()
    assert [one.name for one in after] == [one.name for one in before]
    back = synced.rules.get("middle")
    assert (back.when, back.then, back.enabled, back.delay, back.propose) == (
        middle.when, middle.then, False, "3d", True,
    )  # fmt: skip
    ada.post(address, {"at": at})  # pressed again, or another took the name meanwhile
    assert synced.rules.list() == after
    assert "Another rule has this name." in ada.get("/rules/").text
    for name in ("upper", "middle", "lower"):
        synced.rules.delete(name)


def test_the_page_lists_rules_and_ready_ones(ada: Browser, synced: OwnerServices):
    page = ada.get("/rules/").text
    ready = re.search(r'/rules/new\?ready=([^"]+)', page)

    assert ready is not None
    assert ada.get(f"/rules/new?ready={ready[1]}").status_code == 200


def test_a_rule_of_another_is_not_there(bob: Browser, ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "mine"})
    rule = synced.rules.get("mine")

    assert bob.get(f"/rules/{rule.id}").status_code == 404
    assert {bob.post(f"/rules/{rule.id}/{deed}").status_code for deed in ("run", "move", "switch", "delete")} == {404}
    assert synced.rules.get("mine").enabled


def test_a_script_is_shown_before_it_becomes_rules(ada: Browser, synced: OwnerServices):
    script = 'require "fileinto";\nif header :contains "subject" "invoice" { fileinto "Finance"; }\n'
    before = len(synced.rules.list())

    shown = ada.post("/rules/sieve/", {"script": script, "deed": "look"})
    assert "Finance" in shown.text
    assert len(synced.rules.list()) == before
    ada.post("/rules/sieve/", {"script": script, "deed": "save"})

    assert len(synced.rules.list()) == before + 1
    assert "fileinto" in ada.get("/rules/sieve/export").text


def test_a_script_is_one_rule_or_a_rule_of_each_block_as_the_owner_wants(ada: Browser, synced: OwnerServices):
    tests = ('"subject" "bill" { fileinto "Bills"; }', '"from" "bank" { fileinto "Bank"; }')
    script = 'require "fileinto";\n' + "".join(f"if header :contains {one}\n" for one in tests)
    before = len(synced.rules.list())

    together = ada.post("/rules/sieve/", {"script": script, "deed": "look"}).text
    apart = ada.post("/rules/sieve/", {"script": script, "apart": "1", "deed": "look"}).text

    assert "It becomes 1 rule<" in together
    assert "It becomes 2 rules<" in apart
    assert "has another end" in apart
    assert [_is_chosen(page, "apart") for page in (together, apart)] == [False, True]
    # A box that is ticked now can be looked at again before it is saved.
    assert all(f'value="{deed}"' in apart for deed in ("look", "save"))
    ada.post("/rules/sieve/", {"script": script, "apart": "1", "deed": "save"})
    assert len(synced.rules.list()) == before + 2


def _is_chosen(page: str, name: str) -> bool:
    (field,) = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', page)
    return "checked" in field


def test_a_script_with_a_mistake_says_where(ada: Browser, synced: OwnerServices):
    answer = ada.post("/rules/sieve/", {"script": "if {", "deed": "look"})

    assert answer.status_code == 400
    assert "line 1" in answer.text


def test_a_named_argument_stays_when_the_form_is_saved(ada: Browser, synced: OwnerServices):
    script = 'if header :contains "subject" "x" { fileinto "A"; }\n'
    (rule,) = synced.rules.import_sieve(script).rules
    synced.rules.save(replace(rule, then=[Action("tag", "Money", color="#ff0000")]))
    kept = synced.rules.get(rule.id)
    page = unescape(ada.get(f"/rules/{rule.id}").text)
    shown = re.search(r'name="argument" value="(Money[^"]*)"', page)[1]
    form = {"id": str(rule.id), "when": rule.when, "action": "tag", "argument": shown, "enabled": "1"}

    ada.post("/rules/save", {**form, "name": "renamed"})
    assert shown == "Money color=#ff0000"
    assert (synced.rules.get(rule.id).then, synced.rules.get(rule.id).source) == (kept.then, kept.source)
    ada.post("/rules/save", {**form, "name": "renamed", "when": "in:inbox"})
    synced.rules.run(query="in:inbox")
    assert synced.tags.get("Money").color == "#ff0000"
    synced.rules.delete("renamed")


def test_a_rule_by_the_clock_keeps_its_schedule(ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "nightly", "argument": "night", "schedule": "Daily 2:00"})
    rule = synced.rules.get("nightly")

    assert rule.schedule == "daily 02:00"
    assert 'value="daily 02:00"' in ada.get(f"/rules/{rule.id}").text
    refused = ada.post("/rules/save", {**FORM, "name": "never", "argument": "x", "schedule": "at night"})
    assert "weekly mon,thu 07:30" in refused.text


def test_what_is_learned_is_shown_and_trained(ada: Browser, synced: OwnerServices):
    page = ada.get("/learning/")

    assert page.status_code == 200
    assert "Built-in rules answer" in page.text
    assert ada.get("/learning/spam").status_code == 200
    assert ada.get("/learning/weather").status_code == 404
    assert ada.post("/learning/train").status_code == 303
