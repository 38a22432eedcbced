"""The server against foreign clients: real and broken mails come back byte for byte, described in sound IMAP."""

from __future__ import annotations

from pathlib import Path

from imapclient import IMAPClient

from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.contract.imap_server.clients import imapclient_for

ITEMS = ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]", "BODY.PEEK[HEADER]"]


def check(client: IMAPClient, raws: list[bytes]) -> None:
    client.select_folder("INBOX")
    rows = client.fetch(range(1, len(raws) + 1), ITEMS)
    for uid, raw in enumerate(raws, 1):
        row = rows[uid]
        assert (row[b"BODY[]"], row[b"RFC822.SIZE"]) == (raw, len(raw))
        assert raw.startswith(row[b"BODY[HEADER]"])
        assert row[b"ENVELOPE"] is not None
        assert row[b"BODYSTRUCTURE"]


def test_generated_mails_with_all_their_damage() -> None:
    with ImapServer() as server, imapclient_for(server) as client:
        raws = [mail.raw for mail in MailboxGenerator(2).mails(300)]
        for raw in raws:
            server.store.user("ada").mailbox("INBOX").append(raw)

        check(client, raws)


def test_the_shared_mails(shared_data: Path) -> None:
    with ImapServer() as server, imapclient_for(server) as client:
        raws = [path.read_bytes() for path in sorted(shared_data.rglob("mails/*/*")) if path.is_file()]
        for raw in raws:
            server.store.user("ada").mailbox("INBOX").append(raw)

        check(client, raws)
