"""The server against foreign clients: mailbox names, LIST and its extensions, STATUS, subscriptions."""

from __future__ import annotations

import imaplib

import pytest

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, imapclient_for, logged_in


def test_list_shows_special_use_only_where_offered(server: ImapServer) -> None:
    with imapclient_for(server) as client:
        assert client.find_special_folder(b"\\Trash") == "Trash"

    with ImapServer(without={"SPECIAL-USE"}) as plain, imapclient_for(plain) as client:
        assert all(b"\\Trash" not in flags for flags, _, _ in client.list_folders())


def test_mailbox_names_travel_in_modified_utf7(server: ImapServer) -> None:
    with imapclient_for(server) as client:
        client.create_folder("Entwürfe & Co/Ä")

        names = [name for _, _, name in client.list_folders()]

        assert "Entwürfe & Co/Ä" in names
        assert client.select_folder("Entwürfe & Co/Ä")[b"EXISTS"] == 0


def test_percent_stops_at_the_delimiter_and_missing_parents_are_shown(client: imaplib.IMAP4) -> None:
    client.create("a/b/c")

    _, top = client.list('""', "%")
    _, below = client.list('""', "a/%")

    assert b'(\\Noselect \\HasChildren) "/" "a"' in top
    assert below == [b'(\\Noselect \\HasChildren) "/" "a/b"']


def test_mailbox_commands_answer_with_response_codes(client: imaplib.IMAP4) -> None:
    client.create("Work")

    assert b"[ALREADYEXISTS]" in client.create("Work")[1][0]
    assert b"[NONEXISTENT]" in client.delete("Nowhere")[1][0]
    assert b"[NONEXISTENT]" in client.select("Nowhere")[1][0]
    assert b"[TRYCREATE]" in client.append("Nowhere", None, None, MAIL)[1][0]


def test_inbox_has_one_name_in_any_case(client: imaplib.IMAP4) -> None:
    assert client.select("inbox") == ("OK", [b"5"])
    assert client.status("InBoX", "(MESSAGES)") == ("OK", [b'"INBOX" (MESSAGES 5)'])


def test_rename_keeps_uid_validity_and_takes_children_along(server: ImapServer, client: imaplib.IMAP4) -> None:
    user = server.store.user("ada")
    user.create("Work")
    user.create("Work/2024")
    before = user.mailbox("Work/2024").uid_validity

    client.rename("Work", "Done")

    assert user.mailbox("Done/2024").uid_validity == before


def test_list_status_answers_everything_in_one_command(server: ImapServer, client: imaplib.IMAP4) -> None:
    client._simple_command("LIST", '""', "*", "RETURN (SPECIAL-USE STATUS (MESSAGES HIGHESTMODSEQ))")

    lines = client.untagged_responses["STATUS"]
    assert len(lines) == 6
    assert lines[0] == b'"INBOX" (MESSAGES 5 HIGHESTMODSEQ 6)'


def test_list_status_is_refused_where_it_is_not_offered() -> None:
    with ImapServer(without={"LIST-STATUS"}) as server, logged_in(server) as client:
        refused = pytest.raises(imaplib.IMAP4.error, match="Unknown LIST option")
        with refused:
            client._simple_command("LIST", '""', "*", "RETURN (STATUS (MESSAGES))")


def test_subscriptions_are_listed(client: imaplib.IMAP4) -> None:
    client.create("Work")
    client.subscribe("Work")
    client.unsubscribe("Trash")

    _, lines = client.lsub()

    assert b'() "/" "Work"' in lines
    assert b'() "/" "Trash"' not in lines


def test_namespace_tells_the_delimiter() -> None:
    with ImapServer(delimiter=".") as server, imapclient_for(server) as client:
        assert client.namespace().personal == (("", "."),)


def test_a_rename_puts_no_mailbox_in_the_place_of_another(server: ImapServer, client: imaplib.IMAP4) -> None:
    user = server.store.user("ada")
    for name in ("old", "old/sub", "new/sub"):
        user.create(name).append(name.encode() + b": x\r\n\r\n")

    assert b"[ALREADYEXISTS]" in client.rename("old", "new")[1][0]
    assert client.rename("old", "other/deep")[0] == "OK"

    names = {mailbox.name: len(mailbox.uids) for mailbox in user.mailboxes if mailbox.uids and mailbox.name != "INBOX"}
    assert names == {"new/sub": 1, "other/deep": 1, "other/deep/sub": 1}
