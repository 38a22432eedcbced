"""Drafts: one arrives whatever is cut off, undo removes it unless its owner has gone on writing."""

from __future__ import annotations

from contextlib import closing, suppress

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AppendDraft, Change
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.store.work import changes, drafts
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.testing import Answer, Bye, Fault, Interrupt
from tests.contract.delivery.conftest import World, all_uids
from tests.contract.delivery.twins import server_of, shapes

TEXT = b"From: ada@example.org\nSubject: Re: one\nMessage-ID: <other@example.org>\n\nYes.\n"


def write_draft(world: World, raw: bytes = TEXT) -> Change:
    with world.owner.begin() as uow:
        operation = drafts.prepare(uow, world.id("one"), raw)
        change_id = changes.new_change(uow, "draft")
        decide(uow, change_id, [Decision(operation)])
    return world.change(change_id)


def bodies(world: World, mailbox: str = "Drafts") -> list[bytes]:
    with closing(connect_imap(world.endpoint)) as session:
        if mailbox not in [one.name for one in session.mailboxes()]:
            return []
        uids = all_uids(session.open(mailbox))
        return [raw for _, raw in session.bodies(uids)]


def test_a_draft_arrives_once_under_its_own_message_id(world: World) -> None:
    world.put("one")
    world.sync()
    change = write_draft(world)
    [entry] = change.entries
    assert isinstance(entry.operation, AppendDraft)

    report = world.deliver()
    world.sync()

    [raw] = bodies(world)
    assert raw == drafts.with_message_id(TEXT, entry.operation.draft_id)
    assert b"other@example.org" not in raw
    assert (report.delivered, world.states(change)) == (1, ["delivered"])
    assert world.on_server()["Drafts"] == world.shown()["Drafts"] == [("Re: one", ("\\Draft", "\\Seen"))]
    assert world.on_server()["INBOX"] == [("one", ())]


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("APPEND", Interrupt("tag")),
        ("APPEND", Bye()),
        ("APPEND", Answer("NO")),
        ("STATUS", Bye()),
        ("CREATE", Interrupt("tag")),
    ],
)
def test_a_draft_whose_delivery_is_cut_arrives_once(home: World, command: str, action: Bye) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    write_draft(home)
    home.server.faults.add(Fault(command, action))

    with suppress(ServerError):
        home.deliver()
    home.server.faults.clear()
    home.pass_time(hours=2)
    home.deliver()

    assert len(bodies(home)) == 1


def test_a_draft_of_which_only_the_answer_was_lost_is_found_in_a_renumbered_mailbox(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    write_draft(home)
    home.server.faults.add(Fault("APPEND", Interrupt("tag")))
    home.deliver()
    home.server.store.user("ada").mailbox("Drafts").renumber()
    home.pass_time(hours=2)

    home.deliver()

    assert len(bodies(home)) == 1


def test_a_draft_whose_delivery_was_cut_arrives_though_its_mailbox_is_deleted(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    write_draft(home)
    home.server.faults.add(Fault("APPEND", Bye()))
    with suppress(ServerError):
        home.deliver()
    home.server.faults.clear()
    home.server.store.user("ada").delete("Drafts")

    for _ in range(2):
        home.pass_time(hours=2)
        home.sync()
        home.deliver()

    assert len(bodies(home)) == 1


@shapes("all", "no-uidplus")
def test_a_draft_that_was_accepted_and_not_made_is_tried_again(bundled: World) -> None:
    bundled.put("one")
    bundled.sync()
    change = write_draft(bundled)
    server_of(bundled).faults.add(Fault("APPEND", Answer("OK", "Done")))

    bundled.deliver()
    refused = bundled.states(change), bodies(bundled)
    bundled.pass_time(hours=2)
    bundled.deliver()

    assert refused == (["waiting"], [])
    assert (bundled.states(change), len(bodies(bundled))) == (["delivered"], 1)


@pytest.mark.parametrize("answer", [Answer("OK"), Answer("NO", "No such key")], ids=["nothing yet", "refused"])
@shapes("no-uidplus")
def test_a_draft_that_search_does_not_find_is_made_once(bundled: World, answer: Answer) -> None:
    bundled.put("one")
    bundled.sync()
    change = write_draft(bundled)
    server_of(bundled).faults.add(Fault("UID SEARCH", answer, times=None, having="Message-ID"))

    bundled.deliver()

    assert (bundled.states(change), len(bodies(bundled))) == (["delivered"], 1)


def test_a_draft_for_a_message_that_is_gone_is_still_delivered(home: World) -> None:
    home.put("one")
    home.sync()
    write_draft(home)
    with home.other_client() as session:
        session.expunge(UidSet.of([1]))
    home.sync()

    home.deliver()

    assert len(bodies(home)) == 1


def test_a_draft_that_the_server_refuses_for_good_is_told(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = write_draft(home)
    home.server.faults.add(Fault("APPEND", Answer("NO", "Too big", "TOOBIG"), times=None))

    report = home.deliver()

    assert (report.conflicted, world_codes(home, change)) == (1, ["too_large"])


def world_codes(world: World, change: Change) -> list[str]:
    return [entry.error_code for entry in world.change(change.id).entries]
