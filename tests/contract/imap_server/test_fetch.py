"""The server against foreign clients: FETCH: items, sections, partials, flags, mod-sequences."""

from __future__ import annotations

import imaplib

import pytest

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, fetch, imapclient_for, logged_in


def test_body_comes_back_byte_for_byte(client: imaplib.IMAP4) -> None:
    _, data = client.uid("FETCH", "1:*", "(BODY.PEEK[])")

    assert [part[1] for part in data if isinstance(part, tuple)] == [MAIL] * 5


def test_imapclient_reads_envelope_and_structure(server: ImapServer) -> None:
    with imapclient_for(server) as client:
        client.select_folder("INBOX", readonly=True)

        row = client.fetch([1], ["ENVELOPE", "BODYSTRUCTURE", "INTERNALDATE", "RFC822.SIZE", "FLAGS"])[1]

    envelope, structure = row[b"ENVELOPE"], row[b"BODYSTRUCTURE"]
    assert envelope.subject == b"=?utf-8?q?Gr=C3=BC=C3=9Fe?="
    assert str(envelope.from_[0]) == "Ada Muster <ada@example.org>"
    assert envelope.reply_to == envelope.from_
    assert envelope.message_id == b"<one@example.org>"
    assert structure.is_multipart
    assert [part[:2] for part in structure[0]] == [(b"text", b"plain"), (b"message", b"rfc822"), (b"image", b"png")]
    assert structure[0][2][2] == (b"name", b"a b.png")
    assert row[b"RFC822.SIZE"] == len(MAIL)
    assert row[b"FLAGS"] == ()


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("HEADER.FIELDS (SUBJECT)", b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n"),
        ("1", b"Hello there"),
        ("1.MIME", b"Content-Type: text/plain; charset=utf-8\r\n\r\n"),
        ("2", b"Subject: inner\r\n\r\ninner text"),
        ("2.HEADER", b"Subject: inner\r\n\r\n"),
        ("2.TEXT", b"inner text"),
        ("2.1", b"inner text"),
        ("3", b"AAAA"),
        ("TEXT", MAIL.split(b"\r\n\r\n", 1)[1]),
        ("HEADER", MAIL.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"),
    ],
)
def test_sections_are_cut_out_of_the_message(client: imaplib.IMAP4, section: str, expected: bytes) -> None:
    _, data = client.uid("FETCH", "1", f"(BODY.PEEK[{section}])")

    assert data[0][1] == expected


@pytest.mark.parametrize("section", ["7", "1.1", "3.HEADER", "7.MIME"])
def test_a_part_that_does_not_exist_is_empty(client: imaplib.IMAP4, section: str) -> None:
    assert b"BODY[%s] {0}" % section.encode() in fetch(client, "1", f"(BODY.PEEK[{section}])")


def test_partial_fetch_answers_from_its_offset(client: imaplib.IMAP4) -> None:
    _, data = client.uid("FETCH", "1", "(BODY.PEEK[1]<6.3>)")

    assert b"BODY[1]<6>" in data[0][0]
    assert data[0][1] == b"the"


def test_only_a_fetch_without_peek_marks_as_seen(server: ImapServer, client: imaplib.IMAP4) -> None:
    fetch(client, "1", "(BODY.PEEK[])")
    shown = fetch(client, "2", "(BODY[])")

    inbox = server.store.user("ada").mailbox("INBOX")
    assert [message.uid for message in inbox.messages if "\\Seen" in message.flags] == [2]
    assert b"FLAGS (\\Seen)" in shown


def test_examine_changes_nothing(server: ImapServer, client: imaplib.IMAP4) -> None:
    client.select("INBOX", readonly=True)

    fetch(client, "1", "(BODY[])")
    status, _ = client.uid("STORE", "1", "+FLAGS", "(\\Flagged)")

    assert status == "NO"
    assert all(not message.flags for message in server.store.user("ada").mailbox("INBOX").messages)


def test_macros_are_their_items(client: imaplib.IMAP4) -> None:
    assert b"ENVELOPE" in fetch(client, "1", "ALL")
    assert b"ENVELOPE" not in fetch(client, "1", "FAST")
    assert b"BODY (" in fetch(client, "1", "FULL")


def test_mod_sequences_exist_only_with_condstore(client: imaplib.IMAP4) -> None:
    assert b"MODSEQ (2)" in fetch(client, "1", "(MODSEQ)")

    with ImapServer(without={"CONDSTORE"}) as server, logged_in(server) as plain:
        server.store.user("ada").mailbox("INBOX").append(MAIL)
        plain.select()
        assert "HIGHESTMODSEQ" not in plain.untagged_responses
        with pytest.raises(imaplib.IMAP4.error, match="Unknown FETCH item"):
            plain.uid("FETCH", "1", "(MODSEQ)")


def test_changed_since_answers_only_what_changed(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    before = inbox.highest_mod_seq
    inbox.add_flags([3], ["\\Flagged"])

    _, data = client.uid("FETCH", "1:*", "(FLAGS)", f"(CHANGEDSINCE {before})")

    assert data == [f"3 (UID 3 FLAGS (\\Flagged) MODSEQ ({before + 1}))".encode()]
