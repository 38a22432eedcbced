"""What lies nowhere is kept for a month and then erased whole; what its owner taught stays, unreadable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.mail.fingerprint import fingerprint, fingerprint_hashes
from mailhelper_core.model.work.operation import AddKeyword, AddTag, AppendDraft
from mailhelper_core.model.work.report import MaintenanceReport
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.search.service import SearchService
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import messages
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import changes, events, leases
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.sync.upkeep import MaintenanceService
from tests.unit.sync.memory import MemorySources
from tests.unit.sync.world import OWNER, Clock, MemoryWorld, add_account, fill, new_user

_OF_MESSAGES = (
    t.messages, t.message_texts, t.message_refs, t.placements, t.pending, t.message_tags, t.corrections, t.outbox,
)  # fmt: skip


@pytest.fixture
def world(store: Store, clock: Clock) -> MemoryWorld:
    """Three letters, of which the owner said something about each."""
    made = MemoryWorld(store, MemorySources(new_user()), add_account(store), clock)
    fill(made.inbox, range(3))
    made.sync()
    ids = sorted(made.messages().values())
    OpinionService(store.for_owner(OWNER)).correct(ids, category="finance")
    with store.for_owner(OWNER).begin() as uow:
        decide(uow, changes.new_change(uow, "tag"), [Decision(AddTag(id_, "paid")) for id_ in ids])
    return made


def maintain(world: MemoryWorld, **options: Any) -> MaintenanceReport:
    return MaintenanceService(world.store.for_owner(OWNER)).maintain(**options)


def count(world: MemoryWorld, table: Any) -> int:
    return int(world.rows(select(func.count()).select_from(table))[0][0])


def lose(world: MemoryWorld, *uids: int) -> None:
    world.inbox.expunge(list(uids))
    world.sync()


def test_a_lost_message_is_kept_whole_for_a_month(world: MemoryWorld) -> None:
    lose(world, 1)
    before = [count(world, table) for table in (*_OF_MESSAGES[:3], *_OF_MESSAGES[4:], t.blobs)]
    world.clock.now += timedelta(days=29)

    report = maintain(world)

    assert report == MaintenanceReport()
    assert [count(world, table) for table in (*_OF_MESSAGES[:3], *_OF_MESSAGES[4:], t.blobs)] == before


def test_what_was_moved_where_no_sync_has_come_since_is_not_erased(world: MemoryWorld) -> None:
    ids = world.messages()
    world.inbox.move([1], world.archive)
    world.clock.advance(60)
    world.sync(max_messages=0)  # a poll: it sees that the message left; then the password expires
    world.clock.now += timedelta(days=40)

    report = maintain(world)
    world.sync()

    assert report.messages == 0
    assert world.messages() == ids
    assert world.visible() == set(ids)


def test_after_a_month_nothing_of_a_lost_message_is_left(world: MemoryWorld) -> None:
    lose(world, 1)
    SearchService(world.store.for_owner(OWNER), None, None).index(world.account.id)  # type: ignore[arg-type]
    world.clock.now += timedelta(days=31)

    first, second = maintain(world), maintain(world)

    assert (first.messages, first.contents) == (1, 1)
    assert (second.messages, second.contents) == (0, 0)
    assert set(world.messages()) == {"Letter 1", "Letter 2"}
    ids = set(world.messages().values())
    for table in _OF_MESSAGES[1:]:
        assert {id_ for (id_,) in world.rows(select(table.c.message_id))} <= ids
    assert count(world, t.blobs) == 2
    assert SearchService(world.store.for_owner(OWNER), None, None).index(world.account.id) == 0  # type: ignore[arg-type]


def test_what_its_owner_taught_stays_as_hashes_of_words(world: MemoryWorld) -> None:
    [id_] = [id_ for subject, id_ in world.messages().items() if subject == "Letter 0"]
    with world.store.for_owner(OWNER).read() as uow:
        [detail] = messages.details(uow, [id_])
    lose(world, 1)
    world.clock.now += timedelta(days=31)

    maintain(world)

    [kept] = world.rows(select(t.kept_corrections))
    assert (kept.kind, kept.value, bytes(kept.features)) == ("category", "finance", fingerprint(detail))
    assert len(fingerprint_hashes(kept.features)) > 5
    assert b"etter" not in kept.features


@pytest.mark.parametrize(
    ("table", "column"), [(t.messages, "facts"), (t.messages, "subject"), (t.message_texts, "text")]
)
def test_a_damaged_row_goes_too_and_it_is_said_that_nothing_is_kept_of_it(
    world: MemoryWorld, table: Table, column: str
) -> None:
    lost, kept = world.messages()["Letter 0"], count(world, t.messages)
    lose(world, 1, 2)
    world.clock.now += timedelta(days=31)
    world.sync()
    key = "id" if table is t.messages else "message_id"
    with world.store.begin() as connection:
        connection.execute(update(table).where(table.c[key] == lost).values({column: "["}))
        if connection.dialect.name == "sqlite":  # what a bad disk leaves there; PostgreSQL takes only what is text
            octets = f"UPDATE {table.name} SET {column} = x'fffe' WHERE {key} = {lost}"
            connection.exec_driver_sql(octets)
    is_damaged = world.store.engine.dialect.name == "sqlite" or column == "facts"

    report = maintain(world)

    assert report.messages == 2
    assert [(one.where, one.code) for one in report.errors] == [(f"message:{lost}", "unreadable")] * is_damaged
    assert count(world, t.messages) == kept - 2
    assert count(world, t.kept_corrections) == 2 - is_damaged


def test_a_draft_that_nobody_can_read_keeps_no_content_from_being_collected(world: MemoryWorld) -> None:
    with world.store.for_owner(OWNER).begin() as uow:
        draft = AppendDraft(min(world.messages().values()), "x@example.org", "00" * 32, 7)
        decide(uow, changes.new_change(uow, "draft"), [Decision(draft)])
        uow.execute(update(t.outbox).where(t.outbox.c.kind == "append").values(data="{"))
        uow.execute(insert(t.blobs).values(owner_id=uow.owner_id, digest=b"x", data=b"", size=0, used_at=uow.now))
    world.clock.now += timedelta(days=2)

    report = maintain(world)

    assert report.contents == 1


def test_a_message_found_again_in_time_is_spared(world: MemoryWorld) -> None:
    lose(world, 1)
    world.clock.now += timedelta(days=20)
    fill(world.archive, range(1))
    world.sync()
    world.clock.now += timedelta(days=20)

    assert maintain(world).messages == 0
    assert "Letter 0" in world.visible()


def test_a_message_whose_operation_waits_is_spared(world: MemoryWorld) -> None:
    with world.store.for_owner(OWNER).begin() as uow:
        decide(uow, changes.new_change(uow, "mark"), [Decision(AddKeyword(world.messages()["Letter 0"], "\\Seen"))])
    lose(world, 1)
    world.clock.now += timedelta(days=31)

    assert maintain(world).messages == 0


def test_an_account_that_is_being_synced_is_left_for_the_next_time(world: MemoryWorld) -> None:
    lose(world, 1)
    world.clock.now += timedelta(days=31)

    with leases.holding(world.store, f"account:{world.account.id}", seconds=20):
        report = maintain(world)

    assert (report.messages, [note.code for note in report.errors]) == (0, ["busy"])
    assert maintain(world).messages == 1


def test_a_content_of_today_is_kept_even_if_nothing_refers_to_it(world: MemoryWorld) -> None:
    lose(world, 1)
    world.clock.now += timedelta(days=31)
    with world.store.begin() as connection:
        connection.execute(t.blobs.update().values(used_at=world.store.now()))

    assert maintain(world).contents == 0
    world.clock.now += timedelta(hours=25)
    assert maintain(world).contents == 1


def test_a_cursor_behind_erased_events_is_told_so(world: MemoryWorld) -> None:
    owner = world.store.for_owner(OWNER)
    with owner.begin() as uow:
        events.emit(uow, "notified", message_id=1)
    with owner.read() as uow:
        cursor = events.page(uow, limit=1).next
    with owner.begin() as uow:
        events.emit(uow, "notified", message_id=2)
        events.emit(uow, "notified", message_id=3)
    world.clock.now += timedelta(days=91)

    report = maintain(world)

    assert report.events == 3
    with owner.read() as uow, pytest.raises(InvalidError) as too_old:
        events.page(uow, after=cursor)
    assert too_old.value.code == "cursor_too_old"


def test_a_cursor_of_some_kinds_is_too_old_only_behind_erased_events(world: MemoryWorld) -> None:
    owner = world.store.for_owner(OWNER)
    with owner.begin() as uow:
        events.emit_all(uow, [("other", {}), ("notified", {})])
    world.clock.now += timedelta(days=91)
    with owner.begin() as uow:
        events.emit_all(uow, [("other", {}), ("notified", {"message_id": 1})])

    maintain(world)

    with owner.read() as uow:
        assert len(events.page(uow, after="2", kinds=["notified"])) == 1
        with pytest.raises(InvalidError) as too_old:
            events.page(uow, after="1", kinds=["notified"])
    assert too_old.value.code == "cursor_too_old"


def test_another_owners_account_is_not_found(world: MemoryWorld) -> None:
    with pytest.raises(NotFoundError):
        MaintenanceService(world.store.for_owner("eve")).maintain(world.account.id)
