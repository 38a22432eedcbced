"""What an IMAP session changes on the server, with every extension and with every fallback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailhelper_core.errors import InvalidError, ServerError
from mailhelper_core.model.source.remote import MailSession, Placed
from mailhelper_core.model.source.uidset import UidSet
from tests.contract.mail_session.origins import Origin, mail

SEEN = frozenset({"\\Seen"})
NAMES = ["Entwürfe", "A & B", 'quo"ted\\', "100% *sure", "日本語", "[odd]", "(1)", "a" * 120, "x/y/z", "&AOQ-"]


def keywords(session: MailSession, mailbox: str = "INBOX") -> dict[int, frozenset[str]]:
    session.open(mailbox)
    return {found.uid: found.keywords for found in session.flags(session.uids())}


def bodies(session: MailSession, mailbox: str) -> list[bytes]:
    session.open(mailbox)
    return [raw for _, raw in session.bodies(session.uids())]


def test_keywords_are_added_and_removed_and_what_the_server_says_is_answered(
    imap: Origin, session: MailSession
) -> None:
    imap.put(mail(1), flags=SEEN)
    imap.put(mail(2))
    permanent = session.open("INBOX", writable=True).permanent_keywords

    answer = session.store(session.uids(), add=frozenset({"\\Flagged", "work"}), remove=SEEN)

    # Some servers know no keywords of ours, and say so.
    wanted = dict.fromkeys(session.uids(), frozenset({"\\Flagged", "work"} & (permanent or {"\\Flagged", "work"})))
    assert {found.uid: found.keywords for found in answer} == wanted
    assert keywords(session) == wanted


def test_keyword_that_is_there_already_is_confirmed(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1), flags=SEEN)
    session.open("INBOX", writable=True)

    (answer,) = session.store(session.uids(), add=SEEN)

    assert answer.keywords == SEEN


def test_messages_that_went_are_not_confirmed(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))
    session.open("INBOX", writable=True)
    uids = session.uids()

    answer = session.store(uids | UidSet.of([uids.highest() + 1]), add=SEEN)

    assert [found.uid for found in answer] == list(uids)


def test_change_since_the_known_mod_seq_is_a_conflict(imap: Origin, session: MailSession) -> None:
    for number in range(2):
        imap.put(mail(number))
    opened = session.open("INBOX", writable=True)
    first, second = session.uids()
    known = max(found.mod_seq for found in session.flags(session.uids()))
    session.store(UidSet.of([first]), add=frozenset({"\\Flagged"}))

    answer = session.store(session.uids(), add=SEEN, unchanged_since=known)

    if not opened.status.highest_mod_seq:
        assert {found.uid for found in answer} == {first, second}
        return
    assert {found.uid for found in answer} == {second}
    assert keywords(session) == {first: frozenset({"\\Flagged"}), second: SEEN}


def test_messages_are_moved_and_others_stay(imap: Origin, session: MailSession) -> None:
    for number in range(3):
        imap.put(mail(number))
    session.create("Done")
    session.open("INBOX", writable=True)
    uids = session.uids()

    placed = session.move(uids.newest(2), "Done")

    assert len(keywords(session)) == 1
    assert sorted(bodies(session, "Done")) == [mail(1), mail(2)]
    if session.info.has_uidplus:
        assert placed.uid_validity == session.status("Done").uid_validity
        assert [before for before, _ in placed.uids] == list(uids.newest(2))
        assert [after for _, after in placed.uids] == list(session.uids())


def test_move_never_takes_what_others_flagged_deleted(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1), flags=frozenset({"\\Deleted"}))
    imap.put(mail(2))
    session.create("Done")
    session.open("INBOX", writable=True)
    deleted, moved = session.uids()

    session.move(UidSet.of([moved]), "Done")

    left = keywords(session)
    assert deleted in left
    assert moved not in left or "\\Deleted" in left[moved]
    assert bodies(session, "Done") == [mail(2)]


def test_messages_are_copied_with_their_keywords(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1), flags=SEEN)
    session.create("Copies")
    session.open("INBOX", writable=True)

    placed = session.copy(session.uids(), "Copies")

    assert list(keywords(session, "Copies").values()) == [SEEN]
    assert len(keywords(session)) == 1
    assert placed != Placed() or not session.info.has_uidplus


@pytest.mark.parametrize("verb", ["copy", "move", "append"])
def test_missing_target_mailbox_is_named_and_nothing_is_lost(imap: Origin, session: MailSession, verb: str) -> None:
    imap.put(mail(1))
    session.open("INBOX", writable=True)
    change = {
        "copy": lambda: session.copy(session.uids(), "Nowhere"),
        "move": lambda: session.move(session.uids(), "Nowhere"),
        "append": lambda: session.append("Nowhere", mail(2)),
    }[verb]

    with pytest.raises(ServerError) as caught:
        change()

    assert (caught.value.code, caught.value.transient) == ("no_mailbox", False)
    assert list(keywords(session).values()) == [frozenset()]


def test_message_is_appended_with_keywords_and_date(session: MailSession) -> None:
    moment = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)

    placed = session.append("INBOX", b"Subject: x\n\nbare\r\nends\n", keywords=SEEN | {"work"}, received_at=moment)

    session.open("INBOX")
    (found,) = session.metadata(session.uids())
    assert (found.keywords, found.received_at) == (SEEN | {"work"}, moment)
    assert bodies(session, "INBOX") == [b"Subject: x\r\n\r\nbare\r\nends\r\n"]
    if session.info.has_uidplus:
        assert placed.uids == ((0, found.uid),)


def test_large_message_is_appended_whole(session: MailSession) -> None:
    raw = mail(1, body=b"0123456789abcdef\r\n" * 20_000)

    session.append("INBOX", raw)

    assert bodies(session, "INBOX") == [raw]


def test_creating_a_mailbox_twice_is_no_error(session: MailSession) -> None:
    session.create("Twice")
    session.create("Twice")

    assert "Twice" in [box.name for box in session.mailboxes()]


def test_any_name_can_be_created_listed_and_opened(session: MailSession) -> None:
    for name in NAMES:
        session.create(name)
        session.append(name, mail(1))

    assert {box.name for box in session.mailboxes()} >= set(NAMES)
    assert [session.status(name).messages for name in NAMES] == [1] * len(NAMES)
    assert [session.open(name, writable=True).status.messages for name in NAMES] == [1] * len(NAMES)


@pytest.mark.parametrize("verb", ["open", "create", "status"])
def test_names_that_could_smuggle_commands_are_refused(session: MailSession, verb: str) -> None:
    session.open("INBOX")
    sent = session.commands

    for name in ("", "a\r\nM9 DELETE INBOX", "a\nb", "a\0b"):
        with pytest.raises(InvalidError):
            getattr(session, verb)(name)

    assert session.commands == sent


def test_mailbox_opened_for_reading_is_not_changed(imap: Origin, session: MailSession) -> None:
    imap.put(mail(1))
    session.open("INBOX")

    with pytest.raises(ServerError):
        session.store(session.uids(), add=SEEN)

    assert list(keywords(session).values()) == [frozenset()]


def test_many_uids_take_several_commands_and_none_is_lost(imap: Origin, session: MailSession) -> None:
    for number in range(60):
        imap.put(mail(number))
    session.open("INBOX", writable=True)
    odd = UidSet.of(uid for uid in session.uids() if uid % 2)
    far = UidSet.of(range(10**6, 10**6 + 3_600, 3))  # 9,600 characters

    answer = session.store(odd | far, add=SEEN)

    assert {found.uid for found in answer} == set(odd)
