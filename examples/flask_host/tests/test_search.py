"""Search in the browser: hits, counts, mistakes, and what nothing has with the nearest to click."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices
from mailhelper_web.parts import search_hints
from mailhelper_web.parts.search_hints import size_words


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


def test_a_mistake_stands_before_the_help_that_a_phone_has_to_scroll(ada: Browser, synced: OwnerServices):
    page = ada.get("/mail/?q=size>x").text

    assert page.index("query-mistake") < page.index('class="syntax"')


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
