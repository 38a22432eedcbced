"""How a sync proceeds: newest first, under a lease, in pieces that can be cancelled, cut off and resumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from mailhelper_core.errors import BusyError, ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.report import Progress
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import leases
from mailhelper_core.testing import Fault, Interrupt
from mailhelper_core.testing.faults import named
from mailhelper_core.testing.faults.scripted import Target
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import START, fill, mail, on_server

SMALL = Settings(fetch_batch_messages=10, commit_batch_messages=4)


def stored_uids(world: ServerWorld) -> list[int]:
    return sorted(uid for _, _, uid, _ in world.placed())


def test_the_newest_messages_come_first_and_nothing_is_skipped(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(23))

    for stored in (7, 14, 21):
        report = world.sync(max_messages=7)
        assert (report.new, report.remaining) == (7, 23 - stored)
        assert stored_uids(world) == uids[-stored:]
    report = world.sync(max_messages=7)

    assert (report.new, report.remaining) == (2, 0)
    assert world.placed() == on_server(world.user)


def test_a_burst_larger_than_the_limit_leaves_no_gap(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    world.sync(max_messages=3)
    fill(world.inbox, range(10, 30))

    reports = [world.sync(max_messages=6) for _ in range(4)]

    assert [report.new for report in reports] == [6, 6, 6, 4]
    assert world.placed() == on_server(world.user)


def test_the_limit_counts_over_all_mailboxes(world: ServerWorld) -> None:
    fill(world.inbox, range(4))
    fill(world.archive, range(10, 14))

    report = world.sync(max_messages=5)

    assert (report.new, report.remaining) == (5, 3)


def test_the_legacy_call_syncs_fifty_messages(world: ServerWorld) -> None:
    fill(world.inbox, range(53))

    report = world.service.sync_emails(world.account)

    assert (report.new, report.remaining) == (50, 3)


def test_a_cut_connection_keeps_what_came_and_the_next_sync_goes_on(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(30))
    # In the second FETCH of bodies, inside the seventh message.
    world.server.faults.add(Fault("UID FETCH", Interrupt("literal", after=20, response=6), nth=4))

    with pytest.raises(ServerError):
        world.sync()

    kept = len(world.messages())
    assert 10 <= kept < 30
    report = world.sync()
    assert report.new == 30 - kept
    assert world.placed() == on_server(world.user)


def test_nobody_else_syncs_the_account_meanwhile(world: ServerWorld) -> None:
    fill(world.inbox, range(3))

    with leases.holding(world.store, f"account:{world.account.id}", seconds=20), pytest.raises(BusyError) as caught:
        world.sync()

    assert caught.value.retry_after == pytest.approx(20, abs=2)
    assert world.sources.sessions == []  # type: ignore[attr-defined]
    assert world.sync().new == 3


def test_a_lease_that_was_taken_over_ends_the_sync_without_another_write(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(30))
    taken: list[Progress] = []

    def steal(progress: Progress) -> None:
        if not taken:
            with world.store.begin() as connection:
                connection.execute(update(t.leases).values(expires_at=0))
            leases.acquire(world.store, f"account:{world.account.id}", seconds=20)
        taken.append(progress)

    with pytest.raises(BusyError) as caught:
        world.sync(progress=steal)

    assert caught.value.code == "lease_lost"
    assert len(world.messages()) == 4


def test_the_lease_is_given_back_after_an_error(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    world.server.faults.add(Fault("UID FETCH", Interrupt("tag")))
    with pytest.raises(ServerError):
        world.sync()

    assert world.sync().errors == ()
    assert world.placed() == on_server(world.user)


def test_a_given_session_and_lease_are_used_and_left_open(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    session = world.sources.open(world.account)
    with leases.holding(world.store, f"account:{world.account.id}", seconds=20) as lease:
        first = world.sync(session=session, lease=lease)
        world.inbox.append(mail(9))

        second = world.sync(session=session, lease=lease)

    assert (first.new, second.new) == (3, 1)
    assert len(world.sources.sessions) == 1  # type: ignore[attr-defined]
    assert first.commands + second.commands == session.commands
    session.close()


def test_a_cancelled_sync_stops_after_its_batch_and_can_be_resumed(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(30))
    seen: list[Progress] = []

    report = world.sync(progress=seen.append, cancel=lambda: len(seen) >= 3)

    assert 0 < report.new < 30
    assert report.remaining == 30 - report.new
    assert world.sync().new == report.remaining
    assert world.placed() == on_server(world.user)


def test_progress_grows_to_its_total(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(25))
    seen: list[Progress] = []

    world.sync(progress=seen.append)

    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert seen[-1] == Progress("sync", 25, 25)


def test_the_connection_may_be_used_between_two_batches(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(85))
    session = world.sources.open(world.account)
    calls = []

    def elsewhere() -> None:
        calls.append(session.open("Archive").status)

    report = world.sync(session=session, between_batches=elsewhere)

    assert report.new == 85
    assert len(calls) == 3
    assert world.placed() == on_server(world.user)
    session.close()


class Pipelined:
    """A session that notes which bodies it is asked for in one go."""

    def __init__(self, session: ImapSession) -> None:
        self._session = session
        self.asked: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        self.asked.append([str(group) for group in groups])
        return self._session.bodies_of(groups)


def test_bodies_are_asked_for_group_after_group_without_waiting_for_the_answer(world: ServerWorld) -> None:
    world.settings = SMALL
    fill(world.inbox, range(45))
    with closing(world.sources.open(world.account)) as session:
        pipelined = Pipelined(session)
        report = world.sync(session=pipelined)

    assert pipelined.asked == [["36:45", "26:35", "16:25", "6:15"]]
    assert (report.new, report.remaining) == (45, 0)
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize("fault", ["F32", "F08"], ids=["refused", "breaks the connection"])
def test_one_bad_message_among_many_groups_costs_only_itself(world: ServerWorld, fault: str) -> None:
    world.settings = SMALL
    uids = fill(world.inbox, range(45))
    named(fault)[0].arm(world.server, Target(uid=uids[20]))

    for _ in range(5):
        with suppress(ServerError):
            world.sync()
    report = world.sync()

    assert (report.new, report.remaining, report.errors) == (0, 0, ())
    digests = world.contents()
    assert [uid for (name, uid), digest in digests.items() if digest is None] == [uids[20]]
    assert len(digests) == 45


def test_success_is_noted_at_the_account(world: ServerWorld) -> None:
    world.sync()

    [(state, at)] = world.rows(select(t.accounts.c.state, t.accounts.c.last_success_at))
    assert state == "ok"
    assert at == int(START.timestamp()) * 1_000_000


def test_another_owner_has_its_own_account_and_blobs(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    world.sync()

    stranger = replace(world.account, owner="eve")

    with pytest.raises(Exception, match="no account"):
        world.service.sync(stranger)
