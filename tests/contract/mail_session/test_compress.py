"""Compressed sessions: everything works as without, fewer octets travel, and a refusal costs nothing."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ConfigError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing import Answer, Fault, ImapServer
from tests.contract.mail_session.origins import BundledOrigin, DovecotOrigin, mail
from tests.servers.dovecot import Dovecot

BODY = b"All work and no play.\r\n" * 200


def filled(server: ImapServer, count: int = 50) -> BundledOrigin:
    origin = BundledOrigin(server)
    for number in range(count):
        origin.put(mail(number, body=BODY))
    return origin


def test_compressed_session_reads_and_writes_and_sends_less(server: ImapServer) -> None:
    session = filled(server).connect(compress="always")

    session.open("INBOX", writable=True)
    raws = dict(session.bodies(session.uids()))
    placed = session.append("INBOX", mail(99, body=BODY))
    session.store(UidSet.of([1]), add=frozenset({"\\Seen"}))

    assert raws == {number + 1: mail(number, body=BODY) for number in range(50)}
    assert placed.uids == ((0, 51),)
    assert server.log.names.count("COMPRESS") == 1
    assert session._state.wire._stream.received < server.log.body_bytes / 5  # type: ignore[attr-defined]


def test_first_command_after_the_login_is_no_compress(server: ImapServer) -> None:
    session = filled(server).connect(compress="always")

    session.mailboxes()

    assert session.commands == 1


@pytest.mark.parametrize("compress", ["auto", "never"])
def test_on_this_machine_nothing_is_compressed_unless_asked_for(server: ImapServer, compress: str) -> None:
    filled(server).connect(compress=compress).open("INBOX")

    assert "COMPRESS" not in server.log.names


def test_server_that_does_not_offer_it_is_not_asked() -> None:
    with ImapServer(without=["COMPRESS=DEFLATE"]) as server:
        filled(server).connect(compress="always").open("INBOX")

        assert "COMPRESS" not in server.log.names


@pytest.mark.parametrize(
    "refusal", [Answer("NO", "No", "COMPRESSIONACTIVE"), Answer("NO"), Answer("BAD"), Answer("NO", "No", "UNAVAILABLE")]
)
def test_refusal_leaves_the_session_as_it_is(server: ImapServer, refusal: Answer) -> None:
    server.faults.add(Fault("COMPRESS", refusal))
    session = filled(server).connect(compress="always")

    session.open("INBOX")

    assert len(list(session.bodies(session.uids()))) == 50
    assert session.info.refused == {"COMPRESS=DEFLATE"}


def test_compress_is_one_of_three_words(server: ImapServer) -> None:
    with pytest.raises(ConfigError, match="compress"):
        filled(server).connect(compress="maybe")


@pytest.mark.servers
def test_compressed_session_of_dovecot_reads_and_writes_and_receives_less(dovecot: Dovecot, dovecot_user: str) -> None:
    origin = DovecotOrigin(dovecot, dovecot_user)
    for number in range(50):
        origin.put(mail(number, body=BODY))
    session = origin.connect(compress="always")

    session.open("INBOX", writable=True)
    raws = dict(session.bodies(session.uids()))
    placed = session.append("INBOX", mail(99, body=BODY))

    assert list(raws.values()) == [mail(number, body=BODY) for number in range(50)]
    assert len(placed.uids) == 1
    assert session.info.refused == frozenset()
    assert session._state.wire._stream.received < session.body_bytes / 5  # type: ignore[attr-defined]
