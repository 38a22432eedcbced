"""Mailboxes that another client renames or deletes: what waits follows them, and undo finds what they hold."""

from __future__ import annotations

import imaplib
from collections.abc import Callable

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.mail.keyword import SEEN
from mailhelper_core.model.work.operation import AddKeyword, AddTag, CopyMessage, DropCopy, MoveMessage, Operation
from mailhelper_core.model.work.report import ErrorNote, UndoReport
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work import renamed as renamed_store
from tests.contract.delivery.conftest import World

BILLS, RECHNUNGEN = "Bills", "Rechnungen 2026"


def another_client(world: World, command: str, *names: str) -> None:
    server = imaplib.IMAP4(world.endpoint.host, world.endpoint.port)
    server.login(world.endpoint.username, world.endpoint.secret or "")
    answer, _ = getattr(server, command)(*(f'"{name}"' for name in names))
    server.logout()
    assert answer == "OK"


def renamed(world: World, was: str = BILLS, became: str = RECHNUNGEN) -> None:
    another_client(world, "rename", was, became)


def carried_out(world: World) -> None:
    """Deliver before a sync, as a run does, and behind it."""
    for _ in range(2):
        world.deliver()
        world.pass_time(hours=1)
        world.sync()
    world.deliver()
    world.sync()


def begin(world: World, mailbox: str = "INBOX") -> int:
    for number in range(3):
        world.put(f"old {number}", mailbox=BILLS)
    world.put("one", mailbox=mailbox)
    world.sync()
    return world.id("one")


def where(world: World, subject: str) -> list[str]:
    found = sorted(name for name, held in world.on_server().items() if any(one == subject for one, _ in held))
    assert found == sorted(place.mailbox for place in world.see(subject).places)
    return found


MOVES: dict[str, tuple[Callable[[int], Operation], str, list[str]]] = {
    "into it": (lambda id_: MoveMessage(id_, BILLS), "INBOX", ["INBOX"]),
    "out of it": (lambda id_: MoveMessage(id_, "INBOX"), BILLS, [RECHNUNGEN]),
    "copied into it": (lambda id_: CopyMessage(id_, BILLS), "INBOX", ["INBOX"]),
}


def assert_undone_after_a_rename(world: World, move: str, is_seen: bool) -> None:
    operation, start, home = MOVES[move]
    change = world.decide(operation(begin(world, start)))
    carried_out(world)
    renamed(world)
    if is_seen:
        world.pass_time(hours=1)
        world.sync()

    report = UndoService(world.owner).undo(change)
    carried_out(world)

    assert report == UndoReport(undone=1)
    assert where(world, "one") == home
    assert BILLS not in world.on_server()
    assert where(world, "old 1") == [RECHNUNGEN]


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen"])
@pytest.mark.parametrize("move", MOVES)
def test_undo_finds_what_lies_in_a_renamed_mailbox(world: World, move: str, is_seen: bool) -> None:
    assert_undone_after_a_rename(world, move, is_seen)


def test_what_waits_for_a_renamed_mailbox_follows_it(world: World) -> None:
    change = world.decide(MoveMessage(begin(world), BILLS), by="rule")
    renamed(world)

    carried_out(world)

    assert world.states(change) == ["delivered"]
    assert where(world, "one") == [RECHNUNGEN]
    assert BILLS not in world.on_server()


def test_what_waits_for_a_deleted_mailbox_is_carried_out_when_a_sync_has_missed_it(world: World) -> None:
    change = world.decide(MoveMessage(begin(world), BILLS))
    another_client(world, "delete", BILLS)
    world.deliver()
    before = where_shown(world)

    carried_out(world)

    assert before == [BILLS]
    assert world.states(change) == ["delivered"]
    assert where(world, "one") == [BILLS]


def where_shown(world: World) -> list[str]:
    return [place.mailbox for place in world.see("one").places]


def test_a_rename_follows_only_what_it_concerns(home: World) -> None:
    one = begin(home)
    change = home.decide(CopyMessage(one, "Bills/2025"), MoveMessage(one, f"Big {BILLS}"), AddKeyword(one, SEEN))
    renamed(home)
    home.pass_time(hours=1)
    home.sync()
    home.deliver()

    named = [entry.operation for entry in home.change(change.id)]
    names = [one.mailbox for one in named if isinstance(one, CopyMessage | MoveMessage)]

    assert names == ["Bills/2025", f"Big {BILLS}"]


ODD_NAMES = ['say "Bills"', "a\\b", "100%_/x", "Rechnungen – März", "~bills&co"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_of_any_letters_are_followed_some_at_a_time(home: World, name: str) -> None:
    one = begin(home)
    two = home.id("old 1")
    change = home.decide(
        CopyMessage(one, name), MoveMessage(two, name, source_id=home.see("old 1").places[0].mailbox_id)
    )

    with home.owner.begin() as uow:
        first = renamed_store.follow(uow, home.account.id, name, 'new "name"', limit=1)
        second = renamed_store.follow(uow, home.account.id, name, 'new "name"', after=first, limit=2)
        rows = outbox.rows_of_change(uow, change.id)

    assert first
    assert not second
    assert [row.operation.mailbox for row in rows] == ['new "name"'] * 2  # type: ignore[union-attr]
    assert rows[0].inverse == (DropCopy(one, 'new "name"'),)


def test_undo_says_of_each_message_why_it_was_left(home: World) -> None:
    for name in ("one", "two", "three"):
        home.put(name)
    home.sync()
    one, two, three = (home.id(name) for name in ("one", "two", "three"))
    change = home.decide(AddKeyword(one, SEEN), MoveMessage(two, "Finance"), AddTag(three, "bills"))
    home.deliver()
    home.decide(MoveMessage(two, "Elsewhere"))
    with home.other_client() as session:
        session.store(session.uids(), remove=frozenset({SEEN}))
    home.pass_time(hours=1)
    home.sync()

    report = UndoService(home.owner).undo(change)

    assert (report.undone, report.left) == (1, 2)
    assert report.errors == (
        ErrorNote(f"message:{one}", "changed_since", "It is no longer as this change left it."),
        ErrorNote(f"message:{two}", "decided_since", "It was decided about again after this change."),
    )
