"""What changed since: quick resynchronization, CHANGEDSINCE, and plain status, by what the server offers."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import MailSession, Resume
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing import Answer, Bye, Fault, ImapServer, SendInstead
from mailhelper_core.testing.imap.fault_actions import Action
from tests.contract.mail_session.origins import BundledOrigin, Origin, mail

SEEN = frozenset({"\\Seen"})


def held(session: MailSession) -> Resume:
    status = session.open("INBOX").status
    return Resume(status.uid_validity, status.highest_mod_seq, session.uids())


def changed_elsewhere(imap: Origin, known: UidSet) -> None:
    """Flag the first message, remove the second, add one."""
    other = imap.connect()
    first, second, *_ = known
    other.create("Away")
    other.open("INBOX", writable=True)
    other.store(UidSet.of([first]), add=SEEN)
    other.move(UidSet.of([second]), "Away")
    imap.put(mail(99))


def test_opening_brings_the_delta_where_the_server_resynchronizes(imap: Origin, session: MailSession) -> None:
    for number in range(4):
        imap.put(mail(number))
    before = held(session)
    changed_elsewhere(imap, before.uids)

    opened = session.open("INBOX", resume=before)

    first, second, *_ = before.uids
    if not session.info.has_resync:
        assert opened.delta is None
        return
    assert opened.delta is not None
    assert opened.delta.vanished & before.uids == UidSet.of([second])
    assert {found.uid: found.keywords for found in opened.delta.changed} == {
        first: SEEN,
        before.uids.highest() + 1: frozenset(),
    }
    assert all(found.mod_seq > before.mod_seq for found in opened.delta.changed)


@pytest.mark.parametrize("refusal", [Answer("NO"), Answer("BAD"), Answer("NO", "No", "UNAVAILABLE"), SendInstead(b"")])
def test_server_that_names_qresync_and_refuses_it_is_asked_by_mod_seq(server: ImapServer, refusal: Action) -> None:
    imap = BundledOrigin(server)
    for number in range(4):
        imap.put(mail(number))
    before = held(imap.connect())
    changed_elsewhere(imap, before.uids)
    server.faults.add(Fault("ENABLE", refusal, times=None))
    session = imap.connect()
    assert session.info.has_resync

    opened = session.open("INBOX", resume=before)

    assert opened.delta is None
    assert (session.info.has_resync, session.info.has_mod_seq, session.info.refused) == (False, True, {"QRESYNC"})
    changed = session.flags(UidSet.parse("1:99"), changed_since=before.mod_seq)
    assert {found.uid: found.keywords for found in changed} == {1: SEEN, 5: frozenset()}
    session.open("INBOX")
    assert server.log.names[-4:].count("ENABLE") <= 1


def test_connection_that_ends_at_enable_is_no_refusal(server: ImapServer) -> None:
    server.faults.add(Fault("ENABLE", Bye()))

    with pytest.raises(ServerError) as caught:
        BundledOrigin(server).connect().open("INBOX")

    assert caught.value.code == "connection_lost"


def test_delta_of_an_unchanged_mailbox_is_empty(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))

    opened = session.open("INBOX", resume=held(session))

    if session.info.has_resync:
        assert opened.delta is not None
        assert (opened.delta.changed, opened.delta.vanished) == ((), UidSet())
    else:
        assert opened.delta is None


def test_changed_flags_are_asked_for_where_mod_seqs_are_kept(imap: Origin, session: MailSession) -> None:
    for number in range(4):
        imap.put(mail(number))
    before = held(session)
    changed_elsewhere(imap, before.uids)

    status = session.open("INBOX").status
    found = {found.uid: found.keywords for found in session.flags(before.uids, changed_since=before.mod_seq)}

    first, second, *_ = before.uids
    if status.highest_mod_seq:
        assert found == {first: SEEN}
        assert status.highest_mod_seq > before.mod_seq
    else:
        assert set(found) == set(before.uids) - {second}
    assert session.info.has_mod_seq is bool(status.highest_mod_seq)


def test_another_uid_validity_brings_no_delta(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))
    before = held(session)

    opened = session.open("INBOX", resume=Resume(before.uid_validity + 1, before.mod_seq, before.uids))

    assert opened.delta is None


def test_scattered_uids_are_told_within_the_line_limit(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))
    before = held(session)
    scattered = before.uids | UidSet.of(range(1000, 60_000, 3))

    opened = session.open("INBOX", resume=Resume(before.uid_validity, before.mod_seq, scattered))

    assert opened.status.messages == 1


def test_listing_carries_status_in_one_command_where_offered(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))

    boxes = session.mailboxes()

    (inbox,) = (box for box in boxes if box.role == "inbox")
    assert session.commands == 1
    if "LIST-STATUS" in session.info.capabilities:
        assert inbox.status == session.status("INBOX")
    else:
        assert inbox.status is None
        assert session.status("INBOX").messages == 1


def test_status_shows_a_change_of_flags_where_mod_seqs_are_kept(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))
    before = held(session)
    session.open("INBOX", writable=True)
    session.store(before.uids, add=SEEN)

    other = imap.connect()

    assert (other.status("INBOX").highest_mod_seq > before.mod_seq) is session.info.has_mod_seq
