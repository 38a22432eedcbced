"""A body that is clearly shorter than announced is stored and told; verify sees it, repair fetches it again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Fault, WithItem
from mailhelper_core.testing.imap.answer_actions import CutBody
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, mail, on_server

LONG = "A long and important story. " * 40
CUT = 200


def cut(world: ServerWorld, uids: list[int], octets: int = CUT, **options: Any) -> None:
    """Let bodies end early."""
    faults = (Fault("UID FETCH", CutBody(uid, octets), times=None, having="BODY.PEEK[]", **options) for uid in uids)
    world.server.faults.add(*faults)


def repair(world: ServerWorld) -> SyncReport:
    with leases.holding(world.store, "account", seconds=20) as lease:
        VerifyService(world.store.for_owner(OWNER)).forget(world.account, lease)
    return world.sync(asks_again=True)


@pytest.fixture
def uids(world: ServerWorld) -> list[int]:
    """Five long mails, of which the server begins to cut three."""
    found = [world.inbox.append(mail(number, body=LONG)) for number in range(5)]
    cut(world, found[1:4])
    return found


def test_a_body_that_ends_early_is_stored_and_told(world: ServerWorld, uids: list[int]) -> None:
    report = world.sync()

    assert (report.new, report.remaining) == (5, 0)
    assert [note.code for note in report.errors] == ["cut_short"]
    assert world.facts("Letter 2")["problems"] == ["body-short"]
    assert "problems" not in world.facts("Letter 0")
    assert world.placed() == on_server(world.user)
    again = world.sync()
    assert (again.body_bytes, again.errors) == (0, ())


def test_verify_sees_what_repair_then_fetches_again(world: ServerWorld, uids: list[int]) -> None:
    world.sync()
    before = world.messages()
    [found] = world.verify().differences
    still_cut = repair(world)
    world.server.faults.clear()

    report = repair(world)

    assert (found.missing, found.extra, found.differing, found.other, found.short) == (0, 0, 0, 0, 3)
    assert (still_cut.completed, [note.code for note in still_cut.errors]) == (0, ["cut_short"])
    assert (report.new, report.completed, report.errors) == (0, 3, ())
    assert report.body_bytes == 3 * len(mail(1, body=LONG))
    assert world.messages() == before
    assert [world.raw("INBOX", uid) for uid in uids] == [mail(number, body=LONG) for number in range(5)]
    assert "problems" not in world.facts("Letter 2")
    assert world.verify().ok
    assert repair(world).body_bytes == 0


def test_a_repair_keeps_what_there_is_where_the_server_gives_nothing(world: ServerWorld, uids: list[int]) -> None:
    world.sync()
    stored = world.contents()
    world.server.faults.clear()
    cut(world, uids, 0)

    repair(world)
    world.sync()

    assert world.contents() == stored
    assert world.raw("INBOX", uids[2]) == mail(2, body=LONG)[:CUT]


@pytest.mark.parametrize("octets", [2, 20])
def test_mails_that_break_off_alike_stay_mails_of_their_own(world: ServerWorld, octets: int) -> None:
    uids = [world.inbox.append(mail(number, body=LONG)) for number in range(4)]
    world.archive.append(mail(7, body=LONG))
    cut(world, uids, octets)
    cut(world, world.archive.uids, octets)

    report = world.sync()
    world.server.faults.clear()
    mended = repair(world)

    assert (report.new, mended.completed) == (5, 5)
    assert len(set(world.contents().values())) == 5
    assert world.verify().ok


def test_copies_that_break_off_are_one_mail_again_when_they_are_whole(world: ServerWorld) -> None:
    for number in range(2):
        world.inbox.append(mail(1, body=LONG, message_id=""))
        world.archive.append(mail(number + 2, body=LONG))
    cut(world, world.inbox.uids)

    world.sync()
    world.server.faults.clear()
    repair(world)

    assert len(set(world.contents().values())) == 3
    assert len(world.rows(select(t.messages.c.id))) == 3
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize("announced", [b"1", b"1150"])
def test_a_size_that_is_not_exact_is_no_cut(world: ServerWorld, announced: bytes) -> None:
    world.inbox.append(mail(1, body=LONG))
    world.server.faults.add(Fault("UID FETCH", WithItem(b"RFC822.SIZE", announced), times=None))

    report = world.sync()

    assert len(mail(1, body=LONG)) in range(1150 * 7 // 8, 1400)
    assert (report.new, report.errors) == (1, ())
    assert world.verify().ok


def test_a_size_that_is_always_too_large_is_settled_by_one_repair(world: ServerWorld) -> None:
    for number in range(3):
        world.inbox.append(mail(number, body=LONG + "\r\n"))
    world.server.faults.add(Fault("UID FETCH", WithItem(b"RFC822.SIZE", b"1900"), times=None))
    world.sync()
    [found] = world.verify().differences
    stored = world.contents()

    first = repair(world)
    second = repair(world)

    assert found.short == 3
    assert (first.completed, first.body_bytes > 0) == (0, True)
    assert (second.completed, second.body_bytes, second.errors) == (0, 0, ())
    assert world.facts("Letter 1")["problems"] == ["size-inexact"]
    assert world.verify().ok
    assert world.contents() == stored


def test_a_body_that_quotes_the_note_is_asked_for_again(world: ServerWorld, uids: list[int]) -> None:
    for uid in uids[1:4]:
        world.inbox.expunge([uid])
    quoting = mail(9, body=LONG, in_reply_to="<size-inexact>")
    cut(world, [world.inbox.append(quoting)], 280)
    world.sync()

    [found] = world.verify().differences

    assert world.facts("Letter 9")["in_reply_to"] == "size-inexact"
    assert found.short == 1


def test_mails_that_an_older_version_made_one_without_a_name_are_apart_after_a_repair(world: ServerWorld) -> None:
    """It stored an empty body for each, and these were one content."""
    uids = fill(world.inbox, range(3))
    world.sync()
    m, p = t.messages.c, t.placements.c
    nothing = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    with world.store.for_owner(OWNER).begin() as uow:
        first = uow.connection.scalar(select(p.message_id).where(p.uid == uids[0]))
        blob = {"owner_id": uow.owner_id, "digest": nothing, "data": b"", "size": 0, "used_at": uow.now}
        uow.execute(t.blobs.insert().values(blob))
        uow.execute(update(t.messages).where(m.id == first).values(digest=nothing, message_id="", subject=""))
        uow.execute(update(t.placements).values(message_id=first))
    [found] = world.verify().differences

    repair(world)

    assert (found.other, found.short) == (2, 1)
    assert [world.raw("INBOX", uid) for uid in uids] == [mail(number) for number in range(3)]
    assert world.verify().ok
