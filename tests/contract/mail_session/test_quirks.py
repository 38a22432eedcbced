"""Servers that follow the standard in their own way: missing facts, odd names, large mailboxes."""

from __future__ import annotations

from contextlib import suppress

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import MailSession, Resume
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap import search
from mailhelper_core.testing import Call, Fault, ImapServer, Lines, SendInstead
from tests.contract.mail_session.origins import BundledOrigin, mail


def filled(server: ImapServer, count: int = 3) -> MailSession:
    origin = BundledOrigin(server)
    for number in range(count):
        origin.put(mail(number))
    return origin.connect(timeout="2")


def test_mailbox_without_mod_seqs_is_read_like_one_of_an_old_server(server: ImapServer) -> None:
    server.store.user("ada").mailbox("INBOX").keeps_mod_seqs = False
    session = filled(server)

    opened = session.open("INBOX", writable=True, resume=Resume(1_700_000_001, 5, UidSet.parse("1:2")))

    assert (opened.status.highest_mod_seq, opened.delta) == (0, None)
    assert len(list(session.flags(session.uids(), changed_since=7))) == 3
    assert {found.mod_seq for found in session.metadata(session.uids())} == {0}
    assert len(session.store(session.uids(), add=frozenset({"\\Seen"}), unchanged_since=1)) == 3


def test_uid_validity_and_uid_next_missing_in_select_are_asked_for(server: ImapServer) -> None:
    session = filled(server)
    server.faults.add(Fault("EXAMINE", Lines(b"UIDVALIDITY")), Fault("EXAMINE", Lines(b"UIDNEXT")))

    status = session.open("INBOX").status

    assert (status.uid_validity, status.uid_next) == (1_700_000_001, 4)


def test_mailbox_without_lasting_uids_is_refused(server: ImapServer) -> None:
    session = filled(server)
    server.faults.add(
        Fault("EXAMINE", Lines(b"UIDVALIDITY 1700000001", b"UIDVALIDITY 0")),
        Fault("STATUS", Lines(b"UIDVALIDITY 1700000001", b"UIDVALIDITY 0")),
    )

    with pytest.raises(ServerError) as caught:
        session.open("INBOX")

    assert (caught.value.code, caught.value.transient) == ("no_uid_validity", False)


def test_large_numbers_are_taken_as_they_are(server: ImapServer) -> None:
    session = filled(server)
    server.faults.add(Fault("EXAMINE", Lines(b"UIDVALIDITY 1700000001", b"UIDVALIDITY 99999999999")))

    assert session.open("INBOX").status.uid_validity == 99_999_999_999


def test_permanent_keywords_are_told_when_opened_for_writing() -> None:
    with ImapServer(permanent_keywords=["$Junk"]) as server:
        session = filled(server)

        assert session.open("INBOX").permanent_keywords is None
        permanent = session.open("INBOX", writable=True).permanent_keywords

    assert permanent is not None
    assert {"$Junk", "\\Seen", "\\Deleted"} <= permanent
    assert "work" not in permanent


def test_any_keyword_is_none(server: ImapServer) -> None:
    assert filled(server).open("INBOX", writable=True).permanent_keywords is None


def test_mailbox_that_only_others_may_change_is_read_only(server: ImapServer) -> None:
    server.store.user("ada").mailbox("INBOX").read_only = True
    session = filled(server)

    assert session.open("INBOX", writable=True).read_only
    assert len(list(session.bodies(session.uids()))) == 3
    for change in (lambda: session.store(UidSet.of([1]), add=frozenset({"\\Seen"})), lambda: _move(session)):
        with pytest.raises(ServerError) as caught:
            change()
        assert (caught.value.code, caught.value.transient) == ("read_only", False)


def _move(session: MailSession) -> None:
    session.move(UidSet.of([1]), "Trash")


@pytest.mark.parametrize("without", [(), ("ESEARCH",)])
def test_large_mailbox_is_listed_in_windows(monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...]) -> None:
    monkeypatch.setattr(search, "WINDOW_MESSAGES", 10)
    with ImapServer(without=without) as server:
        session = filled(server, 35)
        session.open("INBOX")
        server.log.clear()

        assert session.uids() == UidSet.parse("1:35")
        assert len(server.log.names) == 4


def test_expunge_between_windows_hides_no_message(monkeypatch: pytest.MonkeyPatch, server: ImapServer) -> None:
    monkeypatch.setattr(search, "WINDOW_MESSAGES", 10)
    session = filled(server, 35)
    inbox = server.store.user("ada").mailbox("INBOX")
    session.open("INBOX")
    server.faults.add(Fault("UID SEARCH", Call(lambda: inbox.expunge([1, 2, 5, 33])), nth=2))

    found = session.uids()

    assert UidSet.of(inbox.uids) - found == UidSet()


def test_listing_shorter_than_the_mailbox_is_no_listing(server: ImapServer) -> None:
    session = filled(server)
    session.open("INBOX")
    server.faults.add(Fault("UID SEARCH", SendInstead(b'* ESEARCH (TAG "M9") UID ALL 1\r\n'), times=2))

    with pytest.raises(ServerError) as caught:
        session.uids()

    assert (caught.value.code, caught.value.transient) == ("incomplete", True)
    assert session.uids() == UidSet.parse("1:3")


