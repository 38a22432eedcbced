"""What happened is told on the start page until its owner has seen it: notices of rules, and what was not delivered."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices, Rule
from mailhelper_core.store.work import events
from mailhelper_core.testing import ImapServer
from mailhelper_web.parts.news import SHOWN


def _news(browser: Browser) -> str:
    return browser.get("/").text.partition('class="card news"')[2].partition("</section>")[0]


def _see(browser: Browser) -> int:
    through = re.search(r'name="through" value="([^"]*)"', _news(browser))[1]
    return browser.post("/seen", {"through": through}).status_code


def test_a_notice_of_a_rule_is_told_until_it_was_seen(ada: Browser, bob: Browser, synced: OwnerServices):
    assert _news(ada) == ""
    synced.rules.save(Rule("Attention & care", when="in:inbox", then=[("notify", "have a <b>look</b>")]))

    synced.rules.run(query="in:inbox")

    found = synced.events(kinds=["notified"])
    news = _news(ada)
    newest = dict(found[-1].data)["message_id"]
    assert len(found) > SHOWN
    assert news.count("<li>") == news.count("Attention &amp; care</strong> have a &lt;b&gt;look&lt;/b&gt;") == SHOWN
    assert f'href="/mail/{newest}">' in news
    assert f"{len(found) - SHOWN} earlier ones stand in the history" in news
    assert _news(bob) == ""

    assert _see(ada) == 303

    assert _news(ada) == ""


def test_what_comes_later_is_told_again_and_jobs_are_not(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    inbox = imap_server.store.user("ada").mailbox("INBOX")
    inbox.append(b"From: Eve <eve@late.example>\r\nSubject: late news\r\n\r\nx\r\n")

    synced.run(synced.accounts.list()[0].id)

    news = _news(ada)
    assert news.count("<li>") == 1
    assert "Eve: late news</a>" in news
    assert "earlier" not in news
    _see(ada)


def test_what_will_never_be_delivered_is_told_with_its_reason(ada: Browser, synced: OwnerServices):
    one = synced.search("subject:late")[0]
    change = synced.messages.add_keyword([one.id], "\\Flagged")

    with synced._owner.begin() as uow:  # as the ledger of deliveries tells it
        data = {"message_id": one.id, "change_id": change.id, "operation": "add_keyword", "code": "gone"}
        events.emit(uow, "not_delivered", **data)

    news = _news(ada)
    assert "Not carried to the server</strong> The message is no longer there." in news
    assert f'href="/mail/{one.id}?tab=why">' in news
    _see(ada)


def test_a_message_that_is_gone_is_told_without_a_link(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    synced.rules.save(Rule("Attention & care", when="in:inbox", then=[("notify", "once more")]))
    synced.rules.run(query="in:inbox")
    synced.accounts.remove(synced.accounts.list()[0].id)
    synced.accounts.add(imap_server.url, username="second", password="secret")

    news = _news(ada)

    assert "(no longer here)" in news
    assert "/mail/" not in news


@pytest.mark.parametrize("through", ["", "x", "-1", "9" * 30])
def test_a_place_that_is_none_is_refused(app: Flask, ada: Browser, synced: OwnerServices, through: str):
    assert ada.post("/seen", {"through": through}).status_code == 400
