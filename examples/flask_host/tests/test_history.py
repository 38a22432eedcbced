"""What was done and is kept: history with undo, saved searches, consents, mail like this."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices


def test_history_tells_what_was_done_and_takes_it_back(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    ada.post("/actions", {"act": "tag", "tag_argument": "holiday", "id": one.id})

    page = ada.get("/history/").text
    assert "tag holiday" in page
    change = re.search(r'action="/undo/(\d+)"', page)
    ada.post(f"/undo/{change[1]}", {"next": "/history/"})

    assert synced.count("tag:holiday") == 0
    assert "undone" in ada.get("/history/").text


def test_history_names_the_mail_of_a_change(ada: Browser, bob: Browser, synced: OwnerServices):
    five = synced.search("in:inbox", limit=5)
    ada.post("/actions", {"act": "tag", "tag_argument": "five", "id": [message.id for message in five]})

    entry = ada.get("/history/").text.partition('class="about small"')[2].partition("</li>")[0]

    named = re.findall(r'href="/mail/(\d+)">([^<]+)</a>', entry)
    subjects = {str(message.id): message.subject or "(no subject)" for message in five}
    assert len(named) == 3
    assert all(subjects[id_] == unescape(words) for id_, words in named)
    assert "and 2 more" in entry
    assert 'class="about' not in bob.get("/history/").text


def test_history_says_once_what_many_steps_did(ada: Browser, synced: OwnerServices):
    five = synced.search("in:inbox", limit=5)
    synced.messages.move([message.id for message in five], "Later")

    entry = ada.get("/history/").text.partition('<li class="tag-row">')[2].partition("</li>")[0]
    assert re.findall(r'class="chip[^"]*">([^<]+)</span>', entry) == ["move to Later"]


def test_history_names_the_mail_of_a_correction_and_what_was_said(ada: Browser, synced: OwnerServices):
    two = synced.search("in:inbox -category:social", limit=2)
    ada.post("/actions", {"act": "category", "category_argument": "social", "id": [message.id for message in two]})

    entry = ada.get("/history/").text.partition("Corrected")[2].partition("</li>")[0]

    assert '<span class="chip">Kind: Social</span>' in entry
    named = re.findall(r'href="/mail/(\d+)">', entry)
    assert sorted(map(int, named)) == sorted(message.id for message in two)


def test_history_leaves_out_what_was_only_opened(ada: Browser, synced: OwnerServices):
    unread = [message.id for message in synced.search("is:unread", limit=3)]
    ada.post("/actions", {"act": "tag", "tag_argument": "before", "id": unread})
    ada.post(f"/mail/{unread[0]}/read")

    page = ada.get("/history/").text
    assert page.index("tag before") < page.index("is left out")
    assert "set flag Read" not in page
    ada.post("/actions", {"act": "read", "id": unread})  # two of three are changed: no mere opening

    assert ada.get("/history/").text.count("set flag Read") == 1
    whole = ada.get("/history/?opened=1").text
    assert whole.count("set flag Read") == 2
    assert "is left out" not in whole


def test_history_looks_past_what_was_only_opened(ada: Browser, synced: OwnerServices):
    ids = [message.id for message in synced.search("", limit=30)]
    ada.post("/actions", {"act": "tag", "tag_argument": "far back", "id": ids})
    for _ in range(2):
        synced.messages.remove_keyword(ids, "\\Seen")
        for one in ids:
            ada.post(f"/mail/{one}/read")

    assert "tag far back" in ada.get("/history/").text


def test_a_search_is_kept_offered_and_forgotten(ada: Browser, synced: OwnerServices):
    ada.post("/searches/save", {"name": "my bills", "q": "category:finance", "sort": "priority"})

    assert [(one.name, one.query, one.sort) for one in synced.searches.list()] == [
        ("my bills", "category:finance", "priority")
    ]
    page = ada.get("/mail/?q=category:finance").text
    assert "my bills" in page
    assert "Forget this search" in page
    ada.post("/searches/delete", {"name": "my bills"})
    assert synced.searches.list() == ()


def test_a_kept_search_that_finds_nothing_or_cannot_be_asked_is_forgotten_too(
    app: Flask, ada: Browser, synced: OwnerServices
):
    synced.searches.save("quiet", "subject:nowhereatall")
    synced.searches.save("stale", "size>1")
    with app.extensions["engine"].begin() as connection:
        connection.exec_driver_sql("UPDATE mailhelper_saved_searches SET query = 'size>x' WHERE name = 'stale'")

    for query in ("subject:nowhereatall", "size>x"):
        page = ada.get(f"/mail/?q={query}").text
        assert "Forget this search" in page, query
        assert ("Make it a rule" in page) is (query != "size>x")
    for one in synced.searches.list():
        ada.post("/searches/delete", {"name": one.name})
    assert "Keep this search" in ada.get("/mail/?q=subject:nowhereatall").text
    assert "Keep this search" not in ada.get("/mail/?q=size>x").text


def test_mail_like_one_is_listed(ada: Browser, synced: OwnerServices):
    one = synced.search("category:newsletter")[0]

    part = ada.get(f"/mail/{one.id}/similar", headers={"HX-Request": "true"}).text

    like = re.findall(r'href="/mail/(\d+)"', part)
    assert like
    assert str(one.id) not in like


def test_without_a_provider_the_page_says_that_nothing_leaves(ada: Browser, synced: OwnerServices):
    one = synced.search("")[0]

    assert "Nothing. No model provider is set up" in ada.get("/privacy/").text
    page = ada.get(f"/privacy/preview/{one.id}").text
    assert "you have not allowed it" in page
    assert "purpose=" not in page


def test_a_consent_that_cannot_be_is_refused_and_a_budget_is_kept(ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]
    form = {"account": account.id, "purpose": "classify", "provider": "nobody", "level": "none", "word": "allow"}

    assert ada.post("/privacy/consent", form).status_code == 400
    assert ada.post("/privacy/consent", {**form, "word": "withdraw"}).status_code == 303
    ada.post("/privacy/budget", {"tokens": "1234"})

    assert synced.egress.budget().limit_tokens == 1234
    assert ada.post("/privacy/budget", {"tokens": "much"}).status_code == 400


def test_plain_text_is_dark_where_the_reader_is(app: Flask, ada: Browser, synced: OwnerServices):
    plain = next(one for one in synced.search("", limit=50) if synced.messages.html(one.id).startswith("<pre>"))
    ada.client.set_cookie("theme", "dark")

    assert '<html lang="und" class="dark">' in ada.get(f"/mail/{plain.id}/frame").text
    ada.client.delete_cookie("theme")


def test_saved_searches_stand_beside_every_page(ada: Browser, bob: Browser, synced: OwnerServices):
    ada.post("/searches/save", {"name": "Bills <b>", "q": "subject:bill is:unread", "sort": "oldest"})

    def beside(browser: Browser, path: str) -> str:
        return browser.get(path).text.partition('aria-label="Saved searches"')[2].partition("</ul>")[0]

    address = "/mail/?q=subject:bill+is:unread&amp;sort=oldest"
    assert f'href="{address}"' in beside(ada, "/tags/")
    assert "Bills &lt;b&gt;" in beside(ada, "/")
    assert 'aria-current="page"' not in beside(ada, "/mail/?q=subject:bill")
    assert 'aria-current="page"' in beside(ada, unescape(address))
    assert beside(bob, "/tags/") == ""
    ada.post("/searches/delete", {"name": "Bills <b>"})
    assert beside(ada, "/tags/") == ""
