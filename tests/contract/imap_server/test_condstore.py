"""The server against foreign clients: where mod-sequences are told, and where there are none (RFC 7162)."""

from __future__ import annotations

import imaplib

import pytest

from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.commands.select import select
from mailhelper_core.testing.protocol.responses import encode
from mailhelper_core.testing.protocol.session import Service, Session
from mailhelper_core.testing.wire.scanner import Scanner
from tests.contract.imap_server.clients import logged_in


@pytest.mark.parametrize(
    "command",
    [
        ("FETCH", "1", "(FLAGS MODSEQ)"),
        ("FETCH", "1", "(FLAGS)", "(CHANGEDSINCE 1)"),
        ("SEARCH", "MODSEQ", "1"),
        ("STORE", "1", "(UNCHANGEDSINCE 9)", "+FLAGS", "(\\Seen)"),
    ],
    ids=" ".join,
)
def test_a_mailbox_without_mod_sequences_is_asked_for_none(server: ImapServer, command: tuple[str, ...]) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.keeps_mod_seqs = False
    with logged_in(server) as client:
        client.select()

        with pytest.raises(imaplib.IMAP4.error, match="no mod-sequences"):
            client.uid(*command)

    assert not inbox.messages[0].flags


def test_a_mailbox_without_mod_sequences_tells_none(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    server.store.user("ada").mailbox("INBOX").keeps_mod_seqs = False
    resyncing.select()
    resyncing.untagged_responses.clear()

    _, told = resyncing.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    resyncing.expunge()
    resyncing.close()

    assert "HIGHESTMODSEQ" not in resyncing.untagged_responses
    assert told == [b"1 (UID 1 FLAGS (\\Deleted))"]


def test_a_search_for_mod_sequences_switches_them_on(client: imaplib.IMAP4) -> None:
    client.uid("SEARCH", "MODSEQ", "1")

    _, told = client.uid("STORE", "1", "+FLAGS", "(\\Seen)")

    assert told == [b"1 (UID 1 FLAGS (\\Seen) MODSEQ (7))"]


def test_a_body_that_marks_its_message_as_read_tells_the_mod_sequence(client: imaplib.IMAP4) -> None:
    client.uid("SEARCH", "MODSEQ", "1")

    _, (_, rest) = client.uid("FETCH", "1", "(BODY[2.TEXT])")

    assert rest == b" FLAGS (\\Seen) MODSEQ (7))"


@pytest.mark.parametrize(
    ("options", "told"), [("MIN", 2), ("MAX", 6), ("MIN MAX", 6), ("MIN COUNT", 7), ("COUNT", 7), ("ALL", 7)]
)
def test_a_summary_tells_the_mod_sequence_of_what_it_names(
    server: ImapServer, client: imaplib.IMAP4, options: str, told: int
) -> None:
    server.store.user("ada").mailbox("INBOX").add_flags([3], ["\\Seen"])

    client._simple_command("UID", "SEARCH", f"RETURN ({options})", "MODSEQ", "1")

    assert str(client.untagged_responses["ESEARCH"][0]).endswith(f" MODSEQ {told}'")


def test_what_select_tells_is_one_state_of_the_mailbox(server: ImapServer) -> None:
    session = Session(Service(server.store, server.capabilities, server.tokens), user=server.store.user("ada"))
    flow = select(session, Scanner(b" INBOX"))
    told = [encode(next(flow), "")]
    server.store.user("ada").mailbox("INBOX").append(b"Subject: meanwhile\r\n\r\n")

    told += [encode(response, "") for response in flow]

    said = b"".join(told)
    assert b"* 5 EXISTS" in said
    assert b"[UIDNEXT 6]" in said
    assert b"[HIGHESTMODSEQ 6]" in said
    assert session.selected.has_news
