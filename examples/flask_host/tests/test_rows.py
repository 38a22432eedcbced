"""The rows of a list: whatever a stranger wrote is text in them, and they say what a list is read for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailhelper_core import Address, Message, MessageTag, Place, Snippet
from mailhelper_web.parts.rows import rows

EVIL = """"'><script>x</script><img src=x onerror=y>&lt;i&gt; &amp;"""
SEEN, FLAGGED = "\\Seen", "\\Flagged"
# All elements and attributes that a row may have.
TAGS = {"li", "input", "span", "a", "time", "svg", "path"}
ATTRIBUTES = {
    "class", "data-id", "type", "name", "value", "form", "aria-label", "title", "href", "data-color", "datetime",
    "viewBox", "aria-hidden", "d",
}  # fmt: skip


def message(**changes: object) -> Message:
    values: dict[str, object] = {
        "id": 7, "account_id": 1, "thread_id": 1, "subject": "Hello", "from_": Address("Bob", "bob@x.example"),
        "to": (), "sent_at": None, "received_at": datetime(2024, 2, 3, 4, 5, tzinfo=UTC), "size": 1, "snippet": "So",
        "parse_status": "ok", "has_attachments": False,
    }  # fmt: skip
    return Message(**{**values, **changes})  # type: ignore[arg-type]


def row_of(app: Flask, one: Message, **options: object) -> LexborNode:
    with app.test_request_context():
        page = LexborHTMLParser(f"<ul>{rows([one], **options)}</ul>")  # type: ignore[arg-type]
    assert page.body is not None
    found = page.body.css("ul > *")
    assert [node.tag for node in found] == ["li"]
    return found[0]


def test_what_strangers_wrote_is_text(app: Flask):
    evil = message(
        subject=EVIL, from_=Address(EVIL, EVIL), snippet=EVIL, category=EVIL, urgency=3, importance=3,
        tags=(MessageTag(EVIL, EVIL, EVIL),), places=(Place(1, EVIL, "", frozenset({FLAGGED})),), has_attachments=True,
    )  # fmt: skip

    for hits in ({}, {7: Snippet(7, EVIL, ((2, 9),))}):
        row = row_of(app, evil, selectable=True, snippets=hits, list_address={"q": EVIL}, sure={7: {}})

        inner = [node for node in row.css("*") if node.tag != "mark"]
        assert {node.tag for node in inner} <= TAGS
        assert {name for node in inner for name in node.attributes} <= ATTRIBUTES
        texts = [row.css_first(f".{name}").text() for name in ("from", "subject", "tag", "snippet", "kind")]
        assert texts == [EVIL] * 5
        assert row.css_first(".tag").attributes["data-color"] == EVIL
        assert row.css_first("input").attributes["aria-label"] == f"Select: {EVIL}"


def test_a_row_says_what_is_known_of_a_message(app: Flask):
    seen = (Place(1, "INBOX", "inbox", frozenset({SEEN, FLAGGED})),)

    row = row_of(
        app, message(places=seen, has_attachments=True, urgency=3, importance=2), sure={7: {("urgency", "3"): 0.9}}
    )

    assert row.attributes["class"] == "row"
    assert row.css_first(".dot").attributes == {"class": "dot red", "title": "Urgency 3 (90%) · Importance 2"}
    assert row.css_first(".star").attributes["title"] == "Flagged"
    assert row.css_first(".side-facts .hidden").text() == "has attachments"
    assert row.css_first("time").attributes["datetime"] == "2024-02-03T04:05:00+00:00"
    assert not row.css("input")


@pytest.mark.parametrize(("subject", "words"), [("", "(no subject)"), ("Hello", "Hello")])
def test_a_message_that_nobody_knows_anything_of_has_its_row(app: Flask, subject: str, words: str):
    row = row_of(app, message(subject=subject, from_=Address("", "")), selectable=True)

    assert row.attributes["class"] == "row unread"
    assert row.css_first(".from").text() == "(nobody)"
    assert row.css_first(".subject").text() == words
    assert row.css_first(".dot").attributes == {"class": "dot"}
    assert not row.css(".kind, .star, .side-facts .hidden")
    assert row.css_first("input").attributes["value"] == "7"
