"""Search by words, by meaning or by both, and messages like one, with the embedder that needs no service."""

from __future__ import annotations

import re
from html import unescape
from importlib import import_module

import pytest

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices


@pytest.fixture
def word(synced: OwnerServices) -> str:
    """A word of some subject."""
    subject = next(one.subject for one in synced.search("in:inbox") if len(one.subject.split()) > 1)
    return max(re.findall(r"\w+", subject), key=len)


@pytest.mark.parametrize("mode", ["meaning", "both"])
def test_a_search_goes_by_the_chosen_mode(ada: Browser, synced: OwnerServices, word: str, mode: str):
    page = ada.get("/mail/", query_string={"q": word, "mode": mode}).text

    assert re.search(f'mode={mode}" aria-current="true"', page)
    shown = [int(number) for number in re.findall(r'class="row[^"]*" data-id="(\d+)"', page)]
    assert shown == [one.id for one in synced.search(word, mode=mode, limit=50)]
    assert f'<input type="hidden" name="mode" value="{mode}">' in page


def test_a_list_has_no_modes(ada: Browser, synced: OwnerServices):
    assert 'class="modes"' in ada.get("/mail/", query_string={"q": "in:inbox"}).text
    assert 'class="modes"' not in ada.get("/mail/?view=inbox&mode=meaning").text
    assert 'class="modes"' not in ada.get("/mail/?mode=meaning").text


def test_filters_alone_are_answered_by_words(ada: Browser, synced: OwnerServices):
    page = ada.get("/mail/", query_string={"q": "in:inbox", "mode": "meaning"}).text

    assert "A search by meaning needs a word besides its filters." in page
    assert 'class="row' in page


def test_a_mistake_is_a_mistake_in_every_mode(ada: Browser, synced: OwnerServices):
    for mode in ("words", "meaning", "both"):
        assert "<mark>" in ada.get("/mail/", query_string={"q": "tea size>x", "mode": mode}).text
    assert ada.get("/mail/", query_string={"q": "tea", "mode": "meaning", "after": "x"}).status_code == 400


def test_older_hits_come_in_the_same_mode(
    ada: Browser, synced: OwnerServices, word: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_module("mailhelper_web.pages.mail"), "PAGE", 2)
    page = ada.get("/mail/", query_string={"q": word, "mode": "both"}).text
    older = unescape(re.search(r'<li class="more"><a href="([^"]+)"', page)[1])

    shown = re.findall(r'data-id="(\d+)"', ada.get(older).text)

    assert list(map(int, shown)) == [one.id for one in synced.search(word, mode="both", limit=50)][2:4]


def test_similar_messages_are_a_part_of_the_page_or_a_page(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0].id
    assert "Similar messages" in ada.get(f"/mail/{one}").text

    part = ada.get(f"/mail/{one}/similar", headers={"HX-Request": "true"}).text
    page = ada.get(f"/mail/{one}/similar").text

    assert re.findall(r"/mail/(\d+)\"", part) == [str(hit.message.id) for hit in synced.messages.similar(one, limit=5)]
    assert "<html" not in part
    assert part.strip() in page
    assert "Back to the message" in page
