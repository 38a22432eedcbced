"""Reading mail in the browser: lists, search, messages, what is done to them and undone."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer
from mailhelper_web.parts import search_hints
from mailhelper_web.parts.invitation import calendar_part, parse_invitation
from mailhelper_web.parts.search_hints import size_words


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


def test_search_finds_and_marks(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]
    word = max(one.subject.split(), key=len)

    page = ada.get("/mail/", query_string={"q": word}).text

    assert f"/mail/{one.id}" in page
    assert "<mark>" in page


def test_a_query_with_a_mistake_shows_where_it_is(ada: Browser, synced: OwnerServices):
    page = ada.get("/mail/", query_string={"q": "from:bank size>x"})

    assert page.status_code == 200
    assert "<mark>" in page.text
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("is:answered or is:draft", "is:answered OR is:draft"),
        ('nosuchword Und "a or b"', 'nosuchword AND "a or b"'),
        ("nosuchword (not in:inbox)", "nosuchword (NOT in:inbox)"),
        ('nosuchword OR "this or that" orbit', ""),
    ],
)
def test_operators_in_small_letters_are_told_where_nothing_is_found(
    ada: Browser, synced: OwnerServices, query: str, corrected: str
):
    page = unescape(ada.get("/mail/", query_string={"q": query}).text)

    assert "Nothing found." in page
    assert ("Operators are written in capitals" in page) == bool(corrected)
    assert f"<code>{corrected}</code>" in page or not corrected


@pytest.mark.parametrize(
    ("query", "sentence", "better"),
    [
        ("in:inobx", "There is no mailbox “inobx”", "in:INBOX"),
        ("tag:biils OR in:inbox", "There is no tag “biils”", "tag:bills OR in:inbox"),
        ("account:nobody in:inbox", "There is no account “nobody”", ""),
        ("category:xyzzy", "No mail is of the kind “xyzzy”", ""),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_nearest_to_click(
    ada: Browser, synced: OwnerServices, query: str, sentence: str, better: str
):
    synced.tags.create("bills")
    page = ada.get("/mail/", query_string={"q": query}).text
    synced.tags.delete("bills")

    assert sentence in unescape(page)
    assert ("Did you mean" in page) == bool(better)
    linked = [parse_qs(urlsplit(unescape(one)).query).get("q") for one in re.findall(r'href="(/mail/\?[^"]*)"', page)]
    assert [better] in linked or not better


def test_a_search_says_how_many_it_found(
    app: Flask, ada: Browser, synced: OwnerServices, monkeypatch: pytest.MonkeyPatch
):
    number = synced.count("in:inbox")

    assert 1 < number < 50
    assert f"{number} messages found" in ada.get("/mail/?q=in:inbox").text
    assert "messages found" not in ada.get("/mail/?q=nosuchword").text
    first = synced.search("in:inbox", limit=2)
    with app.test_request_context():
        assert size_words(synced, "in:inbox", first) == f"{number} messages found"
        monkeypatch.setattr(search_hints, "COUNTED", 3)
        assert size_words(synced, "in:inbox", first) == "more than 3 messages found"


def test_every_example_of_the_search_help_can_be_asked(ada: Browser, synced: OwnerServices):
    page = ada.get("/mail/?q=hello").text.partition('<details class="syntax">')[2].partition("</details>")[0]
    examples = re.findall(r'href="([^"]+)"', page)

    assert len(examples) >= 8
    assert all('role="alert"' not in ada.get(unescape(one)).text for one in examples)
    assert '<details class="syntax" open>' in ada.get("/mail/?q=size>x").text


def test_a_mailbox_that_is_not_there_is_told_with_those_that_are(ada: Browser, synced: OwnerServices):
    page = unescape(ada.get("/mail/", query_string={"q": "in:inbx"}).text)

    assert "There is no mailbox “inbx”" in page
    boxes = re.findall(r'class="chip" href="([^"]+)">', page.partition("Mailboxes there are:")[2])
    assert len(boxes) == len(synced.accounts.mailboxes(synced.accounts.list()[0].id))
    assert {ada.get(one).status_code for one in boxes} == {200}
    assert "no mail can meet them" in ada.get("/mail/", query_string={"q": "is:read is:unread"}).text
    plain = ada.get("/mail/", query_string={"q": "nosuchword"}).text.partition("<main")[2]
    assert 'class="notice"' not in plain


def test_a_message_page_shows_the_mail_in_a_sandboxed_frame(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]

    page = ada.get(f"/mail/{one.id}").text
    frame = ada.get(f"/mail/{one.id}/frame")

    assert "<iframe" in page
    assert 'sandbox="allow-popups' in page
    assert "allow-scripts" not in page
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox" in frame.headers["Content-Security-Policy"]


@pytest.mark.parametrize("tab", ["mail", "text", "headers", "why"])
def test_every_tab_of_a_message_answers(ada: Browser, synced: OwnerServices, tab: str):
    one = synced.search("")[0]

    assert ada.get(f"/mail/{one.id}?tab={tab}").status_code == 200
    assert ada.get(f"/mail/{one.id}/timeline").status_code == 200
    assert ada.get(f"/mail/{one.id}/explain?q=in:inbox").status_code == 200


def test_the_original_is_a_file_and_nothing_a_browser_opens(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]

    answer = ada.get(f"/mail/{one.id}/raw")

    assert answer.data == synced.messages.raw(one.id)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


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


def test_opening_a_message_marks_it_read_by_the_pages_own_hand(ada: Browser, synced: OwnerServices):
    one = next(message for message in synced.search("in:inbox") if not message.is_seen)

    page = ada.get(f"/mail/{one.id}?view=inbox").text
    assert not synced.messages.get(one.id).is_seen  # a page that is only fetched changes nothing
    asked = re.search(r'value="read"[^>]* hx-post="([^"]+)" hx-trigger="load"', page)
    answer = ada.post(unescape(asked[1])).text

    assert synced.messages.get(one.id).is_seen
    assert 'value="unread"' in answer
    assert "hx-trigger" not in answer
    assert "/read" not in ada.get(f"/mail/{one.id}").text
    back = ada.post(unescape(re.search(r'formaction="([^"]+)"', answer)[1]))
    assert back.location == "/mail/?view=inbox"
    assert not synced.messages.get(one.id).is_seen
    assert "1 message marked as unread." in ada.get(back.location).text


def test_a_stranger_to_the_message_cannot_mark_it(bob: Browser, synced: OwnerServices):
    one = next(message for message in synced.search("in:inbox") if not message.is_seen)

    assert {bob.post(f"/mail/{one.id}/{deed}").status_code for deed in ("read", "unread")} == {404}
    assert not synced.messages.get(one.id).is_seen


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


PLAIN = 'Subject: plain\r\nContent-Type: text/plain\r\n\r\n<img src="https://example.org/1.png">\r\n'
HTML = "Subject: {}\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>{}\r\n"
MAILS = {
    "plain": PLAIN,
    "bare": HTML.format("bare", ""),
    "inline": HTML.format("inline", '<img src="cid:1">'),
    "pictures": HTML.format("pictures", '<img width=1 alt="a" src="https://example.org/1.png">'),
}


def test_images_from_elsewhere_are_offered_where_there_are_some(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    for mail in MAILS.values():
        imap_server.store.user("ada").mailbox("INBOX").append(b"From: a@example.org\r\n" + mail.encode())
    synced.sync(synced.accounts.list()[0].id)

    pages = {name: ada.get(f"/mail/{synced.search(f'subject={name}')[0].id}").text for name in MAILS}

    assert {name for name, page in pages.items() if "images=1" in page} == {"pictures"}
    assert {name for name, page in pages.items() if "under-frame" in page} == {"pictures"}


def test_a_message_leads_back_to_its_list(ada: Browser, synced: OwnerServices):
    ada.post("/preferences/language", {"language": "en"})
    asked = "/mail/?q=in:inbox&sort=oldest"
    row = unescape(re.search(r'href="(/mail/\d+\?[^"]+)"', ada.get(asked).text)[1])

    page = unescape(ada.get(row).text)

    assert f'class="back" href="{asked}"' in page
    assert f"{row}&tab=text" in page or "tab=text&q=in:inbox&sort=oldest" in page
    assert 'class="back"' not in ada.get(f"/mail/{synced.search('', limit=1)[0].id}").text
    assert re.search(r'href="/mail/\d+\?view=inbox"', ada.get("/mail/?view=inbox").text)


@pytest.mark.parametrize(("method", "word"), [("request", "Invitation"), ("cancel", "Cancelled")])
def test_an_invitation_is_a_card_whether_it_is_attached_or_not(
    ada: Browser, synced: OwnerServices, method: str, word: str
):
    ada.post("/preferences/language", {"language": "en"})
    one = synced.messages.get(synced.search(f"calendar:{method}", limit=1)[0].id)

    page = ada.get(f"/mail/{one.id}").text

    assert bool(one.attachments) == (method == "request")
    assert f'class="muted">{word}</p>' in page.partition('class="invitation"')[2]
    assert re.search(r"<h2>[^<]+</h2>\s*<p>[A-Z][a-z]+day, ", page)


def test_a_calendar_that_cannot_be_read_is_no_card():
    nested = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 5_000

    for raw in (
        b"",
        nested,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR",
        b"Content-Type: text/plain\r\n\r\nx",
    ):
        assert parse_invitation(calendar_part(raw)) is None


def test_the_start_page_can_show_one_account(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    empty = synced.accounts.add(imap_server.url, username="second", password="secret")

    ada.post("/preferences/language", {"language": "en"})
    both, none = (ada.get("/", query_string={"account": chosen}).text for chosen in ("", empty.id))

    assert f'<option value="{empty.id}" selected>' in none
    assert "Nothing is urgent." in none
    assert re.search(r"<strong>[1-9]\d*</strong>", both)
    assert not re.search(r"<td[^>]*><a [^>]*><strong>[1-9]", none)
    synced.accounts.remove(empty.id)
