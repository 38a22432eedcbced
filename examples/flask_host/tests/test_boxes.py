"""Mailboxes beside the pages: the owner's own, with what is unread, at a cost that does not grow with their number."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser
from examples.flask_host.tests.test_costs import cost_of, counted_statements
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer
from mailhelper_web.parts import boxes

NAMES = ("Finance", "Reisen/Größe", 'a "b" <c>')


@pytest.fixture(scope="module")
def filed(ada: Browser, synced: OwnerServices, imap_server: ImapServer) -> OwnerServices:
    """Ada's services with a mailbox for each of these names, the first of them with three mails, two unread."""
    user = imap_server.store.user("ada")
    for name in NAMES:
        user.create(name)
    mail = [f"Message-ID: <{number}@x.example>\r\nSubject: box\r\n\r\nx\r\n".encode() for number in range(3)]
    for number, octets in enumerate(mail):
        user.mailbox("Finance").append(octets, flags=["\\Seen"] if number == 0 else [])
    synced.run(synced.accounts.list()[0].id)
    ada.post("/preferences/theme", {"theme": "auto"})  # whatever is done lets them be counted anew
    return synced


def _beside(page: str) -> str:
    return page.partition('<details class="boxes"')[2].partition("</details>")[0]


def test_own_mailboxes_stand_beside_each_page_with_what_is_unread(ada: Browser, filed: OwnerServices):
    for path in ("/", "/rules/", "/mail/?view=inbox"):
        beside = unescape(_beside(ada.get(path).text))
        assert all(f"<span>{name}</span>" in beside for name in NAMES)
        assert "INBOX" not in beside
        assert re.search(r'<span>Finance</span> <b>2<span class="hidden"> unread', beside)


def test_a_mailbox_is_a_list_of_its_own(ada: Browser, filed: OwnerServices):
    for name in NAMES:
        box = next(one for one in filed.accounts.mailboxes() if one.name == name)
        page = ada.get(f"/mail/?view=box-{box.id}").text

        assert f"<h1>{name}</h1>" in unescape(page)
        assert page.count("data-id=") == box.messages
        assert f'view=box-{box.id}" aria-current="page"' in page


def test_a_mailbox_of_nobody_or_of_another_is_not_found(ada: Browser, bob: Browser, filed: OwnerServices):
    box = filed.accounts.mailboxes()[0]

    assert bob.get(f"/mail/?view=box-{box.id}").status_code == 404
    assert ada.get("/mail/?view=box-999999").status_code == 404
    assert 'class="boxes"' not in bob.get("/rules/").text


def test_a_mailbox_is_there_as_soon_as_a_sync_made_it(ada: Browser, filed: OwnerServices, imap_server: ImapServer):
    ada.get("/rules/")  # counts what is there
    imap_server.store.user("ada").create("Brand new")
    filed.run(filed.accounts.list()[0].id)
    box = next(one for one in filed.accounts.mailboxes() if one.name == "Brand new")

    page = ada.get(f"/mail/?view=box-{box.id}")

    assert page.status_code == 200
    assert "<span>Brand new</span>" in _beside(page.text)


def test_all_mailboxes_have_a_page(ada: Browser, filed: OwnerServices):
    page = unescape(ada.get("/mail/boxes").text)

    assert all(f" {name}" in page for name in ("INBOX", *NAMES))
    assert "2 unread" in page
    assert "3 messages" in page


def test_what_is_done_is_counted_at_once(ada: Browser, filed: OwnerServices):
    box = next(one for one in filed.accounts.mailboxes() if one.name == "Finance")
    unread = [one.id for one in filed.search("in:Finance is:unread")]
    ada.get("/rules/")

    ada.post("/actions", {"act": "read", "id": unread[:1]})

    assert "<b>1<span" in _beside(ada.get(f"/mail/?view=box-{box.id}").text)
    filed.messages.remove_keyword(unread[:1], "\\Seen")
    ada.post("/preferences/theme", {"theme": "auto"})


def test_many_mailboxes_cost_no_more_statements_and_are_closed(
    app: Flask, ada: Browser, filed: OwnerServices, imap_server: ImapServer
):
    before = len(cost_of(ada, "/rules/"))
    app.extensions["boxes"].by_owner.clear()
    with counted_statements() as said:
        ada.get("/rules/")
    cold = len(said)
    for number in range(40):
        imap_server.store.user("ada").create(f"many/{number}")
    filed.run(filed.accounts.list()[0].id)
    app.extensions["boxes"].by_owner.clear()
    with counted_statements() as said:
        page = ada.get("/rules/").text

    assert len(said) == cold <= before + 3
    beside = _beside(page)
    assert beside.count("view=box-") == boxes.SHOWN
    assert not beside.startswith(' data-remember="boxes" open')
    assert "<span>Finance</span>" in beside  # mail that is unread comes before others
    ada.client.set_cookie("boxes", "open")
    assert _beside(ada.get("/rules/").text).startswith(' data-remember="boxes" open')
    ada.client.delete_cookie("boxes")
