"""Conversations put right by hand: set apart, joined, each taken back by the button of its toast."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, services
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer


@pytest.fixture(scope="module")
def mine(app: Flask, ada: Browser) -> OwnerServices:
    """Ada's services with two conversations in one account, of two and of three, and a mail in another account."""
    found = services(app)
    with ImapServer(users={"ada": "secret", "other": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        for name, answers in (("tea-1", ""), ("tea-2", "tea-1"), ("pie-1", ""), ("pie-2", "pie-1"), ("pie-3", "pie-2")):
            inbox.append(_mail(name, answers))
        server.store.user("other").mailbox("INBOX").append(_mail("elsewhere", ""))
        for user in ("ada", "other"):
            found.run(found.accounts.add(server.url, username=user, password="secret").id)
    return found


def _mail(name: str, answers: str) -> bytes:
    lines = [
        'From: "Zoë" <zoe@example.org>',
        "To: ada@example.org",
        f"Subject: {name}",
        f"Message-ID: <{name}@example.org>",
        *([f"In-Reply-To: <{answers}@example.org>"] if answers else []),
        "Date: Mon, 23 Nov 2026 10:00:00 +0000",
        "",
        f"This is {name}.",
        "",
    ]
    return "\r\n".join(lines).encode()


def _id(mine: OwnerServices, subject: str) -> int:
    return mine.search(f"subject={subject}")[0].id


def _together(mine: OwnerServices, subject: str) -> set[str]:
    return {one.subject for one in mine.messages.thread(_id(mine, subject))}


def _press_undo(ada: Browser) -> None:
    """Send the form of the toast, as its button does."""
    toast = re.search(r'<div class="toast">.*?</form>', ada.get("/tags/").text, re.DOTALL)[0]
    address = unescape(re.search(r'action="([^"]+)"', toast)[1])
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', toast):
        fields.setdefault(name, []).append(unescape(value))
    assert ada.client.post(address, data=fields).status_code == 303


def test_one_message_is_set_apart_and_taken_back(ada: Browser, mine: OwnerServices):
    one = _id(mine, "tea-2")
    assert "This one is not part of it" in ada.get(f"/mail/{one}").text

    ada.post(f"/mail/{one}/thread/split", page=f"/mail/{one}")
    assert _together(mine, "tea-2") == {"tea-2"}
    _press_undo(ada)

    assert _together(mine, "tea-2") == {"tea-1", "tea-2"}


def test_chosen_messages_become_a_conversation_of_their_own(ada: Browser, mine: OwnerServices):
    chosen = [_id(mine, "pie-1"), _id(mine, "pie-3")]

    ada.post(f"/mail/{chosen[1]}/thread/split", {"id": chosen})
    assert (_together(mine, "pie-1"), _together(mine, "pie-2")) == ({"pie-1", "pie-3"}, {"pie-2"})
    assert "2 messages are a conversation of their own now." in ada.get("/tags/").text
    ada.post(f"/mail/{chosen[0]}/thread/merge", {"other": _id(mine, "pie-2")})

    assert _together(mine, "pie-1") == {"pie-1", "pie-2", "pie-3"}


def test_conversations_are_joined_and_taken_apart_again(ada: Browser, mine: OwnerServices):
    tea, pie = _id(mine, "tea-1"), _id(mine, "pie-1")
    offered = ada.get(f"/mail/{tea}/thread").text
    assert f'name="other" value="{_id(mine, "pie-3")}"' in offered

    ada.post(f"/mail/{tea}/thread/merge", {"other": pie})
    assert len(_together(mine, "tea-1")) == 5
    _press_undo(ada)

    assert (_together(mine, "tea-1"), _together(mine, "pie-1")) == (
        {"tea-1", "tea-2"}, {"pie-1", "pie-2", "pie-3"},
    )  # fmt: skip


def test_what_is_offered_is_sought_in_the_same_account(ada: Browser, mine: OwnerServices):
    page = f"/mail/{_id(mine, 'tea-1')}/thread"

    assert "This is pie-3." in ada.get(page, query_string={"q": "pie"}).text
    assert "This is tea-2." in ada.get(page, query_string={"q": "tea"}).text.partition("missing here")[0]
    assert "This is elsewhere." not in ada.get(page, query_string={"q": "elsewhere OR pie"}).text
    assert "Nothing found." in ada.get(page, query_string={"q": "giraffe"}).text
    assert 'role="alert"' in ada.get(page, query_string={"q": "size>x"}).text


@pytest.mark.parametrize("chosen", [["tea-1", "tea-2"], ["pie-1"]])
def test_all_or_none_of_a_conversation_stays_as_it_is(ada: Browser, mine: OwnerServices, chosen: list[str]):
    page = f"/mail/{_id(mine, 'tea-1')}/thread"

    ada.post(f"{page}/split", {"id": [_id(mine, one) for one in chosen]})

    assert "Choose some of the messages, not all." in ada.get(page).text
    assert _together(mine, "tea-1") == {"tea-1", "tea-2"}
    assert _together(mine, "pie-1") == {"pie-1", "pie-2", "pie-3"}


def test_a_conversation_with_itself_stays_one(ada: Browser, mine: OwnerServices):
    ada.post(f"/mail/{_id(mine, 'tea-1')}/thread/merge", {"other": _id(mine, "tea-2")})

    assert "They are one conversation already." in ada.get("/tags/").text


def test_another_account_or_owner_is_never_joined(ada: Browser, bob: Browser, mine: OwnerServices):
    tea, elsewhere = _id(mine, "tea-1"), _id(mine, "elsewhere")

    assert ada.post(f"/mail/{tea}/thread/merge", {"other": elsewhere}).status_code == 400
    assert ada.post(f"/mail/{tea}/thread/merge", {"other": 10**6}).status_code == 404
    assert bob.get(f"/mail/{tea}/thread").status_code == 404
    for deed in ("split", "merge"):
        assert bob.post(f"/mail/{tea}/thread/{deed}", {"id": tea, "other": _id(mine, "pie-1")}).status_code == 404
    assert _together(mine, "tea-1") == {"tea-1", "tea-2"}


def test_history_tells_what_was_joined_and_takes_it_back(ada: Browser, mine: OwnerServices):
    tea, pie = _id(mine, "tea-1"), _id(mine, "pie-1")
    ada.post(f"/mail/{tea}/thread/merge", {"other": pie})

    page = ada.get("/history/").text
    assert "Conversations joined" in page
    ada.post(f"/undo/{mine.changes(limit=1)[0].id}", {"next": "/history/"})

    assert _together(mine, "tea-1") == {"tea-1", "tea-2"}