@pytest.mark.parametrize(
    ("listed", "name", "sent"),
    [
        (b'"Broken &AO name"', "Broken &AO name", b'"Broken &AO name"'),
        (b'"Fish & Chips"', "Fish & Chips", b'"Fish & Chips"'),
        (b'"&AGE-"', "a", b'"&AGE-"'),
        (b'{9}\r\nquo"te\\d!', 'quo"te\\d!', b'"quo\\"te\\\\d!"'),
        (b"atom.name", "atom.name", b'"atom.name"'),
        (b"NIL", "NIL", b'"NIL"'),
        (b'"na\xc3\xafve"', "naïve", b"{6+}\r\nna\xc3\xafve"),
    ],
)
def test_names_are_sent_back_as_the_server_spelt_them(
    server: ImapServer, listed: bytes, name: str, sent: bytes
) -> None:
    session = filled(server)
    server.faults.add(Fault("LIST", SendInstead(b'* LIST () "/" ' + listed + b"\r\n")))

    (box,) = session.mailboxes()
    server.log.clear()
    with pytest.raises(ServerError):
        session.status(box.name)

    assert box.name == name
    assert sent.decode() in server.log.commands[0].line


def test_mailbox_without_hierarchy_has_no_delimiter(server: ImapServer) -> None:
    session = filled(server)
    server.faults.add(Fault("LIST", SendInstead(b'* LIST (\\Noselect) NIL "Public"\r\n* LIST () NIL inbox\r\n')))

    boxes = {box.name: box for box in session.mailboxes()}

    assert (boxes["Public"].delimiter, boxes["Public"].selectable) == ("", False)
    assert boxes["INBOX"].role == "inbox"


def test_roles_follow_names_where_no_attribute_says_them() -> None:
    with ImapServer(without=["SPECIAL-USE"]) as server:
        for name in ("Papierkorb", "Gesendet", "Entwürfe", "Archiv", "Kunden/Spam"):
            server.store.user("ada").create(name)
        for name in ("Trash", "Sent", "Drafts", "Archive", "Junk"):
            server.store.user("ada").delete(name)

        roles = {box.name: box.role for box in BundledOrigin(server).connect().mailboxes()}

    assert {name: role for name, role in roles.items() if role} == {
        "INBOX": "inbox",
        "Papierkorb": "trash",
        "Gesendet": "sent",
        "Entwürfe": "drafts",
        "Archiv": "archive",
    }


def test_many_mailboxes_are_listed_in_one_command(server: ImapServer) -> None:
    for number in range(300):
        server.store.user("ada").create(f"box{number}")
    session = BundledOrigin(server).connect()

    boxes = session.mailboxes()

    assert len(boxes) == 306
    assert all(box.status for box in boxes)
    assert session.commands == 1


def test_login_that_tells_no_capabilities_is_asked_for_them(server: ImapServer) -> None:
    server.faults.add(Fault("LOGIN", SendInstead(b"")))

    session = BundledOrigin(server).connect()

    assert session.info.has_resync


def test_two_mailboxes_whose_names_read_alike_stay_two(server: ImapServer) -> None:
    user = server.store.user("ada")
    for name, count in (("A", 1), ("R&D", 2)):
        mailbox = user.create(name)
        for number in range(count):
            mailbox.append(mail(number))
    server.faults.add(Fault("LIST", Lines(b'"A"', b'"R&D"'), times=None))
    session = BundledOrigin(server).connect(timeout="2")

    found = {one.name: one.status for one in session.mailboxes()}
    with suppress(ServerError):
        session.status("R&D (522644)")

    assert {name: status and status.messages for name, status in found.items() if name.startswith("R")} == {
        "R&D": 2, "R&D (522644)": 1,
    }  # fmt: skip
    assert 'STATUS "R&D" ' in server.log.commands[-1].line


def test_a_server_of_the_new_version_alone_is_spoken_to() -> None:
    with ImapServer(capabilities=("IMAP4rev2", "AUTH=PLAIN", "UIDPLUS", "MOVE", "ESEARCH")) as server:
        session = filled(server, 2)

        session.open("INBOX", writable=True)
        session.move(UidSet.parse("1"), "Archive")
        with suppress(ServerError):
            session.status("Entwürfe")

        assert "IMAP4REV1" not in session.info.capabilities
        assert (str(session.uids()), session.status("Archive").messages) == ("2", 1)
        assert not [command for command in server.log.commands if "Entw&" in command.line]


def test_mailbox_whose_uid_next_is_told_nowhere_can_be_opened(server: ImapServer) -> None:
    session = filled(server)
    server.faults.add(*(Fault(name, Lines(b"UIDNEXT", b"X-NEXT"), times=None) for name in ("EXAMINE", "STATUS")))

    status = session.open("INBOX").status

    assert (status.messages, status.uid_validity, status.uid_next) == (3, 1_700_000_001, 0)
    assert len(session.uids()) == 3
