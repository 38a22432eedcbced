"""Verify tells how the store and the server differ; repair brings them together and loses nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from mailhelper_core.model.source.account import AccountPolicy, MailboxDifference, Verification
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import SAMPLE, VerifyService, difference, sample
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, START, fill, mail, on_server

uids = st.frozensets(st.integers(1, 30))


def verify(world: ServerWorld) -> Verification:
    service = VerifyService(world.store.for_owner(OWNER))
    with closing(world.sources.open(world.account)) as session:
        return service.verify(world.account, session)


def repair(world: ServerWorld) -> None:
    with leases.holding(world.store, "account", seconds=20) as lease:
        VerifyService(world.store.for_owner(OWNER)).forget(world.account, lease)
    world.sync()


@pytest.fixture
def synced(world: ServerWorld) -> ServerWorld:
    """Two mailboxes that agree with the server."""
    fill(world.inbox, range(8))
    fill(world.archive, range(10, 13))
    world.sync()
    return world


def test_an_account_that_was_synced_verifies(synced: ServerWorld) -> None:
    found = verify(synced)

    assert (found.ok, found.messages, found.differences) == (True, 11, ())


def test_what_happened_on_the_server_since_is_told(synced: ServerWorld) -> None:
    synced.inbox.expunge([1, 2])
    synced.inbox.add_flags([3], ["\\Seen"])
    fill(synced.inbox, range(20, 23))

    [found] = verify(synced).differences

    assert (found.missing, found.extra, found.differing) == (3, 2, 1)


def test_damage_that_no_sync_would_see_is_repaired_without_a_body(synced: ServerWorld) -> None:
    messages = synced.messages()
    p = t.placements.c
    with synced.store.begin() as connection:
        connection.execute(delete(t.placements).where(p.uid == 3))
        connection.execute(update(t.placements).where(p.uid == 2).values(base_flags=1, flags=1))
        connection.execute(update(t.placements).where(p.uid == 8).values(uid=80))
    synced.later()
    assert synced.sync().errors == ()
    before = verify(synced)

    repair(synced)

    assert not before.ok
    assert verify(synced).ok
    assert synced.placed() == on_server(synced.user)
    assert messages == synced.messages()


def test_a_repair_of_what_is_well_changes_and_fetches_nothing(synced: ServerWorld) -> None:
    repair(synced)
    synced.later()

    report = synced.sync()

    assert (report.new, report.updated, report.adopted, report.deleted, report.body_bytes) == (0, 0, 0, 0, 0)
    assert synced.placed() == on_server(synced.user)


def test_what_the_policy_leaves_out_is_not_missing(synced: ServerWorld) -> None:
    synced.with_policy(AccountPolicy(exclude=("Archive",)))
    fill(synced.archive, range(30, 33))

    assert verify(synced).ok


def test_a_mailbox_that_only_one_side_has_is_a_difference_until_the_next_sync(synced: ServerWorld) -> None:
    synced.user.delete("Archive")
    fill(synced.user.create("Fresh"), range(20, 22))
    synced.user.create("Empty")

    found = verify(synced)

    assert (found.ok, found.differences, found.messages) == (False, (), 8)
    assert (found.not_stored, found.not_listed) == (("Empty", "Fresh"), ("Archive",))
    synced.later()
    synced.sync()
    assert verify(synced) == Verification(found.mailboxes + 2, 10)


def test_a_mailbox_that_the_policy_leaves_out_may_be_on_one_side(synced: ServerWorld) -> None:
    synced.with_policy(AccountPolicy(exclude=("Archive", "Fresh")))
    synced.user.delete("Archive")
    synced.user.create("Fresh")

    assert verify(synced).ok


def test_a_mailbox_whose_name_no_database_holds_is_no_difference(synced: ServerWorld) -> None:
    synced.user.create("odd\x7f\x01name")
    synced.sync()

    assert verify(synced).ok


def test_a_renumbered_mailbox_differs_in_every_message(synced: ServerWorld) -> None:
    synced.archive.renumber()

    [found] = verify(synced).differences

    assert (found.missing, found.extra) == (3, 0)


@given(uids, uids, uids)
def test_a_difference_is_none_exactly_when_both_hold_the_same(
    listed: frozenset[int], stored: frozenset[int], left_out: frozenset[int]
) -> None:
    found = difference(1, UidSet.of(listed), UidSet.of(stored), UidSet.of(left_out), 0)

    assert (found == MailboxDifference(1)) == (stored <= listed <= stored | left_out)


@given(uids)
def test_a_sample_holds_the_newest_and_not_too_many(some: frozenset[int]) -> None:
    few, many = UidSet.of(some), UidSet.of(range(1, 2_000 + len(some)))

    assert sample(few) == few
    assert len(sample(many)) <= SAMPLE
    assert many.newest(SAMPLE // 2) - sample(many) == UidSet()
    assert sample(many) - many == UidSet()


def test_a_copy_that_only_has_another_time_is_no_other_mail(world: ServerWorld) -> None:
    unnamed = mail(1, message_id="")
    for minutes, box in ((1, world.inbox), (2, world.archive)):
        box.append(unnamed, internal_date=START + timedelta(minutes=minutes))
        box.append(mail(2), internal_date=START + timedelta(minutes=minutes))
    world.sync()

    assert len(world.messages()) == 2
    assert verify(world).ok
    repair(world)
    assert verify(world).ok
