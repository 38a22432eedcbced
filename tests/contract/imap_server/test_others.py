"""The server against foreign clients: What a session learns of the changes that others make."""

from __future__ import annotations

import imaplib

import pytest
from imapclient.exceptions import IMAPClientError

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, fetch, imapclient_for, uids


def test_noop_tells_new_mail_flags_and_expunges_of_others(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.append(MAIL)
    inbox.add_flags([5], ["\\Seen"])
    inbox.expunge([2])

    client.untagged_responses.clear()
    client.noop()

    assert client.untagged_responses["EXPUNGE"] == [b"2"]
    assert client.untagged_responses["EXISTS"] == [b"5"]
    assert client.untagged_responses["FETCH"] == [b"4 (FLAGS (\\Seen))"]


def test_expunges_wait_while_sequence_numbers_are_in_use(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.store.user("ada").mailbox("INBOX").expunge([1])

    client.store("2", "+FLAGS", "(\\Seen)")
    during = client.untagged_responses.get("EXPUNGE")
    client.noop()

    assert during is None
    assert client.untagged_responses["EXPUNGE"] == [b"1"]
    assert 2 not in uids(client, "UNSEEN")


def test_fetch_of_a_message_that_others_expunged(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.store.user("ada").mailbox("INBOX").expunge([2])

    status, data = client.fetch("1:3", "(UID)")

    assert (status, b"[EXPUNGEISSUED]" in data[0]) == ("NO", True)
    assert b"UID 2" not in fetch(client, "1:3", "(FLAGS)")


def test_idle_pushes_news_at_once(server: ImapServer) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    with imapclient_for(server) as client:
        client.select_folder("INBOX")
        client.idle()

        inbox.append(MAIL)
        news = client.idle_check(timeout=5)
        client.idle_done()

    assert (6, b"EXISTS") in news


def test_idle_is_refused_where_it_is_not_offered() -> None:
    with ImapServer(without={"IDLE"}) as server, imapclient_for(server) as client:
        client.select_folder("INBOX")
        with pytest.raises(IMAPClientError):
            client.idle()


@pytest.mark.parametrize("change", ["renumber", "retire"])
def test_a_mailbox_that_changes_identity_ends_the_session(
    server: ImapServer, client: imaplib.IMAP4, change: str
) -> None:
    getattr(server.store.user("ada").mailbox("INBOX"), change)()

    with pytest.raises(imaplib.IMAP4.abort):
        client.noop()
