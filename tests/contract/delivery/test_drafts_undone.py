"""Undo of drafts: only what we appended is removed, to the last octet; what its owner went on writing stays."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.work.operation import Change
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Answer, Bye, Fault, MissingMessage
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.delivery.conftest import World
from tests.contract.delivery.test_drafts import bodies, write_draft
from tests.contract.delivery.twins import server_of, shapes


def delivered_draft(world: World) -> Change:
    world.put("one")
    world.sync()
    change = write_draft(world)
    world.deliver()
    return change


def drafts_of(world: World) -> Mailbox:
    return server_of(world).store.user("ada").mailbox("Drafts")


def undo(world: World, change: Change) -> tuple[str, str]:
    """Undo a draft, deliver that, and answer how its entry stands."""
    UndoService(world.owner).undo(change)
    world.deliver()
    with world.owner.read() as uow:
        [entry] = world.change(uow.connection.scalar(select(func.max(t.changes.c.id))))
    return entry.state, entry.error_code


def test_undo_removes_the_draft(world: World) -> None:
    world.put("one")
    world.put("mine", mailbox="Drafts")
    world.sync()
    change = write_draft(world)
    world.deliver()

    UndoService(world.owner).undo(change)
    world.deliver()
    world.sync()

    left = [keywords for _, keywords in world.on_server()["Drafts"]]
    assert left in ([()], [(), ("\\Deleted", "\\Draft", "\\Seen")])
    assert ("mine", ()) in world.on_server()["Drafts"]


def test_undo_leaves_a_draft_that_its_owner_went_on_writing(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = write_draft(home)
    home.deliver()
    box = home.server.store.user("ada").mailbox("Drafts")
    [kept] = box.messages
    box.append(kept.raw + b"And more.\r\n")
    box.expunge([kept.uid])

    left = undo(home, change)

    assert len(bodies(home)) == 1
    assert left == ("conflicted", "changed_since")


def test_undo_leaves_a_draft_that_another_client_edited_in_place(home: World) -> None:
    """Its Message-ID and its size are those of ours."""
    change = delivered_draft(home)
    box = drafts_of(home)
    [kept] = box.messages
    edited = kept.raw.replace(b"Yes.", b"No!!")
    box.append(edited)
    box.expunge([kept.uid])

    left = undo(home, change)

    assert (bodies(home), left) == ([edited], ("conflicted", "changed_since"))


def test_undo_removes_our_draft_and_no_other_mail_of_its_message_id_and_size(home: World) -> None:
    change = delivered_draft(home)
    [kept] = drafts_of(home).messages
    other = kept.raw.replace(b"Yes.", b"No!!")
    drafts_of(home).append(other)

    left = undo(home, change)

    assert (bodies(home), left) == ([other], ("delivered", ""))


def test_undo_removes_one_of_two_drafts_with_the_same_octets(home: World) -> None:
    change = delivered_draft(home)
    [kept] = drafts_of(home).messages
    drafts_of(home).append(kept.raw)

    undo(home, change)

    assert [one.uid for one in drafts_of(home).messages] == [kept.uid + 1]


def test_undo_of_a_draft_that_is_gone_has_nothing_to_do(home: World) -> None:
    change = delivered_draft(home)
    drafts_of(home).expunge(drafts_of(home).uids)

    assert undo(home, change) == ("delivered", "")


def test_undo_removes_a_draft_that_search_does_not_find(home: World) -> None:
    """There are servers that index their mail some time later."""
    change = delivered_draft(home)
    server_of(home).faults.add(Fault("UID SEARCH", Answer("OK"), times=None, having="Message-ID"))

    assert undo(home, change) == ("delivered", "")
    assert bodies(home) == []


def test_undo_of_a_draft_whose_entry_is_erased_removes_nothing(home: World) -> None:
    change = delivered_draft(home)
    UndoService(home.owner).undo(change)
    with home.owner.begin() as uow:
        uow.execute(t.outbox.delete().where(t.outbox.c.kind == "append"))

    report = home.deliver()

    assert len(bodies(home)) == 1
    assert [note.code for note in report.errors] == ["unsure"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("UID FETCH", MissingMessage(1), times=None), "untold"),
        (Fault("UID EXPUNGE", Bye(), times=None), "connection_lost"),
    ],
)
def test_undo_of_a_draft_of_which_nothing_is_told_is_not_done(home: World, fault: Fault, code: str) -> None:
    change = delivered_draft(home)
    server_of(home).faults.add(fault)

    left = undo(home, change)
    server_of(home).faults.clear()

    assert (left, len(bodies(home))) == (("waiting", code), 1)


def test_undo_of_a_draft_that_the_server_keeps_is_not_done(home: World) -> None:
    change = delivered_draft(home)
    done = Answer("OK", "Done")
    server_of(home).faults.add(*(Fault(one, done, times=None) for one in ("UID STORE", "UID EXPUNGE")))

    assert undo(home, change) == ("waiting", "unconfirmed")
    assert len(bodies(home)) == 1


def test_undo_before_delivery_sends_no_draft(home: World) -> None:
    home.put("one")
    home.sync()
    change = write_draft(home)

    UndoService(home.owner).undo(change)

    assert home.deliver().commands == 0
    assert bodies(home) == []


@shapes("all")
def test_undo_finds_the_draft_by_what_it_is_where_search_is_refused(bundled: World) -> None:
    """Its mailbox was numbered anew: it is looked for among all."""
    change = delivered_draft(bundled)
    drafts_of(bundled).renumber()
    server_of(bundled).faults.add(Fault("UID SEARCH", Answer("NO", "No such key"), times=None, having="Message-ID"))

    assert undo(bundled, change) == ("delivered", "")
    assert bodies(bundled) == []


@shapes("all")
def test_a_leap_of_uids_costs_one_listing(bundled: World) -> None:
    change = delivered_draft(bundled)
    drafts = drafts_of(bundled)
    drafts.expunge(drafts.uids)
    drafts.uid_next += 100_000
    server_of(bundled).log.clear()

    assert undo(bundled, change) == ("delivered", "")
    assert server_of(bundled).log.names.count("UID FETCH") < 5
