"""The bundled IMAP server against two clients it was not written for: stdlib imaplib and IMAPClient."""

from __future__ import annotations

import base64
import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from mailhelper_core.testing import ImapServer

MAIL = (
    b"From: Ada Muster <ada@example.org>\r\nTo: bob@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"Date: Tue, 06 Feb 2024 10:00:00 +0100\r\nMessage-ID: <one@example.org>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n"
    b"preamble\r\n--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello there\r\n"
    b"--cut\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n"
    b'--cut\r\nContent-Type: image/png; name="a b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--cut--\r\n'
)
SENT = datetime(2024, 2, 6, 9, 0, tzinfo=UTC)


@contextmanager
def logged_in(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4(server.host, server.port)
    client.login("ada", "secret")
    try:
        yield client
    finally:
        client.shutdown()


@contextmanager
def imapclient_for(server: ImapServer) -> Iterator[IMAPClient]:
    client = IMAPClient(server.host, server.port, ssl=False)
    client.login("ada", "secret")
    try:
        yield client
    finally:
        client.shutdown()


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as running:
        inbox = running.store.user("ada").mailbox("INBOX")
        for _ in range(5):
            inbox.append(MAIL, internal_date=SENT)
        yield running


@pytest.fixture
def client(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    with logged_in(server) as connected:
        connected.select()
        yield connected


@pytest.fixture
def resyncing(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    with logged_in(server) as connected:
        connected.enable("QRESYNC")
        yield connected


def fetch(client: imaplib.IMAP4, numbers: str, items: str) -> bytes:
    """Answer all that came back for a UID FETCH, joined."""
    status, data = client.uid("FETCH", numbers, items)
    assert status == "OK"
    return b"".join(b"".join(part) if isinstance(part, tuple) else part for part in data if part)


def uids(client: imaplib.IMAP4, *criteria: str) -> list[int]:
    status, data = client.uid("SEARCH", *criteria)
    assert status == "OK"
    return [int(uid) for uid in data[0].split()]


# Logging in


def test_wrong_password_is_refused_with_a_code(server: ImapServer) -> None:
    client = imaplib.IMAP4(server.host, server.port)

    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login("ada", "wrong")

    client.shutdown()


def test_imapclient_reports_a_wrong_password_as_login_error(server: ImapServer) -> None:
    client = IMAPClient(server.host, server.port, ssl=False)

    with pytest.raises(LoginError):
        client.login("ada", "wrong")

    client.shutdown()


@pytest.mark.parametrize("without", [set(), {"SASL-IR"}])
def test_plain_login_works_with_and_without_initial_response(without: set[str]) -> None:
    with ImapServer(without=without) as server:
        client = IMAPClient(server.host, server.port, ssl=False)

        client.plain_login("ada", "secret")

        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        client.shutdown()


@pytest.mark.parametrize("mechanism", ["oauth2_login", "oauthbearer_login"])
def test_token_login_asks_the_token_check(mechanism: str) -> None:
    with ImapServer(check_token=lambda user, token: (user, token) == ("ada", "good")) as server:
        client = IMAPClient(server.host, server.port, ssl=False)

        with pytest.raises(LoginError):
            getattr(client, mechanism)("ada", "bad")
        getattr(client, mechanism)("ada", "good")

        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        client.shutdown()


def test_the_log_shows_no_secret(server: ImapServer) -> None:
    token = base64.b64encode(b"\0ada\0secret")
    with logged_in(server):
        client = imaplib.IMAP4(server.host, server.port)
        client.authenticate("PLAIN", lambda _: b"\0ada\0secret")
        client.shutdown()

    shown = " ".join(command.line for command in server.log.commands)

    assert "secret" not in shown
    assert token.decode() not in shown


# Mailboxes


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


# Fetching


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


def test_a_part_that_does_not_exist_is_nil(client: imaplib.IMAP4) -> None:
    assert b"BODY[7] NIL" in fetch(client, "1", "(BODY.PEEK[7])")


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


# Searching


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


# Changing


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


# What other clients do


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


# QRESYNC


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


# The connection


def test_many_sequence_numbers_beyond_the_mailbox_are_bad(client: imaplib.IMAP4) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="Invalid messageset"):
        client.fetch("9", "(FLAGS)")
    assert client.uid("FETCH", "9", "(FLAGS)") == ("OK", [None])


def test_commands_of_another_state_are_bad(server: ImapServer) -> None:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client._imap.state = "AUTH"  # the client would not send it otherwise

        with pytest.raises(IMAPClientError, match="not valid in this state"):
            client.list_folders()


def test_stop_and_start_keep_mail_and_port(server: ImapServer) -> None:
    port = server.port
    server.stop()
    server.start()

    with logged_in(server) as client:
        assert (server.port, client.select()[1]) == (port, [b"5"])


def test_the_log_counts_commands_and_body_bytes(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.log.clear()

    fetch(client, "1:2", "(BODY.PEEK[])")
    client.noop()

    assert server.log.names == ["UID FETCH", "NOOP"]
    assert server.log.body_bytes == 2 * len(MAIL)
    assert server.log.commands[0].bytes_out > 2 * len(MAIL)
