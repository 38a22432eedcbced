"""What every source must do the same way: list, open, and read mail."""

from __future__ import annotations

from datetime import UTC
from itertools import islice

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import MailSession, SurveyingSession
from mailhelper_core.model.source.uidset import UidSet
from tests.contract.mail_session.origins import RECEIVED, MboxOrigin, Origin, mail


def opened(origin: Origin) -> MailSession:
    session = origin.connect()
    session.open("INBOX")
    return session


def test_inbox_is_listed_with_its_role(origin: Origin) -> None:
    origin.put(mail(1))

    (inbox,) = (box for box in origin.connect().mailboxes() if box.role == "inbox")

    assert (inbox.name, inbox.selectable) == ("INBOX", True)


def test_status_and_opening_count_the_same_messages(origin: Origin) -> None:
    for number in range(3):
        origin.put(mail(number))
    session = origin.connect()

    status = session.status("INBOX")
    opened = session.open("INBOX")

    assert opened.status.messages == status.messages == 3
    assert opened.status.uid_validity == status.uid_validity > 0
    assert opened.status.uid_next == status.uid_next
    assert opened.read_only
    assert opened.delta is None


def test_the_states_of_many_mailboxes_at_once_are_those_of_each(imap: Origin) -> None:
    imap.put(mail(1))
    session = imap.connect()
    names = ["INBOX", *(box.name for box in session.mailboxes() if box.selectable and box.name != "INBOX")]
    assert isinstance(session, SurveyingSession)

    found = dict(session.statuses(["Not there", *names]))

    assert found == {name: session.status(name) for name in names}


def test_empty_mailbox_has_no_uids(origin: Origin) -> None:
    origin.make_empty()
    session = opened(origin)

    assert session.uids() == UidSet()
    assert list(session.metadata(session.uids())) == []


def test_all_uids_are_listed(origin: Origin) -> None:
    for number in range(5):
        origin.put(mail(number))

    assert len(opened(origin).uids()) == 5


def test_metadata_says_what_decides_identity_and_size(origin: Origin) -> None:
    origin.put(mail(1))
    session = opened(origin)

    (found,) = session.metadata(session.uids())

    assert found.received_at == RECEIVED
    assert found.received_at.tzinfo is UTC
    assert found.size == len(mail(1))
    assert found.header == mail(1).split(b"\r\n", 1)[1].removesuffix(b"Hello\r\n")


def test_flags_and_metadata_name_the_same_keywords(origin: Origin) -> None:
    origin.put(mail(1), flags=frozenset({"\\Seen"}))
    origin.put(mail(2))
    session = opened(origin)

    flags = {found.uid: found.keywords for found in session.flags(session.uids())}
    metadata = {found.uid: found.keywords for found in session.metadata(session.uids())}

    assert flags == metadata
    assert sorted(map(len, flags.values())) == [0, 1]
    assert frozenset({"\\Seen"}) in flags.values()


@pytest.mark.parametrize(
    "body",
    [b"", b"Hello\r\n", b"no line end", b"\xe4\xf6\xfc \xff\xfe\r\n", b")\r\n* BYE\r\n", b"{5}\r\n", b"x" * 300_000],
    ids=["empty", "text", "no-line-end", "8-bit", "protocol", "literal", "large"],
)
def test_bodies_come_as_they_are(origin: Origin, body: bytes) -> None:
    if isinstance(origin, MboxOrigin):
        body = body and body.rstrip(b"\r\n") + b"\r\n"  # an mbox file cannot say that the last line does not end
    origin.put(mail(1, body=body))
    session = opened(origin)

    found = dict(session.bodies(session.uids()))

    assert list(found.values()) == [mail(1, body=body)]
    assert session.body_bytes == len(mail(1, body=body))


def test_reading_does_not_mark_as_seen(origin: Origin) -> None:
    origin.put(mail(1))
    session = opened(origin)

    list(session.bodies(session.uids()))

    assert [found.keywords for found in opened(origin).flags(session.uids())] == [frozenset()]


def test_headers_end_with_the_empty_line(origin: Origin) -> None:
    origin.put(mail(1))
    session = opened(origin)

    found = dict(session.headers(session.uids()))

    assert list(found.values()) == [mail(1, body=b"")]


def test_missing_uids_are_silently_absent(origin: Origin) -> None:
    origin.put(mail(1))
    session = opened(origin)
    uids = session.uids()
    wanted = uids | UidSet.of([uids.highest() + 1, uids.highest() + 7])

    assert [uid for uid, _ in session.bodies(wanted)] == list(uids)
    assert [found.uid for found in session.metadata(wanted)] == list(uids)
    assert [found.uid for found in session.flags(wanted)] == list(uids)
    assert list(session.bodies(wanted - uids)) == []


def test_unknown_mailbox_is_said_to_be_missing(origin: Origin) -> None:
    origin.put(mail(1))
    session = origin.connect()

    with pytest.raises(ServerError) as caught:
        session.open("No such mailbox")

    assert (caught.value.code, caught.value.transient) == ("no_mailbox", False)
    assert session.open("INBOX").status.messages == 1


def test_stream_left_half_way_leaves_the_session_usable(origin: Origin) -> None:
    for number in range(20):
        origin.put(mail(number, body=b"x" * 20_000 + b"\r\n"))
    session = opened(origin)
    uids = session.uids()

    first = list(islice(session.bodies(uids), 2))

    assert len(first) == 2
    assert session.uids() == uids
    assert len(list(session.bodies(uids))) == 20


def test_message_is_found_by_its_message_id(origin: Origin) -> None:
    origin.put(mail(1))
    origin.put(mail(11))
    session = opened(origin)
    (wanted,) = (found.uid for found in session.metadata(session.uids()) if b"<1@example.org>" in found.header)

    assert session.find_message_id("1@example.org") == UidSet.of([wanted])
    assert session.find_message_id("<1@example.org>") == UidSet.of([wanted])
    assert session.find_message_id("1@example.org", from_uid=wanted + 1) == UidSet()
    assert session.find_message_id("2@example.org") == UidSet()


def test_uids_are_the_same_in_another_session(origin: Origin) -> None:
    for number in range(3):
        origin.put(mail(number))
    first, second = opened(origin), opened(origin)

    assert dict(first.bodies(first.uids())) == dict(second.bodies(second.uids()))


def test_newer_messages_have_larger_uids(origin: Origin) -> None:
    if isinstance(origin, MboxOrigin):
        return  # its separators here all bear the same date
    for number in range(4):
        origin.put(mail(number))
    session = opened(origin)

    found = sorted((found.uid, found.header) for found in session.metadata(session.uids()))

    headers = [header for _, header in found]
    assert headers == sorted(headers)


def test_closing_twice_is_no_error(origin: Origin) -> None:
    origin.put(mail(1))
    session = opened(origin)

    session.close()
    session.close()
