"""The server against foreign clients: NOTIFY, COMPRESS and Gmail's extension, as their documents say."""

from __future__ import annotations

import imaplib
import zlib

import pytest

from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.protocol.capabilities import GMAIL
from tests.contract.imap_server.clients import MAIL

EVENTS = "(MessageNew MessageExpunge FlagChange)"


def login(server: ImapServer) -> imaplib.IMAP4:
    client = imaplib.IMAP4(server.host, server.port)
    client.login("ada", "secret")
    return client


def lines(client: imaplib.IMAP4, count: int) -> list[bytes]:
    return [client.readline().rstrip(b"\r\n") for _ in range(count)]


def test_changes_of_other_mailboxes_are_pushed_between_commands(server: ImapServer, client: imaplib.IMAP4) -> None:
    archive = server.store.user("ada").mailbox("Archive")
    client.send(f"x NOTIFY SET (selected {EVENTS}) (personal {EVENTS})\r\n".encode())
    assert lines(client, 1) == [b"x OK NOTIFY completed"]

    archive.append(MAIL)
    told = lines(client, 1)
    archive.add_flags([1], ["\\Seen"])
    told += lines(client, 1)
    archive.expunge([1])
    told += lines(client, 1)

    validity = archive.uid_validity
    assert told == [
        b'* STATUS "Archive" (MESSAGES %d UIDNEXT 2 UIDVALIDITY %d HIGHESTMODSEQ %d)' % (count, validity, mod_seq)
        for count, mod_seq in ((1, 2), (1, 3), (0, 4))
    ]


def test_selected_mailbox_is_told_as_usual_and_only_if_asked_for(server: ImapServer, client: imaplib.IMAP4) -> None:
    inbox, archive = (server.store.user("ada").mailbox(name) for name in ("INBOX", "Archive"))
    held = len(inbox.uids)
    client.send(f"x NOTIFY SET (mailboxes Archive {EVENTS})\r\n".encode())
    lines(client, 1)

    inbox.append(MAIL)
    archive.append(MAIL)
    told = lines(client, 1)
    client.send(f"y NOTIFY SET (selected {EVENTS})\r\n".encode())
    told += lines(client, 3)
    inbox.append(MAIL)
    told += lines(client, 2)

    assert [line[:11] for line in told] == [
        b"* STATUS \"A", b"* %d EXISTS" % (held + 1), b"* 0 RECENT", b"y OK NOTIFY", b"* %d EXISTS" % (held + 2),
        b"* 0 RECENT",
    ]  # fmt: skip


def test_nothing_is_pushed_after_notify_none(server: ImapServer, client: imaplib.IMAP4) -> None:
    client.send(f"x NOTIFY SET (personal {EVENTS})\r\ny NOTIFY NONE\r\n".encode())
    lines(client, 2)
    server.store.user("ada").mailbox("Archive").append(MAIL)

    assert client.noop()[0] == "OK"
    assert "STATUS" not in client.untagged_responses


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"NOTIFY SET (personal (MailboxName))", b"x NO [BADEVENT (FLAGCHANGE MESSAGEEXPUNGE MESSAGENEW)]"),
        (b"NOTIFY SET (personal (MessageNew))", b"x BAD MessageNew and MessageExpunge go together"),
        (b"NOTIFY SET (elsewhere (MessageNew MessageExpunge))", b"x BAD Unknown mailbox filter"),
    ],
)
def test_what_cannot_be_notified_is_refused(client: imaplib.IMAP4, command: bytes, answer: bytes) -> None:
    client.send(b"x " + command + b"\r\n")

    assert lines(client, 1)[0].startswith(answer)


def test_status_of_all_comes_at_once_if_asked_for(server: ImapServer, client: imaplib.IMAP4) -> None:
    client.send(f"x NOTIFY SET STATUS (personal {EVENTS})\r\n".encode())

    told = lines(client, len(server.store.user("ada").mailboxes) + 1)

    assert [line.split()[1] for line in told] == [*[b"STATUS"] * (len(told) - 1), b"OK"]


def test_compressed_connection_speaks_deflate(server: ImapServer) -> None:
    client = login(server)
    client.send(b"x COMPRESS DEFLATE\r\n")
    assert lines(client, 1)[0].startswith(b"x OK")
    pack, unpack = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)

    client.send(pack.compress(b"y COMPRESS DEFLATE\r\n") + pack.flush(zlib.Z_SYNC_FLUSH))
    answer = b""
    while not answer.endswith(b"\n"):
        answer += unpack.decompress(client.sock.recv(1000))

    assert answer.startswith(b"y NO [COMPRESSIONACTIVE]")
    client.shutdown()


def test_gmail_tells_numbers_and_labels() -> None:
    with ImapServer(capabilities=GMAIL) as server:
        user = server.store.user("ada")
        user.mailbox("INBOX").append(b"Message-ID: <1@x>\r\n\r\n")
        user.mailbox("INBOX").append(b"Message-ID: <2@x>\r\nReferences: <1@x>\r\n\r\n")
        user.mailbox("INBOX").copy([1], user.mailbox("Sent"))
        user.mailbox("INBOX").copy([1], user.create("Müller & Co"))
        client = login(server)
        client.select("Sent")
        (sent,) = client.uid("FETCH", "1", "(X-GM-MSGID X-GM-THRID X-GM-LABELS)")[1]
        client.select("INBOX")
        first, second = client.uid("FETCH", "1:2", "(X-GM-MSGID X-GM-THRID X-GM-LABELS)")[1]
        client.logout()

    assert sent.partition(b"X-GM-LABELS")[2] == rb' ("\\Inbox" "M&APw-ller &- Co"))'
    assert first.partition(b"X-GM-LABELS")[2] == rb' ("M&APw-ller &- Co" "\\Sent"))'
    assert second.partition(b"X-GM-LABELS")[2] == b" ())"
    assert first.split()[4] == sent.split()[4] != second.split()[4]
    assert first.split()[6] == sent.split()[6] == second.split()[6]


def test_extension_that_is_not_offered_is_not_there(server: ImapServer, client: imaplib.IMAP4) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="Unknown FETCH item"):
        client.uid("FETCH", "1", "(X-GM-MSGID)")
