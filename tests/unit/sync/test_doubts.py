"""What a server says that cannot be true, or not for every message: nothing is lost, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailhelper_core.errors import BusyError, ServerError, ThrottledError
from mailhelper_core.mime.parse import ParsedMessage
from mailhelper_core.model.mail.message import Attachment
from mailhelper_core.settings import Settings
from mailhelper_core.store.work import leases
from mailhelper_core.sync import incoming
from tests.unit.sync.world import MemoryWorld, fill, mail, on_server


def failing(verb: str, error: ServerError, *, times: int = 1_000_000) -> Callable[[str], None]:
    """Make a trip that fails with an error at a verb, so many times."""
    left = [times]

    def trip(met: str) -> None:
        if met == verb and left[0] > 0:
            left[0] -= 1
            raise error

    return trip


def refused(code: str = "server_bug") -> ServerError:
    return ServerError("no", code=code)


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


def test_the_mail_whose_body_is_refused_is_found_among_the_others(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(11))
    world.memory.trip = failing(f"body {uids[4]}", refused())

    report = world.sync()

    assert (report.new, report.quarantined, report.remaining) == (11, 1, 0)
    assert world.facts("Letter 4")["problems"] == ["body-refused"]
    assert world.placed() == on_server(world.user)


def test_a_refusal_that_passes_costs_nothing(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(11))
    world.memory.trip = failing(f"body {uids[4]}", refused(), times=1)

    report = world.sync()

    assert (report.new, report.quarantined) == (11, 0)
    assert "problems" not in world.facts("Letter 4")


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


def test_a_body_that_does_not_come_is_asked_for_again(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(4))
    hidden = world.inbox.get(uids[1])
    assert hidden is not None

    def vanish(verb: str) -> None:
        if verb == "bodies":
            world.inbox._messages.pop(uids[1], None)

    world.memory.trip = vanish
    report = world.sync()
    assert (report.new, report.remaining) == (3, 1)

    world.inbox._messages[uids[1]] = hidden
    world.memory.trip = lambda verb: None

    assert world.sync().new == 1
    assert world.placed() == on_server(world.user)


def test_a_mail_expunged_between_listing_and_fetch_is_no_error(world: MemoryWorld) -> None:
    uids = fill(world.inbox, range(4))

    def expunge(verb: str) -> None:
        if verb == "bodies":
            world.inbox.expunge([uids[1]])

    world.memory.trip = expunge

    report = world.sync()

    assert (report.new, report.errors) == (3, ())
    assert world.sync().remaining == 0
    assert world.placed() == on_server(world.user)


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


def test_octets_that_are_no_mail_are_stored_raw_and_counted(world: MemoryWorld) -> None:
    junk = bytes(range(256)) * 20
    uid = world.inbox.append(junk)
    fill(world.inbox, range(3))

    report = world.sync()

    assert (report.new, report.quarantined) == (4, 1)
    assert world.raw("INBOX", uid) == junk
    assert world.placed() == on_server(world.user)


def test_a_mail_that_breaks_the_parser_is_stored_raw(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world.inbox, range(3))
    parse = incoming.parse

    def break_at_one(raw: bytes) -> ParsedMessage:
        if b"Letter 1" in raw:
            raise RecursionError
        return parse(raw)

    monkeypatch.setattr(incoming, "parse", break_at_one)

    report = world.sync()

    assert (report.new, report.quarantined) == (3, 1)
    assert world.placed() == on_server(world.user)


def test_a_value_that_the_database_refuses_costs_one_mail_its_fields(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world.inbox, range(3))
    parse = incoming.parse

    def grow(raw: bytes) -> ParsedMessage:
        attachments = (Attachment("2", "a.bin", "application/zip", 2**70),) if b"Letter 1" in raw else ()
        return replace(parse(raw), attachments=attachments)

    monkeypatch.setattr(incoming, "parse", grow)

    report = world.sync()

    assert (report.new, report.quarantined) == (3, 1)
    assert world.facts("")["problems"] == ["not-storable"]
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


def test_a_large_mail_is_a_batch_of_its_own(world: MemoryWorld) -> None:
    world.settings = Settings(fetch_batch_bytes=2_000)
    world.inbox.append(mail(1, body="x" * 3_000))
    fill(world.inbox, range(2, 20))

    report = world.sync()

    assert report.new == 19
    assert world.memory.sessions[-1].verbs.count("bodies") >= 3
