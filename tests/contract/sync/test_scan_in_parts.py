"""A flag scan that a slice cannot end: the next goes on where it was left, and no change meanwhile is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.store.work import leases
from mailhelper_core.sync import flags
from mailhelper_core.sync.looked import Looked, Place, Scan
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Fault, Trickle
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, on_server

CHUNK = 5
MAILS = 2 * CHUNK + 2
PARTS = 3


@pytest.fixture
def due(world: ServerWorld, monkeypatch: pytest.MonkeyPatch) -> ServerWorld:
    """Let all flags of a mailbox be scanned by the next sync, whatever the server can tell; a chunk is a few."""
    monkeypatch.setattr(flags, "CHUNK", CHUNK)
    fill(world.inbox, range(MAILS))
    fill(world.user.create("Later"), [1000])
    world.sync()
    with leases.holding(world.store, f"account:{world.account.id}", seconds=20) as lease:
        VerifyService(world.store.for_owner(OWNER)).forget(world.account, lease)
    world.inbox.add_flags(world.inbox.uids, ["\\Seen"])
    world.server.log.clear()
    return world


def slices(world: ServerWorld) -> Iterator[SyncReport]:
    """Sync as the slices of a job do that are over before they begin, until the looks are through."""
    kept = [Looked()]
    while not kept[-1] or len(kept[-1].ids) < 2:
        place = Place(kept[-1], lambda reached: kept.append(Looked.read(list(reached.write()))))
        yield world.sync(cancel=lambda: True, place=place)
        assert len(kept) < 20
        world.clock.advance(60)


def scanned(world: ServerWorld) -> list[int]:
    """Of how many messages flags alone were asked for, command by command."""
    lines = [one.line for one in world.server.log.commands if one.name == "UID FETCH" and "FLAGS" in one.line]
    return [len(UidSet.parse(line.split()[3])) for line in lines if "RFC822.SIZE" not in line]


def test_each_slice_reads_some_and_none_reads_again_what_was_read(due: ServerWorld) -> None:
    reports = list(slices(due))

    assert [one.updated for one in reports][:PARTS] == [CHUNK, CHUNK, MAILS - 2 * CHUNK]
    assert scanned(due)[:PARTS] == [MAILS, MAILS - CHUNK, MAILS - 2 * CHUNK]
    due.sync()
    assert_converged(due)


@pytest.mark.parametrize("world", [("sqlite", "neither")], ids=["sqlite-neither"], indirect=True)
def test_a_slice_scans_for_as_long_as_it_lists(due: ServerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flags, "LONG_LISTING_SECONDS", 0.2)
    due.server.faults.add(Fault("UID SEARCH", Trickle(80)))

    assert next(slices(due)).updated > CHUNK


def test_what_changes_behind_a_scan_under_way_is_seen_when_it_has_ended(due: ServerWorld) -> None:
    going = slices(due)
    next(going)
    due.inbox.add_flags([due.inbox.uids[0]], ["\\Flagged"])
    list(going)
    due.later()
    due.sync()

    assert due.placed() == on_server(due.user)


def test_a_scan_that_nobody_goes_on_with_claims_nothing(due: ServerWorld) -> None:
    cut = due.sync(cancel=lambda: bool(scanned(due)))
    whole = due.sync()

    assert (cut.updated, whole.updated) == (CHUNK, MAILS - CHUNK)
    assert scanned(due)[:2] == [MAILS, MAILS]
    assert_converged(due)


def test_a_mailbox_that_was_renumbered_meanwhile_is_read_anew(due: ServerWorld) -> None:
    going = slices(due)
    next(going)
    due.inbox.renumber()
    list(going)
    due.sync()

    assert_converged(due)


def test_what_a_job_keeps_of_a_scan_is_read_back() -> None:
    looked = Looked(UidSet.of([3]), 5, True, Scan(7, 1, 90, 200, 4))

    assert Looked.read(list(looked.write())) == looked
    assert Looked(looked.ids, 5, True).write() == ("3", 5, True), "earlier versions read it"
