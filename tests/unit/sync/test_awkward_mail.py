"""Mail that a server does not give, or that nobody can read, costs only itself, and is asked for again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.mime.parse import ParsedMessage
from mailhelper_core.model.mail.message import Attachment
from mailhelper_core.settings import Settings
from mailhelper_core.sync import basket, incoming
from tests.unit.sync.memory import failing, refused
from tests.unit.sync.world import MemoryWorld, fill, mail, on_server


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

    def break_at_one(raw: bytes, *, is_shown: bool) -> ParsedMessage:
        if b"Letter 1" in raw:
            raise RecursionError
        return parse(raw, is_shown=is_shown)

    monkeypatch.setattr(incoming, "parse", break_at_one)

    report = world.sync()

    assert (report.new, report.quarantined) == (3, 1)
    assert world.placed() == on_server(world.user)


def test_a_value_that_the_database_refuses_costs_one_mail_its_fields(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world.inbox, range(3))
    parse = incoming.parse

    def grow(raw: bytes, *, is_shown: bool) -> ParsedMessage:
        attachments = (Attachment("2", "a.bin", "application/zip", 2**70),) if b"Letter 1" in raw else ()
        return replace(parse(raw, is_shown=is_shown), attachments=attachments)

    monkeypatch.setattr(incoming, "parse", grow)

    report = world.sync()

    assert (report.new, report.quarantined) == (3, 1)
    assert world.facts("")["problems"] == ["not-storable"]
    assert world.placed() == on_server(world.user)


def test_a_large_mail_is_a_batch_of_its_own(world: MemoryWorld) -> None:
    world.settings = Settings(fetch_batch_bytes=2_000)
    world.inbox.append(mail(1, body="x" * 3_000))
    fill(world.inbox, range(2, 20))

    report = world.sync()

    assert report.new == 19
    assert world.memory.sessions[-1].verbs.count("bodies") >= 3


def test_large_mails_are_stored_in_transactions_of_their_own(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world.inbox, range(6))
    monkeypatch.setattr(basket, "WRITTEN_OCTETS", 1)
    steps: list[int] = []

    report = world.sync(progress=lambda step: steps.append(step.done))

    assert report.new == 6
    assert steps == [1, 2, 3, 4, 5, 6]
    assert world.placed() == on_server(world.user)
