"""What a server says of mailboxes that cannot be true, or that fails: nothing is lost, the rest goes on."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import BusyError, ServerError, ThrottledError
from mailhelper_core.store.work import leases
from tests.unit.sync.memory import failing, refused
from tests.unit.sync.world import MemoryWorld, fill, mail, on_server


def test_one_empty_listing_deletes_nothing(world: MemoryWorld) -> None:
    fill(world.inbox, range(5))
    world.sync()
    world.inbox.append(mail(9))
    world.inbox.renumber()
    world.memory.lies.append([])

    report = world.sync()

    assert report.deleted == 0
    assert world.placed() == on_server(world.user)


def test_a_listing_shorter_than_the_count_is_asked_again(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(5))
    world.memory.lies.append(uids[:2])

    report = world.sync()

    assert report.new == 5
    assert world.placed() == on_server(world.user)


def test_a_mailbox_whose_listings_never_agree_is_left_for_later(world: MemoryWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))
    world.memory.lies += [[1], [1, 2], [1, 2, 3]]

    report = world.sync()

    assert [note.code for note in report.errors] == ["unstable"]
    assert report.new == 2
    assert world.sync().new == 5


def test_a_list_without_mailboxes_removes_nothing(world: MemoryWorld) -> None:
    fill(world.inbox, range(5))
    world.sync()
    everything = world.user._mailboxes
    world.user._mailboxes = {}

    report = world.sync()

    assert [note.code for note in report.errors] == ["no_mailboxes"]
    world.user._mailboxes = everything
    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_one_list_forgot_keeps_its_messages(world: MemoryWorld) -> None:
    fill(world.archive, range(5))
    world.sync()
    archive = world.user._mailboxes.pop("Archive")

    def come_back(verb: str) -> None:
        if verb == "mailboxes" and world.memory.sessions[-1].verbs.count("mailboxes") == 2:
            world.user._mailboxes["Archive"] = archive

    world.memory.trip = come_back

    report = world.sync()

    assert report.deleted == 0
    assert world.placed() == on_server(world.user)


def test_a_mod_seq_that_goes_back_loses_no_flag(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(3))
    world.sync()
    world.inbox.add_flags(uids, ["\\Seen"])
    world.inbox.highest_mod_seq = 2
    world.later()

    world.sync()

    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_cannot_be_opened_is_noted_by_its_id(world: MemoryWorld) -> None:
    fill(world.inbox, range(3))
    fill(world.archive, range(10, 12))
    world.memory.trip = failing("open Archive", refused("no_permission"))

    report = world.sync()

    assert report.new == 3
    assert [(note.where.partition(":")[0], note.code) for note in report.errors] == [("mailbox", "no_permission")]
    world.memory.trip = lambda verb: None
    assert world.sync().new == 2


@pytest.mark.parametrize("error", [refused("connection_lost"), refused("timeout"), ThrottledError(retry_after=60.0)])
def test_what_ends_the_connection_ends_the_sync(world: MemoryWorld, error: ServerError) -> None:
    fill(world.inbox, range(3))
    world.memory.trip = failing("open INBOX", error)

    with pytest.raises(type(error)) as caught:
        world.sync()

    assert caught.value.code == error.code
    assert world.memory.sessions[-1].is_closed


def test_a_mailbox_renumbered_before_its_mail_is_fetched_waits_for_the_next_sync(world: MemoryWorld) -> None:
    fill(world.inbox, range(3))
    fill(world.archive, range(10, 12))
    renumbered: list[str] = []

    def renumber(verb: str) -> None:
        if verb == "metadata" and not renumbered:
            renumbered.append(verb)
            world.archive.renumber()

    world.memory.trip = renumber

    report = world.sync()

    assert [note.code for note in report.errors] == ["renumbered"]
    world.sync()
    assert world.placed() == on_server(world.user)


def test_numbers_beyond_all_databases_cost_only_their_mailbox(world: MemoryWorld) -> None:
    fill(world.inbox, range(3))
    fill(world.archive, range(10, 12))
    world.archive.uid_next = 2**70

    report = world.sync()

    assert [note.code for note in report.errors] == ["value"]
    assert report.new == 3


def test_the_server_s_own_identity_adopts_without_a_body(world: MemoryWorld) -> None:
    world.memory.has_remote_ids = True
    uids = [world.inbox.append(mail(number, message_id="", subject="Same")) for number in range(3)]
    world.sync()
    world.inbox.copy(uids, world.archive)

    report = world.sync()

    assert (report.adopted, report.new, report.body_bytes) == (3, 0, 0)


def test_cheap_flags_are_read_in_every_run(world: MemoryWorld) -> None:
    world.memory.family, world.memory.flags_are_cheap = "neither", True
    uids = fill(world.inbox, range(3))
    world.sync()
    world.inbox.add_flags(uids, ["\\Seen"])

    assert world.sync().updated == 3


def test_a_slow_server_does_not_cost_the_lease(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world.inbox, range(8))
    monkeypatch.setattr("mailhelper_core.sync.run.monotonic", lambda: world.clock.now.timestamp())
    refusals = []

    def wait(verb: str) -> None:
        if verb.startswith("body"):
            world.clock.advance(15)
            with pytest.raises(BusyError):
                leases.acquire(world.store, f"account:{world.account.id}", seconds=20)
            refusals.append(verb)

    world.memory.trip = wait

    assert world.sync().new == 8
    assert len(refusals) == 8
