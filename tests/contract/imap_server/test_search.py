"""The server against foreign clients: SEARCH and ESEARCH."""

from __future__ import annotations

import imaplib

import pytest

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import imapclient_for, logged_in, uids


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ("ALL", [1, 2, 3, 4, 5]),
        ("UID 2:3", [2, 3]),
        ("4:*", [4, 5]),
        ("SEEN", [2]),
        ("UNSEEN NOT FLAGGED", [1, 4, 5]),
        ("OR SEEN FLAGGED", [2, 3]),
        ("KEYWORD $Work", [4]),
        ("UNKEYWORD $Work UID 3:4", [3]),
        ('SUBJECT "gr"', [1, 2, 3, 4, 5]),
        ("FROM muster", [1, 2, 3, 4, 5]),
        ("TO nobody", []),
        ("HEADER Message-ID one@", [1, 2, 3, 4, 5]),
        ("BODY there", [1, 2, 3, 4, 5]),
        ("TEXT inner", [1, 2, 3, 4, 5]),
        ("SINCE 6-Feb-2024 BEFORE 7-Feb-2024", [1, 2, 3, 4, 5]),
        ("SENTSINCE 7-Feb-2024", []),
        ("ON 6-Feb-2024 (SEEN)", [2]),
        ("LARGER 100 SMALLER 100000", [1, 2, 3, 4, 5]),
        ("LARGER 100000", []),
    ],
)
def test_search_finds_what_the_criteria_say(
    server: ImapServer, client: imaplib.IMAP4, criteria: str, found: list[int]
) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.add_flags([2], ["\\Seen"])
    inbox.add_flags([3], ["\\Flagged"])
    inbox.add_flags([4], ["$Work"])

    assert uids(client, criteria) == found


def test_search_decodes_header_words(server: ImapServer) -> None:
    with imapclient_for(server) as client:
        client.select_folder("INBOX")

        assert client.search(["SUBJECT", "grüße"], charset="UTF-8") == [1, 2, 3, 4, 5]


def test_search_refuses_an_unknown_charset(client: imaplib.IMAP4) -> None:
    status, data = client.uid("SEARCH", "CHARSET", "KOI-9", "ALL")

    assert (status, b"[BADCHARSET (UTF-8 US-ASCII)]" in data[0]) == ("NO", True)


def test_search_by_mod_sequence_answers_the_highest(server: ImapServer) -> None:
    server.store.user("ada").mailbox("INBOX").add_flags([2, 4], ["\\Seen"])
    with imapclient_for(server) as client:
        client.select_folder("INBOX")

        found = client.search(["MODSEQ", "7"])

    assert (list(found), found.modseq) == ([2, 4], 7)


def test_esearch_answers_a_summary(client: imaplib.IMAP4) -> None:
    client._simple_command("UID", "SEARCH", "RETURN (ALL COUNT MIN MAX)", "ALL")

    line = client.untagged_responses["ESEARCH"][0]
    assert line.endswith(b"UID MIN 1 MAX 5 COUNT 5 ALL 1:5")


def test_esearch_is_refused_where_it_is_not_offered() -> None:
    with ImapServer(without={"ESEARCH"}) as server, logged_in(server) as client:
        client.select()
        with pytest.raises(imaplib.IMAP4.error, match="BAD"):
            client._simple_command("UID", "SEARCH", "RETURN (ALL)", "ALL")
