"""Tags in the browser: made, changed, merged, deleted, and suggested."""

from __future__ import annotations

import re
from html import unescape

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices, SuggestedTag
from mailhelper_core.testing import ImapServer


def test_tags_are_made_changed_merged_and_deleted(ada: Browser, synced: OwnerServices):
    ada.post("/tags/create", {"name": "work", "color": "#ff0000", "description": "the office"})
    ada.post("/tags/create", {"name": "office", "color": "#00ff00"})
    ada.post("/tags/change", {"name": "work", "new_name": "job", "color": "#0000ff", "description": "x"})
    assert synced.tags.get("job").color == "#0000ff"

    ada.post("/tags/merge", {"name": "office", "into": "job"})
    assert "office" not in {tag.name for tag in synced.tags.list()}

    ada.post("/tags/delete", {"name": "job"})
    assert "job" not in {tag.name for tag in synced.tags.list()}
    assert ada.get("/tags/").status_code == 200


def test_a_change_that_is_refused_changes_nothing(ada: Browser, synced: OwnerServices):
    before = synced.tags.create("garden", color="#112233", description="flowers")
    synced.tags.create("kitchen")

    changed = {"name": "garden", "color": "#ffffff", "description": "x"}
    taken = ada.post("/tags/change", {**changed, "new_name": "kitchen"})
    wrong = ada.post("/tags/change", {**changed, "new_name": "park", "color": "red"})

    assert (taken.status_code, wrong.status_code) == (409, 400)
    assert synced.tags.get("garden") == before


def test_a_suggested_tag_is_accepted_taken_back_and_refused(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    for club in ("rowing", "chess"):
        synced.tags.create(club)
    for number in range(6):
        mail = f"From: chair@{{0}}.example\r\nList-Id: <{{0}}.example>\r\nSubject: [{{0}}] {number}\r\n\r\nx\r\n"
        for club in ("rowing", "chess"):
            imap_server.store.user("ada").mailbox("INBOX").append(mail.format(club).encode())
    synced.run(synced.accounts.list()[0].id)
    names = {one.name for one in synced.tags.queue()}
    assert {"rowing", "chess"} <= names
    assert "rowing" in ada.get("/tags/").text

    ada.post("/tags/queue", {"name": "rowing", "word": "accept"})
    assert synced.count("tag:rowing") == 6
    ada.post(re.search(r'action="(/undo/\d+)"', ada.get("/tags/").text)[1])
    ada.post("/tags/queue", {"name": "chess", "word": "reject"})

    assert synced.count("tag:rowing OR tag:chess") == 0
    assert "chess" not in {one.name for one in synced.tags.queue()}


def test_a_suggestion_is_looked_at_and_decided_for_one_message(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    synced.tags.create('the "band"')
    for number in range(6):
        mail = f"From: a@band.example\r\nList-Id: <band.example>\r\nSubject: [the band] {number}\r\n\r\nx\r\n"
        imap_server.store.user("ada").mailbox("INBOX").append(mail.encode())
    synced.run(synced.accounts.list()[0].id)
    ids = [one.id for one in synced.search("from:band.example")]
    synced.tags.propose([SuggestedTag(id_, 'the "band"', 0.75, "test") for id_ in ids])

    link = re.search(r'href="([^"]+)">for 6 messages', ada.get("/tags/").text)[1]
    assert ada.get(unescape(link)).text.count('data-id="') == 6
    yes, no = (f"/mail/{id_}?view=inbox" for id_ in ids[:2])
    chip = ada.get(yes).text.partition("chip suggested")[2].partition("</form>")[0]
    assert "75%" in chip
    assert 'aria-label="Accept tag the &#34;band&#34;"' in chip

    unread = [ada.post("/tags/queue", {"name": 'the "band"', "word": "accept", "id": id_}) for id_ in ("", "x")]
    accepted = ada.post("/tags/queue", {"name": 'the "band"', "word": "accept", "id": ids[0], "next": yes})
    ada.post("/tags/queue", {"name": 'the "band"', "word": "reject", "id": ids[1], "next": no})

    assert [one.status_code for one in unread] == [404, 404]
    assert accepted.location == yes
    assert [one.id for one in synced.search('tag:"the ""band"""')] == [ids[0]]
    assert {one.message_id for one in synced.tags.suggest(ids)} == set(ids[2:])
    assert "chip suggested" not in ada.get(yes).text + ada.get(no).text
    synced.tags.reject('the "band"')


def test_a_suggested_tag_gives_way_to_one_that_is_there(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    for number in range(6):
        mail = f"From: head@choir.example\r\nList-Id: <choir.example>\r\nSubject: [choir] {number}\r\n\r\nx\r\n"
        imap_server.store.user("ada").mailbox("INBOX").append(mail.encode())
    synced.run(synced.accounts.list()[0].id)
    synced.learning.propose_tags()
    synced.tags.create("music")
    (one,) = [one for one in synced.tags.queue() if one.name == "choir"]
    assert one.is_new
    assert 'aria-label="A tag instead of choir"' in ada.get("/tags/").text

    ada.post("/tags/queue", {"name": "choir", "word": "merge", "into": "music"})

    assert synced.count("tag:music") == len(one.messages)
    assert "choir" not in {tag.name for tag in synced.tags.list()} | {one.name for one in synced.tags.queue()}
    page = ada.get("/tags/").text
    assert "music is set instead of choir." in page
    ada.post(re.search(r'action="(/undo/\d+)"', page)[1])
    assert synced.count("tag:music") == 0


def test_only_a_new_name_gives_way(ada: Browser, synced: OwnerServices):
    for name in ("one", "other"):
        synced.tags.create(name)

    for name, into in (("one", "other"), ("nobody", "other")):
        assert ada.post("/tags/queue", {"name": name, "word": "merge", "into": into}).status_code == 404

    assert {"one", "other"} <= {tag.name for tag in synced.tags.list()}
