"""What an account's policy leaves out: mailboxes, large bodies, old mail; and what comes when it widens."""

from __future__ import annotations

from datetime import timedelta

from mailhelper_core.model.source.account import AccountPolicy
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import START, fill, mail


def test_mailboxes_outside_the_policy_are_left_alone(world: ServerWorld) -> None:
    fill(world.inbox, range(2))
    fill(world.archive, range(10, 12))
    world.with_policy(AccountPolicy(exclude=("Arch*",)))

    report = world.sync()

    assert report.new == 2
    assert world.visible() == {"Letter 0", "Letter 1"}


def test_mail_above_the_size_cap_keeps_its_header_and_a_note(world: ServerWorld) -> None:
    world.inbox.append(mail(1, subject="Huge", body="x" * 50_000))
    fill(world.inbox, range(2, 4))
    world.with_policy(AccountPolicy(size_cap_bytes=10_000))

    report = world.sync()

    assert (report.new, report.quarantined) == (3, 0)
    assert report.body_bytes < 10_000
    assert world.facts("Huge")["problems"] == ["above-size-cap"]
    assert_converged(world)


def test_mail_older_than_the_window_is_left_out_until_the_window_widens(world: ServerWorld) -> None:
    for number in range(6):
        world.inbox.append(mail(number), internal_date=START - timedelta(days=10 * number))
    world.with_policy(AccountPolicy(since=START - timedelta(days=25)))
    first = world.sync()
    idle = world.sync()
    world.with_policy(AccountPolicy(since=START - timedelta(days=45)))
    wider = world.sync()
    world.with_policy(AccountPolicy())

    last = world.sync()

    assert [report.new for report in (first, idle, wider, last)] == [3, 0, 2, 1]
    assert (first.remaining, idle.mailboxes_changed, idle.body_bytes) == (0, 0, 0)
    assert_converged(world)


def test_mail_that_the_window_left_out_may_be_expunged(world: ServerWorld) -> None:
    old = world.inbox.append(mail(1), internal_date=START - timedelta(days=99))
    world.inbox.append(mail(2), internal_date=START)
    world.with_policy(AccountPolicy(since=START - timedelta(days=9)))
    world.sync()
    world.inbox.expunge([old])

    report = world.sync()

    assert (report.new, report.deleted) == (0, 0)
    assert_converged(world)
