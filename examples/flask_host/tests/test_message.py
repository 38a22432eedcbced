"""One message in the browser: its frame, tabs, original, pictures and invitation, and that opening it reads it."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer
from mailhelper_web.look.filters import event_time, short_date
from mailhelper_web.parts.invitation import Invitation, calendar_part, parse_invitation


def test_a_message_page_shows_the_mail_in_a_sandboxed_frame(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]

    page = ada.get(f"/mail/{one.id}").text
    frame = ada.get(f"/mail/{one.id}/frame")

    assert "<iframe" in page
    assert 'sandbox="allow-popups' in page
    assert "allow-scripts" not in page
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox" in frame.headers["Content-Security-Policy"]


def test_a_mail_of_plain_text_is_text_in_its_frame(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    text = 'x < y & <script>alert(1)</script> <img src=x onerror="alert(2)"> &lt;b&gt;'
    mail = f"Message-ID: <plain@attacker.example>\r\nSubject: plain attack\r\n\r\n{text}\r\n"
    imap_server.store.user("ada").mailbox("INBOX").append(mail.encode())
    synced.run(synced.accounts.list()[0].id)
    one = synced.search('subject:"plain attack"')[0]

    pages = [ada.get(f"/mail/{one.id}{where}").text for where in ("/frame", "?tab=text", "")]

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=&quot;alert(2)&quot;&gt;" in pages[0]
    assert "x &lt; y &amp; &lt;script&gt;" in pages[1]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert unescape(pages[0].partition("<pre>")[2].partition("</pre>")[0]).strip() == text


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


PICTURE = '<img width=1 alt="a" src="https://example.org/1.png">'
QUOTED = PICTURE.replace("=", "=3D").replace("img", "i=\r\nmg")
HTML = "Content-Type: text/html; charset=utf-8\r\n"
MAILS = {
    "plain": f"Content-Type: text/plain\r\n\r\n{PICTURE}\r\n",
    "bare": f"{HTML}\r\n<p>Hello</p>\r\n",
    "inline": f'{HTML}\r\n<p>Hello</p><img src="cid:1">\r\n',
    "said": f"{HTML}\r\n<p>Write &lt;img src=https:&gt; or image</p>\r\n",
    "pictures": f"{HTML}\r\n<p>Hello</p>{PICTURE}\r\n",
    "unquoted": f"{HTML}\r\n<p>Hello</p><IMG\r\nSRC = http://example.org/1.png>\r\n",
    "quoted": f"{HTML}Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hello</p>{QUOTED}\r\n",
    "base64": f"{HTML}Content-Transfer-Encoding: base64\r\n\r\n{b64encode(PICTURE.encode()).decode()}\r\n",
    "no64": f"{HTML}Content-Transfer-Encoding: base64\r\n\r\n{b64encode(b'<p>Hello</p>').decode()}\r\n",
}


def test_images_from_elsewhere_are_offered_where_there_are_some(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    for name, mail in MAILS.items():
        imap_server.store.user("ada").mailbox("INBOX").append(f"Subject: {name}\r\n{mail}".encode())
    synced.sync(synced.accounts.list()[0].id)
    found = {name: synced.search(f"subject={name}")[0].id for name in MAILS}

    pages = {name: ada.get(f"/mail/{id_}").text for name, id_ in found.items()}

    offered = {"pictures", "unquoted", "quoted", "base64"}
    assert {name for name, page in pages.items() if "images=1" in page} == offered
    assert {name for name, page in pages.items() if "under-frame" in page} == offered


def test_a_message_leads_back_to_its_list(ada: Browser, synced: OwnerServices):
    ada.post("/preferences/language", {"language": "en"})
    asked = "/mail/?q=in:inbox&sort=oldest"
    row = unescape(re.search(r'href="(/mail/\d+\?[^"]+)"', ada.get(asked).text)[1])

    page = unescape(ada.get(row).text)

    assert f'class="back" href="{asked}"' in page
    assert f"{row}&tab=text" in page or "tab=text&q=in:inbox&sort=oldest" in page
    assert 'class="back"' not in ada.get(f"/mail/{synced.search('', limit=1)[0].id}").text
    assert re.search(r'href="/mail/\d+\?view=inbox"', ada.get("/mail/?view=inbox").text)


def test_each_method_of_an_invitation_has_a_look_and_a_word_of_its_own(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    looks = {
        "REPLY": ("reply", "Reply"),
        "COUNTER": ("counter", "Another time is proposed"),
        "DECLINECOUNTER": ("cancel", "The proposed time is declined"),
        "X-<B>": ("event", "Event"),
    }
    for method in looks:
        event = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        head = f"Subject: card {method}\r\nContent-Type: text/calendar; method={method}\r\n\r\n"
        imap_server.store.user("ada").mailbox("INBOX").append(f"{head}{event}".encode())
    synced.sync(synced.accounts.list()[0].id)

    for method, (look, word) in looks.items():
        one = synced.search(f'subject="card {method}"')[0]
        page = ada.get(f"/mail/{one.id}").text
        assert f'<section class="invitation {look}" aria-label="{word}">' in page
        assert f'<p class="kind">{word}</p>' in page


@pytest.mark.parametrize(("method", "word"), [("request", "Invitation"), ("cancel", "Cancelled")])
def test_an_invitation_is_a_card_whether_it_is_attached_or_not(
    ada: Browser, synced: OwnerServices, method: str, word: str
):
    ada.post("/preferences/language", {"language": "en"})
    one = synced.messages.get(synced.search(f"calendar:{method}", limit=1)[0].id)

    page = ada.get(f"/mail/{one.id}").text

    assert bool(one.attachments) == (method == "request")
    assert f'class="kind">{word}</p>' in page.partition(f'class="invitation {method}" aria-label="{word}"')[2]
    assert re.search(r"<h2>[^<]+</h2>\s*<p>[A-Z][a-z]+day, ", page)


@pytest.mark.parametrize(
    ("language", "starts", "words"),
    [
        ("en", datetime(2026, 12, 19, 23, 30, tzinfo=UTC), "Sunday, 20 December 2026, 00:30 – 01:30 CET"),
        ("de", datetime(2026, 12, 19, 23, 30, tzinfo=UTC), "Sonntag, 20. Dezember 2026, 00:30 – 01:30 CET"),
        (
            "en",
            datetime(2026, 12, 19, 20, 0, tzinfo=ZoneInfo("America/New_York")),
            "Saturday, 19 December 2026, 20:00 – 21:00 EST",
        ),
        ("en", date(2026, 12, 19), "Saturday, 19 December 2026"),
    ],
)
def test_an_event_is_on_the_day_of_its_zone_and_what_was_written_in_utc_on_the_readers(
    app: Flask, language: str, starts: date, words: str
):
    ends = starts + timedelta(hours=1) if isinstance(starts, datetime) else None
    invitation = Invitation("REQUEST", "Lunch", "", "", starts, ends)

    headers = {"Cookie": "zone=Europe/Berlin", "Accept-Language": language}
    with app.test_request_context(headers=headers):
        assert event_time(invitation) == words


@pytest.mark.parametrize(("language", "before"), [("en", "5 Mar 2019"), ("de", "05.03.19")])
def test_a_time_of_today_is_on_a_clock_of_24_hours_and_a_day_of_another_year_says_its_month(
    app: Flask, language: str, before: str
):
    with app.test_request_context(headers={"Accept-Language": language}):
        assert short_date(datetime.now(UTC).replace(hour=15, minute=4)) == "15:04"
        assert short_date(datetime(2019, 3, 5, 12, tzinfo=UTC)) == before


def test_a_calendar_that_cannot_be_read_is_no_card():
    nested = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 5_000

    for raw in (
        b"",
        nested,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR",
        b"Content-Type: text/plain\r\n\r\nx",
    ):
        assert parse_invitation(calendar_part(raw)) is None
