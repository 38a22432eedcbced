"""Mail in the browser: the start page, lists, what is done to mail, told and undone."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer


def test_a_new_user_is_welcomed(ada: Browser):
    assert "Add a mail account" in ada.get("/").text


def test_the_matrix_counts_what_the_inbox_holds(ada: Browser, synced: OwnerServices):
    page = ada.get("/").text
    numbers = [int(number) for number in re.findall(r"<strong>(\d+)</strong><span class=\"hidden\">", page)]

    assert len(numbers) == 9
    undecided = synced.count("in:inbox -spam:yes -(urgency>=1 importance>=1)")
    assert sum(numbers) + undecided == synced.count("in:inbox -spam:yes")


@pytest.mark.parametrize(
    "view", ["inbox", "unread", "flagged", "people", "newsletters", "spam", "archive", "sent", "trash", "all"]
)
def test_every_view_answers(ada: Browser, synced: OwnerServices, view: str):
    assert ada.get(f"/mail/?view={view}").status_code == 200


def test_archive_and_undo_from_the_list(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]

    answer = ada.post("/actions", {"act": "archive", "id": one.id, "next": "/mail/?view=inbox"})
    assert answer.status_code == 303
    assert answer.location == "/mail/?view=inbox"
    assert synced.count(f"id:{one.id} in:inbox") == 0
    toast = ada.get("/mail/?view=inbox").text
    change = re.search(r'action="/undo/(\d+)"', toast)
    ada.post(f"/undo/{change[1]}")

    assert synced.count(f"id:{one.id} in:inbox") == 1


def test_one_click_corrects(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]

    ada.post("/actions", {"act": "urgency:3", "id": one.id})
    ada.post("/actions", {"act": "category", "category_argument": "finance", "id": one.id})

    after = synced.messages.get(one.id)
    assert (after.urgency, after.category) == (3, "finance")


def test_buttons_say_what_they_will_do(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    ada.post("/actions", {"act": "flag", "id": one.id})
    ada.post("/actions", {"act": "archive", "id": one.id})

    page = ada.get(f"/mail/{one.id}").text

    assert 'value="unflag"' in page
    assert 'name="act" value="archive"' not in page
    assert 'value="trash"' in page
    assert {view: 'value="not-spam"' in ada.get(f"/mail/?view={view}").text for view in ("spam", "all")} == {
        "spam": synced.count("spam:yes OR in:junk") > 0,
        "all": False,
    }
    assert 'name="act" value="archive"' not in ada.get("/mail/?view=archive").text
    ada.post("/actions", {"act": "unflag", "id": one.id})


DEEDS = {
    "flag": "2 messages flagged.",
    "unflag": "2 messages no longer flagged.",
    "read": "2 messages marked as read.",
    "unread": "2 messages marked as unread.",
    "tag:blue": "2 messages tagged blue.",
    "untag:blue": "Tag blue removed from 2 messages.",
    "spam": "2 messages marked as spam.",
    "not-spam": "2 messages are no spam.",
    "category:finance": "Kind of 2 messages: Finance.",
    "importance:1": "Importance of 2 messages: 1.",
    "move:Elsewhere": "2 messages moved to Elsewhere.",
    "copy:There": "2 messages copied to There.",
    "archive": "2 messages archived.",
    "trash": "2 messages moved to trash.",
}


def test_a_deed_says_what_it_did(ada: Browser, synced: OwnerServices):
    two = [message.id for message in synced.search("in:inbox is:unread -is:flagged", limit=2)]

    told = []
    for act in DEEDS:
        ada.post("/actions", {"act": act, "id": two})
        told.append(ada.get("/preferences/").text)

    assert [said for page, said in zip(told, DEEDS.values(), strict=True) if said not in page] == []


def test_what_is_no_spam_leaves_the_junk(ada: Browser, synced: OwnerServices):
    one = synced.search("in:junk", limit=1)[0]
    assert 'name="act" value="not-spam"' in ada.get("/mail/?view=spam").text

    ada.post("/actions", {"act": "not-spam", "id": one.id})

    assert {place.role for place in synced.messages.get(one.id).places} == {"inbox"}
    assert synced.count(f"id:{one.id} (spam:yes OR in:junk)") == 0
    told = ada.get("/preferences/").text
    assert "1 message is no spam." in told
    assert "1 message moved to Inbox." in told
    for change in re.findall(r'action="(/undo/\d+)"', told):
        ada.post(change)
    assert {place.role for place in synced.messages.get(one.id).places} == {"junk"}


def test_a_deed_that_changes_nothing_says_so(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    ada.post("/actions", {"act": "read", "id": one.id})
    ada.get("/preferences/")

    ada.post("/actions", {"act": "read", "id": one.id})

    told = ada.get("/preferences/").text
    assert "It was so already; nothing is changed." in told
    assert "/undo/" not in told


def test_a_deed_without_messages_asks_for_some(ada: Browser, synced: OwnerServices):
    ada.get("/preferences/")

    ada.post("/actions", {"act": "archive"})

    assert "Choose messages first." in ada.get("/preferences/").text


def test_the_keys_are_listed_where_they_work(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]

    for page in ("/mail/?view=all", f"/mail/{one.id}"):
        keys = ada.get(page).text.partition('<dialog id="keys"')[2].partition("</dialog>")[0]
        assert re.findall(r"<kbd>(.+?)</kbd>", keys) == ["j", "k", "Enter", "x", "e", "#", "s", "u", "/", "?"]


def test_a_corrected_level_is_told_with_the_one_before(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    ada.post("/actions", {"act": "urgency:3", "id": one.id})
    ada.get("/preferences/")

    ada.post("/actions", {"act": "urgency:1", "id": one.id})

    assert "Urgency 3 → 1" in ada.get("/preferences/").text


@pytest.mark.parametrize("form", [{"act": "explode", "id": 1}, {"act": "urgency:9", "id": 1}, {}])
def test_an_action_that_is_none_is_refused(ada: Browser, synced: OwnerServices, form: dict):
    assert ada.post("/actions", form).status_code == 400


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
def test_a_form_never_leads_to_another_host(ada: Browser, synced: OwnerServices, target: str):
    one = synced.search("in:inbox")[0]

    assert ada.post("/actions", {"act": "flag", "id": one.id, "next": target}).location == "/"


def test_what_is_anothers_is_not_there(app: Flask, bob: Browser, synced: OwnerServices):
    one = synced.search("")[0]
    account = synced.accounts.list()[0]

    paths = ["", "/frame", "/raw", "/timeline", "/explain?q=", "/attachment/0"]
    assert {bob.get(f"/mail/{one.id}{path}").status_code for path in paths} == {404}
    assert bob.get(f"/accounts/{account.id}").status_code == 404
    assert bob.post("/actions", {"act": "trash", "id": one.id}).status_code == 404
    assert synced.count(f"id:{one.id} in:trash") == 0


def test_the_page_speaks_german_to_who_asks_for_it(ada: Browser, synced: OwnerServices):
    ada.post("/preferences/language", {"language": "de"})

    assert '<html lang="de"' in ada.get("/").text


def test_the_start_page_can_show_one_account(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    empty = synced.accounts.add(imap_server.url, username="second", password="secret")

    ada.post("/preferences/language", {"language": "en"})
    both, none = (ada.get("/", query_string={"account": chosen}).text for chosen in ("", empty.id))

    assert f'<option value="{empty.id}" selected>' in none
    assert "Nothing is urgent." in none
    assert re.search(r"<strong>[1-9]\d*</strong>", both)
    assert not re.search(r"<td[^>]*><a [^>]*><strong>[1-9]", none)
    synced.accounts.remove(empty.id)


def _chip(page: str, message_id: int) -> re.Match[str]:
    row = re.search(rf'<li class="row[^>]*data-id="{message_id}">.*?</li>', page, re.DOTALL)[0]
    return re.search(r'<a class="kind" href="([^"]+)" title="([^"]+)" aria-label="([^"]+)">([^<]+)</a>', row)


def test_a_list_says_how_sure_opinions_are_and_leads_to_why(ada: Browser, synced: OwnerServices):
    ada.post("/preferences/language", {"language": "en"})
    one = next(one for one in synced.search("in:inbox", limit=50) if one.category == "newsletter")
    sure = synced.opinions.sureness([one.id])[one.id]

    chip = _chip(ada.get("/mail/?view=inbox").text, one.id)

    urgency = f"Urgency {one.urgency} ({sure['urgency', str(one.urgency)]:.0%})"
    said = f"Newsletters ({sure['category', 'newsletter']:.0%}) · {urgency}"
    assert (chip[4], chip[2]) == ("Newsletters", chip[3])
    assert chip[2].startswith(f"{said} · Importance {one.importance} (")
    assert chip[2].endswith("Why?")
    why = ada.get(unescape(chip[1])).text
    assert 'aria-current="page">Why is it here?' in why
    assert 'class="back" href="/mail/?view=inbox"' in why


def test_what_its_owner_says_of_a_message_has_no_number_and_stays_text(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox", limit=1)[0]
    synced.opinions.correct([one.id], category='<b title="x">mine', urgency=3)

    chip = _chip(ada.get("/mail/?view=inbox").text, one.id)

    assert chip[4] == "&lt;b title=&quot;x&quot;&gt;mine"
    assert chip[2].startswith("&lt;b title=&quot;x&quot;&gt;mine · Urgency 3")
