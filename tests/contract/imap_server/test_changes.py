"""The server against foreign clients: STORE, COPY, MOVE, APPEND, EXPUNGE, CLOSE."""

from __future__ import annotations

import imaplib

import pytest
from imapclient.exceptions import IMAPClientError

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, SENT, imapclient_for, logged_in


def test_store_adds_removes_and_replaces(server: ImapServer) -> None:
    with imapclient_for(server) as client:
        client.select_folder("INBOX")

        assert client.add_flags([1, 2], ["\\Seen", "$Work"]) == {1: (b"$Work", b"\\Seen"), 2: (b"$Work", b"\\Seen")}
        assert client.remove_flags([1], ["$Work"]) == {1: (b"\\Seen",)}
        assert client.set_flags([2], ["\\Flagged"]) == {2: (b"\\Flagged",)}


def test_conditional_store_spares_what_changed(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    before = inbox.highest_mod_seq
    inbox.add_flags([2], ["\\Seen"])

    client.uid("STORE", "1:3", f"(UNCHANGEDSINCE {before})", "+FLAGS (\\Flagged)")

    assert client.untagged_responses["MODIFIED"] == [b"2"]
    assert [message.uid for message in inbox.messages if "\\Flagged" in message.flags] == [1, 3]


@pytest.mark.parametrize(
    ("policy", "kept", "line"),
    [
        ({}, {"\\Seen", "$Work"}, b"(\\* \\Answered \\Deleted \\Draft \\Flagged \\Seen)"),
        ({"permanent_keywords": ()}, {"\\Seen"}, b"(\\Answered \\Deleted \\Draft \\Flagged \\Seen)"),
        (
            {"permanent_keywords": {"$Work"}},
            {"\\Seen", "$Work"},
            b"($Work \\Answered \\Deleted \\Draft \\Flagged \\Seen)",
        ),
    ],
)
def test_keywords_are_kept_as_the_policy_says(policy: dict[str, set[str]], kept: set[str], line: bytes) -> None:
    with ImapServer(**policy) as server, logged_in(server) as client:
        inbox = server.store.user("ada").mailbox("INBOX")
        inbox.append(MAIL)
        client.select()
        assert client.untagged_responses["PERMANENTFLAGS"] == [line]

        client.uid("STORE", "1", "+FLAGS", "(\\Seen $Work)")

        assert inbox.messages[0].flags == kept


def test_too_many_keywords_are_refused() -> None:
    with ImapServer(max_keywords=1) as server, logged_in(server) as client:
        server.store.user("ada").mailbox("INBOX").append(MAIL)
        client.select()
        client.uid("STORE", "1", "+FLAGS", "($One)")

        status, data = client.uid("STORE", "1", "+FLAGS", "($Two)")

        assert (status, b"[LIMIT]" in data[0]) == ("NO", True)


@pytest.mark.parametrize("command", ["COPY", "MOVE"])
def test_a_keyword_too_many_for_the_target_lets_nothing_be_copied(command: str) -> None:
    with ImapServer(max_keywords=2) as server, logged_in(server) as client:
        inbox, archive = (server.store.user("ada").mailbox(name) for name in ("INBOX", "Archive"))
        archive.append(MAIL, flags=["$One"])
        inbox.append(MAIL, flags=["$Two"])
        inbox.append(MAIL, flags=["$Three"])
        client.select()

        status, data = client.uid(command, "1:2", "Archive")

        assert (status, b"[LIMIT]" in data[0]) == ("NO", True)
        assert (inbox.uids, archive.uids) == ([1, 2], [1])
        assert client.uid(command, "1", "Archive")[0] == "OK"


def test_uid_expunge_removes_only_the_named(server: ImapServer, client: imaplib.IMAP4) -> None:
    client.uid("STORE", "1:3", "+FLAGS", "(\\Deleted)")

    client.uid("EXPUNGE", "2")

    assert server.store.user("ada").mailbox("INBOX").uids == [1, 3, 4, 5]
    assert client.untagged_responses["EXPUNGE"] == [b"2"]


def test_uid_expunge_does_not_exist_without_uidplus() -> None:
    with ImapServer(without={"UIDPLUS"}) as server, logged_in(server) as client:
        client.select()
        with pytest.raises(imaplib.IMAP4.error, match="Unknown command"):
            client.uid("EXPUNGE", "1")


def test_expunge_numbers_are_valid_one_after_the_other(client: imaplib.IMAP4) -> None:
    client.uid("STORE", "2:4", "+FLAGS", "(\\Deleted)")

    _, numbers = client.expunge()

    left = [1, 2, 3, 4, 5]
    for number in numbers:
        del left[int(number) - 1]
    assert left == [1, 5]


def test_move_and_copy_tell_the_new_uids(server: ImapServer, client: imaplib.IMAP4) -> None:
    client.uid("COPY", "1,3", "Archive")
    copied = client.untagged_responses.pop("COPYUID")
    client.uid("MOVE", "4:5", "Archive")
    moved = client.untagged_responses.pop("COPYUID")

    archive = server.store.user("ada").mailbox("Archive")
    assert copied == [f"{archive.uid_validity} 1,3 1:2".encode()]
    assert moved == [f"{archive.uid_validity} 4:5 3:4".encode()]
    assert server.store.user("ada").mailbox("INBOX").uids == [1, 2, 3]
    assert [message.raw for message in archive.messages] == [MAIL] * 4


def test_move_does_not_exist_where_it_is_not_offered() -> None:
    with ImapServer(without={"MOVE"}) as server, imapclient_for(server) as client:
        client.select_folder("INBOX")
        assert not client.has_capability("MOVE")
        with pytest.raises(IMAPClientError):
            client._imap.uid("MOVE", "1", "Trash")


@pytest.mark.parametrize("without", [set(), {"UIDPLUS"}])
def test_append_keeps_flags_and_date_and_tells_the_uid(without: set[str]) -> None:
    with ImapServer(without=without) as server, imapclient_for(server) as client:
        answer = client.append("Drafts", MAIL, ["\\Draft", "$Own"], SENT)

        message = server.store.user("ada").mailbox("Drafts").messages[0]

    assert (b"APPENDUID" in answer) == (not without)
    assert (message.raw, message.flags, message.internal_date) == (MAIL, {"\\Draft", "$Own"}, SENT)


def test_close_expunges_in_silence_and_unselect_does_not(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    inbox.add_flags([1], ["\\Deleted"])

    client.unselect()
    after_unselect = inbox.uids
    client.select()
    client.close()

    assert after_unselect == [1, 2, 3, 4, 5]
    assert inbox.uids == [2, 3, 4, 5]
