"""The server against foreign clients: scripted faults happen when they should and look as they should."""

from __future__ import annotations

import imaplib
import time

import pytest

from mailhelper_core.testing import (
    Answer,
    Bye,
    Call,
    Emptied,
    EndAt,
    ExtraLines,
    Fault,
    ImapServer,
    Interrupt,
    LyingLiteral,
    MissingItem,
    MissingMessage,
    Mutated,
    NilBody,
    SendInstead,
    Trickle,
    WrongTag,
)
from tests.contract.imap_server.clients import MAIL, fetch

BODY = "(UID BODY.PEEK[])"


def test_a_fault_waits_for_its_turn_and_goes_again(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", Answer("NO", "Not now", "UNAVAILABLE"), nth=2, times=2))

    answers = [client.noop()[0] for _ in range(5)]

    assert answers == ["OK", "NO", "NO", "OK", "OK"]
    assert len(server.faults.fired) == 2


def test_a_cleared_plan_harms_nobody(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("*", Bye(), times=None))
    server.faults.clear()

    assert client.noop()[0] == "OK"


@pytest.mark.parametrize(
    "place",
    [Interrupt("tag"), Interrupt("line", after=7, response=1), Interrupt("literal", after=10, response=1)],
)
def test_the_connection_drops_at_the_place(server: ImapServer, client: imaplib.IMAP4, place: Interrupt) -> None:
    server.faults.add(Fault("UID FETCH", place))

    with pytest.raises(imaplib.IMAP4.abort):
        fetch(client, "1:3", BODY)


def test_a_drop_inside_a_literal_lets_the_mails_before_it_through(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", Interrupt("literal", after=10, response=2)))
    client.send(b"x UID FETCH 1:5 BODY.PEEK[]\r\n")

    received = client.file.read()

    assert received.count(MAIL) == 2
    assert received.endswith(MAIL[:10])


def test_a_stall_is_a_pause_and_nothing_is_lost(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", Interrupt("literal", after=10, seconds=0.2)))
    begin = time.monotonic()

    shown = fetch(client, "1", BODY)

    assert time.monotonic() - begin >= 0.2
    assert MAIL in shown


def test_stopping_the_server_ends_a_stall(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", Interrupt("tag", seconds=60)))
    client.send(b"x NOOP\r\n")

    server.stop()

    assert server.connections == 0  # else `stop` gave up waiting for it


def test_bye_carries_its_code(server: ImapServer) -> None:
    server.faults.add(Fault("GREETING", Bye("Too many connections", "UNAVAILABLE")))

    with pytest.raises(imaplib.IMAP4.error, match="UNAVAILABLE"):
        imaplib.IMAP4(server.host, server.port)


def test_a_login_is_refused_with_the_code_asked_for(server: ImapServer) -> None:
    server.faults.add(Fault("LOGIN", Answer("NO", "Log in with a browser", "ALERT")))

    client = imaplib.IMAP4(server.host, server.port)

    with pytest.raises(imaplib.IMAP4.error, match="ALERT"):
        client.login("ada", "secret")

    assert client.login("ada", "secret")[0] == "OK"
    client.shutdown()


def test_a_refused_command_does_nothing(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID STORE", Answer("NO", "Try later", "INUSE")))

    client.uid("STORE", "1", "+FLAGS", "(\\Seen)")

    assert not server.store.user("ada").mailbox("INBOX").messages[0].flags


def test_the_answer_comes_under_a_wrong_tag(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", WrongTag("A99")))
    client.send(b"x NOOP\r\n")

    assert client.file.readline().startswith(b"A99 OK")


def test_a_literal_announces_more_than_it_holds(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", LyingLiteral(by=5, uid=2)))
    client.send(b"x UID FETCH 1:2 BODY.PEEK[]\r\n")

    first, second = client.file.readline(), [client.file.readline() for _ in range(MAIL.count(b"\n") + 2)][-1]

    assert first.endswith(b"{%d}\r\n" % len(MAIL))
    assert second.endswith(b"{%d}\r\n" % (len(MAIL) + 5))


def test_a_body_can_be_nil_and_a_message_missing(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", NilBody(uid=2)), Fault("UID FETCH", MissingMessage(uid=3)))

    shown = fetch(client, "1:4", BODY)

    assert b"UID 2 BODY[] NIL" in shown
    assert b"UID 3" not in shown
    assert shown.count(MAIL) == 2


def test_an_item_can_be_missing(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", MissingItem("UID")))

    assert b"UID" not in fetch(client, "1", BODY)


def test_lines_that_nobody_asked_for_come_before_the_end(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", ExtraLines((b"3 FETCH (FLAGS (\\Seen))",), times=3)))

    client.noop()

    assert len(client.untagged_responses["FETCH"]) == 3


def test_bytes_of_the_tests_own_choice(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", SendInstead(b"* 1 FETCH (UID 1 FLAGS (\r\n")))

    assert fetch(client, "1:5", BODY) == b"1 (UID 1 FLAGS ("


def test_slow_bytes_all_arrive(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", Trickle(per_second=400)))
    begin = time.monotonic()

    answer = client.noop()

    assert answer[0] == "OK"
    assert time.monotonic() - begin > 0.02


def test_the_store_changes_just_before_a_command(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    before = inbox.uid_validity
    server.faults.add(Fault("SELECT", Call(inbox.renumber)))

    client.select()

    assert client.untagged_responses["UIDVALIDITY"] == [str(inbox.uid_validity).encode()]
    assert inbox.uid_validity != before


def test_a_fault_counts_only_commands_that_hold_its_text(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", Answer("NO"), having="body.peek[]"))

    assert client.uid("FETCH", "1:3", "(FLAGS)")[0] == "OK"
    assert client.uid("FETCH", "1:3", "(BODY.PEEK[])")[0] == "NO"


def test_a_command_ends_at_the_message_that_it_cannot_serve(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("UID FETCH", EndAt(3, "NO", "SERVERBUG")))
    client.send(b"x UID FETCH 1:5 UID\r\n")

    assert [client.readline()[:12] for _ in range(3)] == [b"* 1 FETCH (U", b"* 2 FETCH (U", b"x NO [SERVER"]
    assert client.noop()[0] == "OK"


def test_emptied_server_holds_nothing_for_a_while(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("*", Emptied(), times=None))

    assert client.select()[1] == [b"0"]
    assert client.uid("SEARCH", "ALL")[1] == [b""]
    assert client.uid("SEARCH", "RETURN (COUNT ALL)", "ALL")[0] == "OK"
    assert client.status("INBOX", "(MESSAGES)")[1] == [b'"INBOX" (MESSAGES 0)']
    assert client.uid("FETCH", "1:*", "(FLAGS)")[1] == [None]

    server.faults.clear()

    assert client.select()[1] != [b"0"]


def test_mutated_lines_are_the_same_for_the_same_seed(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(*(Fault("UID FETCH", Mutated(seed), nth=nth) for nth, seed in ((1, 1), (2, 1), (3, 2))))
    lines = []
    for _ in range(3):
        client.send(b"x UID FETCH 1 FLAGS\r\n")
        lines.append(client.readline())
        client.readline()

    assert lines[0] == lines[1] != lines[2]


def test_a_million_lines_are_not_made_before_they_are_sent(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", ExtraLines((b"OK more",), times=10**9)))
    client.send(b"x NOOP\r\n")

    assert [client.readline() for _ in range(10)] == [b"* OK more\r\n"] * 10
    server.drop_connections()


def test_silence_ends_when_the_server_cuts_the_connection(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.faults.add(Fault("NOOP", Interrupt("tag", seconds=3600)))
    client.send(b"x NOOP\r\n")
    time.sleep(0.05)

    server.drop_connections()

    assert client.file.read() == b""
