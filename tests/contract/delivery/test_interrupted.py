"""Delivery that is stopped at any command or before any commit: nothing is lost, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import pytest
from sqlalchemy import Connection, event

from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, DropCopy, MoveMessage
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Bye, Fault, ImapServer, Interrupt
from tests.contract.delivery.conftest import SHAPES, World, make_world


@contextmanager
def new_world(store: Store, shape: str) -> Iterator[tuple[World, ImapServer]]:
    """The store is emptied instead of made anew: compiled statements are kept."""
    with ImapServer(without=SHAPES[shape]) as server:
        yield make_world(store, server.host, server.port, "ada", "secret"), server
    with store.begin() as connection:
        _empty(connection)
    store._owner_ids.forget("ada")


def _empty(connection: Connection) -> None:
    tables = t.metadata.sorted_tables
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for table in reversed(tables):
        connection.execute(table.delete())


def decide_everything(world: World) -> None:
    for name in ("moved", "copied", "marked", "dropped"):
        world.put(name)
    world.put("old", mailbox="Finance")
    world.sync()
    world.decide(CopyMessage(world.id("dropped"), "Finance"))
    world.deliver()
    world.decide(
        AddKeyword(world.id("moved"), SEEN),
        MoveMessage(world.id("moved"), "Finance"),
        CopyMessage(world.id("copied"), "New"),
        AddKeyword(world.id("marked"), FLAGGED),
        DropCopy(world.id("dropped"), "Finance"),
    )


def waiting(world: World) -> int:
    """How much is still to be delivered."""
    with world.owner.read() as uow:
        open_ = t.outbox.select().where(t.outbox.c.state.in_(("waiting", "claimed")))
        return len(uow.connection.execute(open_).all())


@contextmanager
def dying_at(store: Store, number: int) -> Iterator[list[int]]:
    """Let the process end before the number-th commit; answers where it did."""
    commits, deaths = count(1), []

    def die(_: Connection) -> None:
        if next(commits) == number:
            deaths.append(number)
            raise KilledError

    event.listen(store.engine, "commit", die)
    try:
        with suppress(KilledError):
            yield deaths
    finally:
        event.remove(store.engine, "commit", die)


class KilledError(BaseException):
    """The process ends here; nobody hears of it."""


DONE = {
    "Finance": [("moved", (SEEN,)), ("old", ())],
    "INBOX": [("copied", ()), ("dropped", ()), ("marked", (FLAGGED,))],
    "New": [("copied", ())],
}


def assert_ends_as_decided(world: World, number: int) -> None:
    """Deliver what was left, every other time after a sync: all is done, once, and nothing more is to be delivered."""
    world.pass_time(hours=2)
    if number % 2:
        world.sync()
    world.deliver()
    world.sync()

    assert world.on_server() == DONE, number
    assert world.shown() == DONE, number
    assert (waiting(world), world.deliver().delivered) == (0, 0), number


@pytest.mark.parametrize(
    ("shape", "cut"),
    [
        pytest.param("all", Interrupt(at="tag"), id="all-answer-lost", marks=pytest.mark.full),
        pytest.param("bare", Interrupt(at="tag"), id="bare-answer-lost"),
        pytest.param("no-uidplus", Interrupt(at="tag"), id="no-uidplus-answer-lost", marks=pytest.mark.full),
        pytest.param("all", Bye(), id="all-never-done", marks=pytest.mark.full),
        pytest.param("bare", Bye(), id="bare-never-done", marks=pytest.mark.full),
        pytest.param("no-uidplus", Bye(), id="no-uidplus-never-done", marks=pytest.mark.full),
    ],
)
def test_connection_cut_at_any_command_loses_and_doubles_nothing(
    sqlite_store: Store, shape: str, cut: Bye | Interrupt
) -> None:
    """On SQLite alone, for time: what a cut may leave half done is a transaction, and those die on both below."""
    for number in range(1, 100):
        with new_world(sqlite_store, shape) as (world, server):
            decide_everything(world)
            server.faults.add(Fault("*", cut, nth=number))

            with suppress(ServerError):  # the cut may hit the login
                world.deliver()
            fired = bool(server.faults.fired)
            server.faults.clear()
            assert_ends_as_decided(world, number)
        if not fired:
            return
    raise AssertionError("the delivery never ended")


@pytest.mark.parametrize(
    "shape", ["bare", pytest.param("no-uidplus", marks=pytest.mark.full), pytest.param("all", marks=pytest.mark.full)]
)
def test_a_death_before_any_commit_loses_and_doubles_nothing(store: Store, shape: str) -> None:
    for number in range(1, 100):
        with new_world(store, shape) as (world, _):
            decide_everything(world)

            with dying_at(store, number) as deaths:
                world.deliver()
            assert_ends_as_decided(world, number)
        if not deaths:
            assert number > 5, "there are more commits than that"
            return
    raise AssertionError("the delivery never ended")
