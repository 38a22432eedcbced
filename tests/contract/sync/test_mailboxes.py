"""Mailboxes that are renamed, made anew, or numbered anew, and windows that move with the days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.account import AccountPolicy, window_of
from mailhelper_core.model.source.held import MAX_RENUMBERINGS
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Call, Fault
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import START, fill, mail, on_server


def mailbox_ids(world: ServerWorld) -> dict[str, int]:
    b = t.mailboxes.c
    return {name: id_ for name, id_ in world.rows(select(b.name, b.id).where(b.gone_at.is_(None)))}


def test_a_renamed_mailbox_is_the_same_mailbox(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(4))
    world.sync()
    ids, messages = mailbox_ids(world), world.messages()
    world.user.rename("Work", "Projects/Done")
    world.user.mailbox("Projects/Done").add_flags([2], ["\\Seen"])
    fill(world.user.mailbox("Projects/Done"), range(4, 5))
    world.later()

    report = world.sync()

    assert (report.new, report.deleted, report.moved, report.adopted) == (1, 0, 0, 0)
    assert mailbox_ids(world)["Projects/Done"] == ids["Work"]
    assert messages.items() <= world.messages().items()
    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_only_looks_like_the_renamed_one_is_another(world: ServerWorld) -> None:
    old = world.user.create("Work")
    fill(old, range(4))
    world.sync()
    ids = mailbox_ids(world)
    world.user.delete("Work")
    twin = world.user.create("Other")
    twin.uid_validity = old.uid_validity
    fill(twin, range(10, 14))

    world.sync()

    assert mailbox_ids(world)["Other"] != ids["Work"]
    assert world.visible() == {f"Letter {number}" for number in range(10, 14)}
    assert world.placed() == on_server(world.user)


def test_a_renamed_mailbox_that_goes_by_an_earlier_name_keeps_its_messages(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.user.create("Old"), range(10, 12))
    world.sync()
    world.user.delete("Old")
    world.sync()
    world.user.rename("Work", "Old")

    report = world.sync()

    assert (report.new, report.body_bytes) == (0, 0)
    assert world.visible() == {"Letter 0", "Letter 1"}
    assert world.placed() == on_server(world.user)


def test_a_mailbox_made_anew_under_its_name_is_read_anew(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(3))
    world.sync()
    world.user.delete("Work")
    fill(world.user.create("Work"), range(10, 12))

    report = world.sync()

    assert (report.new, report.deleted) == (2, 3)
    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_is_renumbered_at_every_look_is_given_up_after_five(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    fill(world.archive, range(10, 12))
    world.sync()
    codes = []
    for _ in range(MAX_RENUMBERINGS + 2):
        world.inbox.renumber()
        codes.append([note.code for note in world.sync().errors])
    fill(world.archive, range(12, 13))

    report = world.sync()

    assert codes == [[]] * MAX_RENUMBERINGS + [["restless"]] * 2
    assert (report.new, [note.code for note in report.errors]) == (1, ["restless"])
    assert len(world.visible()) == 6


def test_a_mailbox_that_rests_between_its_renumberings_is_not_given_up(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    world.sync()
    for _ in range(MAX_RENUMBERINGS + 2):
        world.inbox.renumber()
        world.sync()
        assert world.sync().errors == ()

    assert world.placed() == on_server(world.user)


def test_a_mailbox_renumbered_now_and_then_is_not_given_up(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    for number in range(MAX_RENUMBERINGS + 2):
        world.inbox.renumber()
        assert world.sync().errors == ()
        fill(world.inbox, range(20 + number, 21 + number))
        assert world.sync().errors == ()

    assert world.placed() == on_server(world.user)


def test_a_mailbox_renumbered_while_it_is_read_is_read_at_last(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    world.server.faults.add(Fault("UID FETCH", Call(world.inbox.renumber)))

    with pytest.raises(ServerError):  # the server ends the session
        world.sync()
    world.sync()

    assert world.placed() == on_server(world.user)


def test_a_window_of_days_moves_on_and_keeps_what_is_stored(world: ServerWorld) -> None:
    for number in range(4):
        world.inbox.append(mail(number), internal_date=START - timedelta(days=10 * number))
    world.with_policy(AccountPolicy(window_days=15))
    first = world.sync()
    world.clock.now += timedelta(days=10)
    world.later()
    idle = world.sync()
    world.inbox.append(mail(8), internal_date=START - timedelta(days=12))
    late = world.sync()
    world.with_policy(AccountPolicy(window_days=100))

    last = world.sync()

    assert [report.new for report in (first, idle, late, last)] == [2, 0, 0, 3]
    assert idle.body_bytes == 0
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        (AccountPolicy(), None),
        (AccountPolicy(window_days=2), 2),
        (AccountPolicy(window_days=30, since=START - timedelta(days=3)), 3),
    ],
)
def test_the_window_is_the_narrower_of_a_date_and_of_days(policy: AccountPolicy, days: int | None) -> None:
    start = window_of(policy, START)

    assert (start and (START - start).days) == days
