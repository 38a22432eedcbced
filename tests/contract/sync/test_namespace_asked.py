"""How often a server is asked what the names of its mailboxes begin with (NAMESPACE), whatever it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from mailhelper_core.errors import ServerError
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Answer, Fault, ImapServer, Interrupt
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.mailstore.store import SPECIAL_USE
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.contract.sync.written import written_rows
from tests.unit.sync.world import OWNER, Clock, add_account, fill

DAY_SECONDS = 86_400
REFUSALS = [Answer("NO"), Answer("BAD"), Answer("NO", "later", "UNAVAILABLE"), Answer("OK")]


@contextmanager
def courier(store: Store, clock: Clock, *without: str) -> Iterator[ServerWorld]:
    """A server that wants all others below INBOX, and has INBOX alone."""
    with ImapServer(delimiter=".", prefix="INBOX.", without=without) as server:
        for name in SPECIAL_USE:
            server.store.user("ada").delete(f"INBOX.{name}")
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(3))
        yield world


def refuse(world: ServerWorld, by: Action) -> None:
    world.server.faults.add(Fault("NAMESPACE", by, times=None))


def asked(world: ServerWorld) -> int:
    return world.server.log.names.count("NAMESPACE")


def prefix(world: ServerWorld) -> str | None:
    [(found,)] = world.rows(select(t.accounts.c.personal_prefix))
    return found


@pytest.mark.parametrize("by", REFUSALS, ids=["no", "bad", "not now", "nothing"])
def test_one_that_refuses_is_not_asked_in_each_sync(store: Store, clock: Clock, by: Answer) -> None:
    with courier(store, clock) as world:
        refuse(world, by)
        world.sync()
        with written_rows(store) as rows:
            reports = [world.sync() for _ in range(3)]

        assert (asked(world), prefix(world)) == (1, None)
        assert [report.commands for report in reports] == [1, 1, 1]
        assert rows.keys() == {"leases", "accounts"}


def test_where_nothing_changed_it_is_not_asked_the_next_day_either(store: Store, clock: Clock) -> None:
    with courier(store, clock) as world:
        refuse(world, Answer("NO"))
        world.sync()
        clock.advance(DAY_SECONDS)

        report = world.sync()

        assert (asked(world), report.commands) == (1, 1)


def test_it_is_asked_again_once_a_day_when_there_is_news(store: Store, clock: Clock) -> None:
    with courier(store, clock) as world:
        refuse(world, Answer("NO"))
        world.sync()
        for hour in range(30):
            clock.advance(DAY_SECONDS / 24)
            fill(world.inbox, range(10 + hour, 11 + hour))
            world.sync()
        before = asked(world)
        world.server.faults.clear()
        clock.advance(DAY_SECONDS)
        fill(world.inbox, range(60, 61))
        for _ in range(3):
            world.sync()

        assert (before, asked(world), prefix(world)) == (2, 3, "INBOX.")


def test_a_repair_asks_at_once(store: Store, clock: Clock) -> None:
    with courier(store, clock) as world:
        refuse(world, Answer("NO"))
        world.sync()
        world.server.faults.clear()
        with leases.holding(world.store, account_resource(world.account.id), seconds=20) as lease:
            VerifyService(world.store.for_owner(OWNER)).forget(world.account, lease)

        world.sync()

        assert (asked(world), prefix(world)) == (2, "INBOX.")


def test_one_that_breaks_the_connection_at_it_is_synced_all_the_same(store: Store, clock: Clock) -> None:
    with courier(store, clock) as world:
        refuse(world, Interrupt("line", after=3))
        broken = 0
        for hour in range(30):
            clock.advance(DAY_SECONDS / 24)
            fill(world.inbox, range(10 + hour, 11 + hour))
            try:
                world.sync()
            except ServerError:
                broken += 1

        assert asked(world) == 2
        assert broken == 1  # the first; later it is asked when all else is stored
        assert len(world.visible()) == 33


def test_one_that_does_not_offer_it_is_not_asked(store: Store, clock: Clock) -> None:
    with courier(store, clock, "NAMESPACE") as world:
        world.sync()
        clock.advance(DAY_SECONDS)
        report = world.sync()

        assert (asked(world), report.commands) == (0, 1)


def test_one_that_answers_is_asked_once(store: Store, clock: Clock) -> None:
    with courier(store, clock) as world:
        world.sync()
        for hour in range(3):
            clock.advance(DAY_SECONDS)
            fill(world.inbox, range(10 + hour, 11 + hour))
            world.sync()
        report = world.sync()

        assert (asked(world), prefix(world), report.commands) == (1, "INBOX.", 1)
