"""Rules, tags and undo on a mail server: what was decided arrives, and what is taken back leaves no trace there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from mailhelper_core import Account, MailHelper, OwnerServices, Rule
from mailhelper_core.testing import Answer, Fault, ImapServer
from mailhelper_core.testing.mailstore.store import User

Held = dict[str, list[tuple[str, tuple[str, ...]]]]


@dataclass
class House:
    """A server with mail, and its owner."""

    server: ImapServer
    ada: OwnerServices
    account: Account

    @property
    def user(self) -> User:
        return self.server.store.user("ada")

    def put(self, subject: str, *, mailbox: str = "INBOX", flags: tuple[str, ...] = ()) -> None:
        raw = f"From: Bob Bell <bob@bank.example>\r\nTo: ada@example.org\r\nSubject: {subject}\r\n\r\nText.\r\n"
        self.user.mailbox(mailbox).append(raw.encode(), flags=flags)

    def held(self) -> Held:
        """What the server holds: by mailbox the subjects and keywords."""
        found: Held = {}
        for mailbox in self.user.mailboxes:
            for message in mailbox.messages:
                subject = message.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode()
                found.setdefault(mailbox.name, []).append((subject, tuple(sorted(set(message.flags) - {"\\Recent"}))))
        return {name: sorted(mails) for name, mails in found.items()}


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with ImapServer(users={"ada": "secret"}) as server, MailHelper(database_url, key=b"k" * 32) as helper:
        ada = helper.for_owner("ada")
        yield House(server, ada, ada.accounts.add(server.url, username="ada", password="secret"))


def test_every_built_in_action_arrives_on_the_server(house: House) -> None:
    house.put("move me")
    house.put("copy me", flags=("todo",))
    house.put("archive me")
    house.put("discard me")
    house.put("mark me", flags=("todo", "\\Answered"))
    for when, then in (
        ("subject:move", ("fileinto", "Work/Größe")),
        ("subject:copy", ("copy", "Copies")),
        ("subject:archive", "archive"),
        ("subject:discard", "discard"),
        ("subject:mark", ("addflag", "read work")),
        ("subject:mark", ("removeflag", "todo")),
        ("subject:copy", ("setflag", "flagged")),
    ):
        house.ada.rules.save(Rule(f"{when} {then}", when, [then]))

    report = house.ada.run(house.account.id)

    assert (report.rules.hits, report.deliver.delivered, report.errors) == (7, 9, ())
    assert house.held() == {
        "INBOX": [("copy me", ("\\Flagged",)), ("mark me", ("\\Answered", "\\Seen", "work"))],
        "Work/Größe": [("move me", ())],
        "Copies": [("copy me", ("\\Flagged",))],
        "Archive": [("archive me", ())],
        "Trash": [("discard me", ())],
    }
    assert house.ada.outbox.pending() == ()


def test_every_ready_made_rule_does_on_the_server_what_it_says(house: House) -> None:
    attached = (
        "From: Bob Bell <bob@bank.example>\r\nTo: ada@example.org\r\nSubject: with a file\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n"
    )
    house.user.mailbox("INBOX").append(attached.encode())
    for subject in ("weekly letter", "million euro", "call me"):
        house.put(subject)
    house.ada.run(house.account.id)
    ids = {message.subject: message.id for message in house.ada.search("")}
    house.ada.opinions.correct([ids["weekly letter"]], category="newsletter", spam=False)
    house.ada.opinions.correct([ids["million euro"]], spam=True, category="other")
    house.ada.opinions.correct([ids["call me"], ids["with a file"]], category="people", spam=False, importance=1)
    house.ada.opinions.correct([ids["call me"]], importance=3)
    ready = house.ada.rules.ready_made()
    for one in ready:
        house.ada.rules.save(one.rule)

    house.ada.rules.run(query="")
    house.ada.outbox.deliver(house.account.id)

    assert {one.name for one in ready} == {
        "archive-newsletters", "discard-spam", "flag-important", "file-attachments",
    }  # fmt: skip
    assert house.held() == {
        "INBOX": [("call me", ("\\Flagged",)), ("with a file", ())],
        "Archive": [("weekly letter", ("\\Seen",))],
        "Trash": [("million euro", ("\\Seen",))],
        "Attachments": [("with a file", ())],
    }


def test_what_the_server_refuses_is_not_called_done(house: House) -> None:
    house.put("move me")
    house.ada.rules.save(Rule("move", "subject:move", [("fileinto", "Finance")]))
    house.server.faults.add(Fault("UID MOVE", Answer(), times=99))

    report = house.ada.run(house.account.id)

    assert (report.rules.hits, report.deliver.delivered) == (1, 0)
    assert len(report.errors) > 0
    assert house.held() == {"INBOX": [("move me", ())]}
    assert [entry.state for entry in house.ada.outbox.pending()] == ["waiting"]


@pytest.mark.parametrize(
    "then",
    [
        [("fileinto", "Made"), ("addflag", "read work"), ("tag", "x")],
        [("copy", "Made"), "archive", ("setflag", "flagged")],
        ["discard", ("priority", "high")],
        [("removeflag", "todo"), ("copy", "Made"), ("fileinto", "Work/Größe"), ("addflag", "read")],
    ],
)
def test_undo_and_delivery_restore_the_server(house: House, then: list[str]) -> None:
    house.put("invoice 1", flags=("todo", "\\Answered"))
    house.put("invoice 2")
    house.put("invoice 3", mailbox="Archive", flags=("\\Seen",))
    house.put("hello", flags=("todo",))
    before = house.held()
    house.ada.rules.save(Rule("one", "subject:invoice", then))
    run = house.ada.run(house.account.id)
    changed = house.held()

    report = house.ada.undo(run.rules.change)
    house.ada.outbox.deliver(house.account.id)
    house.ada.sync(house.account.id)

    assert changed != before
    assert report.left == 0
    assert house.held() == before
    assert {message.subject: sorted(message.mailboxes) for message in house.ada.search("")} == {
        subject: [mailbox] for mailbox, mails in before.items() for subject, _ in mails
    }
    assert house.ada.run(house.account.id).rules.hits == 0
    assert house.ada.rules.run(query="").hits == 0
    assert house.held() == before


def test_a_time_span_of_delivered_changes_is_taken_back_on_the_server(house: House) -> None:
    house.put("invoice", flags=("todo",))
    house.ada.run(house.account.id)
    before = house.held()
    begin = datetime.now(UTC)
    message = house.ada.search("")[0].id
    house.ada.messages.move([message], "One")
    house.ada.outbox.deliver(house.account.id)
    house.ada.rules.save(Rule("on", "in:One", [("fileinto", "Two"), ("removeflag", "todo"), ("tag", "x")]))
    house.ada.rules.run(query="")
    house.ada.outbox.deliver(house.account.id)
    house.ada.messages.trash([message])
    house.ada.outbox.deliver(house.account.id)

    report = house.ada.undo(since=begin)
    house.ada.outbox.deliver(house.account.id)
    house.ada.sync(house.account.id)

    assert (report.undone, report.left) == (5, 0)
    assert house.held() == before
    assert house.ada.search("")[0].tags == ()


def test_a_message_that_the_owner_moved_elsewhere_since_is_left_there(house: House) -> None:
    house.put("invoice 1")
    house.put("invoice 2")
    house.ada.rules.save(Rule("one", "subject:invoice", [("fileinto", "Finance"), ("addflag", "read")]))
    run = house.ada.run(house.account.id)
    house.ada.sync(house.account.id)
    finance, elsewhere = house.user.mailbox("Finance"), house.user.create("Elsewhere")
    finance.move(finance.uids[:1], elsewhere)
    house.ada.sync(house.account.id)

    report = house.ada.undo(run.rules.change)
    house.ada.outbox.deliver(house.account.id)
    house.ada.sync(house.account.id)

    assert (report.undone, report.left) == (3, 1)
    assert house.held() == {"INBOX": [("invoice 2", ())], "Elsewhere": [("invoice 1", ())]}


def test_what_the_owner_moved_back_in_another_program_is_not_moved_again(house: House) -> None:
    house.put("invoice 1")
    house.put("invoice 2")
    house.ada.rules.save(Rule("one", "subject:invoice", [("fileinto", "Finance")]))
    house.ada.run(house.account.id)
    house.ada.sync(house.account.id)
    finance = house.user.mailbox("Finance")
    finance.move(finance.uids[:1], house.user.mailbox("INBOX"))
    house.ada.sync(house.account.id)
    house.ada.rules.save(Rule("one", "subject:invoice", [("fileinto", "Finance"), ("tag", "bills")]))

    run = house.ada.rules.run(query="")

    assert (run.hits, house.ada.count("in:inbox"), house.ada.count("in:Finance tag:bills")) == (1, 1, 1)


@pytest.mark.parametrize("subjects", [(), ("one",)], ids=["empty", "with mail"])
def test_a_mailbox_that_was_removed_is_not_made_again(house: House, subjects: tuple[str, ...]) -> None:
    house.user.create("Temp")
    for subject in subjects:
        house.put(subject, mailbox="Temp")
    house.ada.run(house.account.id)
    house.ada.rules.save(Rule("file", "subject:lunch", [("fileinto", "Temp")]))
    house.ada.rules.save(Rule("new", "subject:dinner", [("fileinto", "Never there")]))
    house.user.delete("Temp")
    house.put("lunch")
    house.put("dinner")

    report = house.ada.run(house.account.id)

    assert [note.code for note in report.rules.errors] == ["mailbox_gone"]
    assert ["gone" in rule.disabled_reason for rule in house.ada.rules.list()] == [True, False]
    assert [finding.kind for finding in house.ada.rules.analyze()] == ["broken"]
    assert set(house.held()) == {"INBOX", "Never there"}


def test_a_mailbox_that_came_back_is_filed_into_again(house: House) -> None:
    house.user.create("Temp")
    house.ada.run(house.account.id)
    house.ada.rules.save(Rule("file", "subject:lunch", [("fileinto", "Temp")]))
    house.user.delete("Temp")
    house.ada.run(house.account.id)
    house.user.create("Temp")
    house.put("lunch")

    house.ada.run(house.account.id)

    assert set(house.held()) == {"Temp"}


def test_the_timeline_says_why_a_message_is_where_it_is(house: House) -> None:
    house.put("lunch")
    house.ada.run(house.account.id)
    (message,) = house.ada.search("subject:lunch")
    house.ada.rules.save(Rule("file", "subject:lunch", [("fileinto", "Work"), ("tag", "food")]))
    house.ada.opinions.correct([message.id], category="people")
    run = house.ada.rules.run(query="subject:lunch")
    house.ada.outbox.deliver(house.account.id)
    filed = house.ada.messages.timeline(message.id)

    house.ada.undo(run.change)
    taken_back = house.ada.messages.timeline(message.id)

    assert filed[0].kind == "received"
    assert [entry.at for entry in filed] == sorted(entry.at for entry in filed)
    by = {(entry.kind, entry.what.split(" (")[0]): (entry.by, entry.reasons) for entry in filed}
    assert by["rule", "matched"] == ("file", ("subject:lunch saw lunch",))
    assert by["operation", "move Work"][0] == by["tag", "food"][0] == "rule"
    assert any(kind == "correction" and what.endswith("-> people") for kind, what in by)
    (hit,) = (entry for entry in taken_back if entry.kind == "rule")
    assert "taken back by the owner" in hit.reasons
    assert not any(entry.kind == "tag" for entry in taken_back)


def test_the_flags_of_one_copy_arrive_at_that_copy(house: House) -> None:
    house.put("Hello", flags=("todo",))
    house.ada.rules.import_sieve('require ["fileinto", "imap4flags"]; fileinto :flags "work" "New"; keep;')

    house.ada.run(house.account.id)
    house.ada.run(house.account.id)

    assert house.held() == {"INBOX": [("Hello", ("todo",))], "New": [("Hello", ("todo", "work"))]}
    assert house.ada.outbox.pending() == ()
