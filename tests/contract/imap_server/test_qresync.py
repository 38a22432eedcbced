"""The server against foreign clients: QRESYNC: what vanished while the client was away."""

from __future__ import annotations

import imaplib

import pytest

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import logged_in


def test_qresync_select_answers_what_vanished_and_changed(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    before = inbox.highest_mod_seq
    inbox.expunge([2, 3])
    inbox.add_flags([5], ["\\Seen"])

    resyncing._simple_command("SELECT", "INBOX", f"(QRESYNC ({inbox.uid_validity} {before} 1:5))")

    assert resyncing.untagged_responses["VANISHED"] == [b"(EARLIER) 2:3"]
    assert resyncing.untagged_responses["FETCH"] == [b"3 (UID 5 FLAGS (\\Seen) MODSEQ (8))"]


def test_qresync_select_ignores_another_uid_validity(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    server.store.user("ada").mailbox("INBOX").expunge([2])
    resyncing.untagged_responses.clear()

    resyncing._simple_command("SELECT", "INBOX", "(QRESYNC (7 1))")

    assert "VANISHED" not in resyncing.untagged_responses


def test_qresync_answers_more_than_it_must_when_the_log_is_gone(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.expunge([2])
    before = inbox.highest_mod_seq
    inbox.expunge([4])
    inbox.forget_expunged()

    resyncing._simple_command("SELECT", "INBOX", f"(QRESYNC ({inbox.uid_validity} {before}))")

    assert resyncing.untagged_responses["VANISHED"] == [b"(EARLIER) 2,4"]


def test_under_qresync_expunges_are_told_as_uids(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    resyncing.select()
    server.store.user("ada").mailbox("INBOX").expunge([2, 4])

    resyncing.noop()

    assert resyncing.untagged_responses["VANISHED"] == [b"2,4"]
    assert "EXPUNGE" not in resyncing.untagged_responses


def test_uid_fetch_vanished_answers_within_the_set(server: ImapServer, resyncing: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    before = inbox.highest_mod_seq
    resyncing.select()
    inbox.expunge([2, 4])

    resyncing.uid("FETCH", "1:3", "(FLAGS)", f"(CHANGEDSINCE {before} VANISHED)")

    assert resyncing.untagged_responses["VANISHED"][0] == b"(EARLIER) 2"


def test_qresync_needs_enable_and_the_capability(server: ImapServer, client: imaplib.IMAP4) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="not enabled"):
        client._simple_command("SELECT", "INBOX", "(QRESYNC (7 1))")

    with ImapServer(without={"QRESYNC"}) as plain, logged_in(plain) as other:
        other.enable("QRESYNC")
        with pytest.raises(imaplib.IMAP4.error, match="Unknown SELECT parameter"):
            other._simple_command("SELECT", "INBOX", "(QRESYNC (7 1))")


def test_a_mailbox_with_the_largest_uids_there_are_is_resynchronized_at_once(
    server: ImapServer, resyncing: imaplib.IMAP4
) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.uid_next = 2**32 - 2
    resyncing.select()
    for _ in range(3):
        inbox.append(b"Subject: x\r\n\r\n")
    before = inbox.highest_mod_seq
    inbox.expunge(inbox.uids[-2:-1])

    resyncing._simple_command("SELECT", "INBOX", f"(QRESYNC ({inbox.uid_validity} {before} 1:4294967295))")
    resyncing.uid("FETCH", "1:*", f"(FLAGS) (CHANGEDSINCE {before} VANISHED)")

    assert resyncing.untagged_responses["VANISHED"] == [b"(EARLIER) 4294967295"] * 2
