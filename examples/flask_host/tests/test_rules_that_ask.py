"""Rules that ask first, in the browser: what waits for a word is shown, and done or withdrawn as its owner says."""

from __future__ import annotations

import re

from examples.flask_host.tests.browser import Browser, ended
from mailhelper_core import OwnerServices

FORM = {"name": "news", "when": "category:newsletter in:inbox", "action": "tag", "argument": "reading", "enabled": "1"}


def test_a_rule_that_asks_waits_for_a_word(ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "asks", "argument": "asked", "propose": "1"})
    synced.rules.run(query="category:newsletter")
    assert synced.count("tag:asked") == 0
    page = ada.get("/rules/").text
    change = re.search(r'action="/rules/proposed/(\d+)"', page)
    asked = synced.rules.proposed()[0]
    section = page.partition('id="waiting"')[2].partition("</section>")[0]
    listed = set(re.findall(r'href="/mail/(\d+)"', section))
    assert listed == {str(entry.operation.message_id) for entry in asked.entries}
    assert section.count(">tag asked<") == len(asked.entries)
    words = f"{len(asked.entries)} steps of your rules wait for your word."
    assert len(asked.entries) > 1
    assert words in ada.get("/").text
    entry = ada.get("/history/").text.partition("<strong>Rules ask you</strong>")[2].partition("</li>")[0]
    assert "waits for your word" in entry
    assert "/undo/" not in entry

    ada.post(f"/rules/proposed/{change[1]}", {"word": "approve"})

    assert synced.count("tag:asked") > 0
    assert "of your rules" not in ada.get("/").text
    synced.rules.delete("asks")


def test_what_was_decided_since_a_rule_asked_is_left_and_told(ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "asks", "argument": "later", "propose": "1"})
    synced.rules.run(query="category:newsletter")
    (change,) = synced.rules.proposed()
    first = change.entries[0].operation.message_id
    synced.tags.assign([first], "later")
    synced.tags.unassign([first], "later")

    ada.post(f"/rules/proposed/{change.id}", {"word": "approve"})

    page = ada.get("/rules/").text
    assert "Done." in page
    assert "1 step was left out: You or somebody else has decided about it meanwhile." in page
    assert synced.count("tag:later") == len(change) - 1
    synced.rules.delete("asks")


def test_what_a_rule_asked_and_is_so_by_now_is_told(ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "asks", "argument": "so already", "propose": "1"})
    synced.rules.run(query="category:newsletter")
    (change,) = synced.rules.proposed()
    synced.tags.assign([one.operation.message_id for one in change.entries], "so already")

    ada.post(f"/rules/proposed/{change.id}", {"word": "approve"})

    page = ada.get("/rules/").text
    assert "There was nothing to do." in page
    assert "Done." not in page
    synced.rules.delete("asks")


def test_what_a_rule_asked_before_it_was_deleted_is_withdrawn_in_history(ada: Browser, synced: OwnerServices):
    ada.post("/rules/save", {**FORM, "name": "asks", "argument": "never", "propose": "1"})
    synced.rules.run(query="category:newsletter")

    synced.rules.delete("asks")

    entry = ada.get("/history/").text.partition("<strong>Rules asked, and were changed since</strong>")[2]
    assert "The rule was changed, switched off or deleted meanwhile." in entry.partition("</li>")[0]
    assert "wait for your word" not in ada.get("/").text


def test_the_page_of_a_job_says_what_waits(ada: Browser, synced: OwnerServices):
    saved = ada.post("/rules/save", {**FORM, "name": "asks again", "argument": "again", "propose": "1"})

    job = ada.post(saved.location + "/run").location
    assert ended(synced, job).state == "done"

    page = ada.get(job).text
    assert "of your rules wait for your word." in page
    assert 'href="/rules/#waiting"' in page
    assert "There was nothing to do." not in page
    for change in synced.rules.proposed():
        ada.post(f"/rules/proposed/{change.id}", {"word": "reject"})
    assert "of your rules wait" not in ada.get(job).text
    synced.rules.delete("asks again")
