"""A sync stopped at every commit and at every word to the server, then resumed, ends as one that never stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.unit.sync.memory import FAMILIES, Family, MemorySources
from tests.unit.sync.world import (
    START,
    Clock,
    MemoryWorld,
    add_account,
    fill,
    mail,
    new_sqlite,
    new_user,
    on_server,
    read_account,
)

SMALL = Settings(fetch_batch_messages=6, commit_batch_messages=3)
# As many places to stop at as there can be.
TINY = Settings(fetch_batch_messages=2, commit_batch_messages=1)


Change = Callable[[MemoryWorld], None]
Stop = Callable[[MemoryWorld, int], None]


class KilledError(Exception):
    """The process ends here."""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("migrated")
    new_sqlite(folder)
    return folder / "mail.db"


@contextmanager
def opened(path: Path, family: Family, change: Change, batches: Settings = SMALL) -> Iterator[MemoryWorld]:
    """Open the database beside a server that always has the same history, to which a change was added."""
    clock = Clock()
    store = Store.open(f"sqlite:///{path}", clock=clock)
    with store.read() as connection:
        known = connection.scalar(select(t.accounts.c.id))
    account = add_account(store) if known is None else read_account(store, known)
    world = MemoryWorld(store, MemorySources(new_user(), family), account, clock, batches)
    fill(world.inbox, range(12))
    fill(world.archive, range(8, 11))
    fill(world.user.create("Work"), range(12, 15))
    change(world)
    yield world
    store.close()


def nothing_more(_: MemoryWorld) -> None:
    """The history alone."""


def headers_alone(world: MemoryWorld) -> None:
    """No body is wanted yet."""
    world.with_policy(AccountPolicy(size_cap_bytes=0))


def everything_at_once(world: MemoryWorld) -> None:
    """New mail, flags, deletions, moves, a renumbered and a deleted mailbox."""
    fill(world.inbox, range(40, 46))
    world.inbox.append(mail(70, in_reply_to="<1@example.org>"))
    world.inbox.add_flags([1, 2, 3], ["\\Seen"])
    world.inbox.expunge([4, 5])
    world.inbox.move([6, 7, 8, 9], world.archive)
    world.archive.renumber()
    world.user.delete("Work")
    world.later()


def many_moves(world: MemoryWorld) -> None:
    """Another client tidies up."""
    world.inbox.move([1, 2, 3, 4], world.archive)
    world.archive.move([1], world.user.mailbox("Work"))
    world.user.mailbox("Work").copy([1, 2], world.inbox)


def new_numbers(world: MemoryWorld) -> None:
    """The server was restored."""
    world.inbox.renumber()
    world.archive.renumber()


def losses(world: MemoryWorld) -> None:
    """Much goes, and a mailbox begins anew under its name."""
    world.inbox.expunge([1, 3, 5, 7])
    world.user.delete("Work")
    fill(world.user.create("Work"), range(14, 18))


def state(world: MemoryWorld) -> object:
    """What the database says, without ids that may differ."""
    m = t.messages.c
    rows = world.rows(select(m.subject, m.thread_id, m.orphaned_at.is_(None), m.digest))
    threads: dict[int, set[str]] = {}
    for subject, thread, _, _ in rows:
        threads.setdefault(thread, set()).add(subject)
    return (
        world.placed(),
        sorted((subject, is_visible, digest) for subject, _, is_visible, digest in rows),
        sorted(sorted(subjects) for subjects in threads.values()),
        world.pending(),
    )


def at_word(world: MemoryWorld, number: int) -> None:
    """Lose the connection at the number-th word to the server."""
    words = count()

    def trip(_: str) -> None:
        if next(words) == number:
            raise ServerError("gone", code="connection_lost")

    world.memory.trip = trip


def at_commit(world: MemoryWorld, number: int) -> None:
    """Die just before the number-th commit."""
    commits = count()

    def die(_: Connection) -> None:
        if next(commits) == number:
            raise KilledError

    event.listen(world.store.engine, "commit", die)


@dataclass(frozen=True)
class Scenario:
    """What was synced before, None for nothing; and what the sync then finds that is stopped."""

    before: Change | None
    change: Change


SCENARIOS = {
    "first": Scenario(None, nothing_more),
    "later": Scenario(nothing_more, everything_at_once),
    "bodies": Scenario(headers_alone, nothing_more),
    "moves": Scenario(nothing_more, many_moves),
    "numbers": Scenario(nothing_more, new_numbers),
    "losses": Scenario(nothing_more, losses),
}


def interrupt_everywhere(
    migrated: Path, folder: Path, stop: Stop, family: Family, scenario: Scenario, batches: Settings
) -> int:
    """Stop a sync at every point there is, and resume it; answer how many there are."""
    folder.mkdir(exist_ok=True)
    synced, undisturbed, path = folder / "synced.db", folder / "undisturbed.db", folder / "stopped.db"
    shutil.copy(migrated, synced)
    with opened(synced, family, scenario.before or nothing_more) as world:
        if scenario.before is not None:
            world.sync()
    shutil.copy(synced, undisturbed)
    with opened(undisturbed, family, scenario.change, batches) as world:
        world.sync()
        expected = state(world)
        assert world.placed() == on_server(world.user)

    for number in count():
        shutil.copy(synced, path)
        with opened(path, family, scenario.change, batches) as world:
            stop(world, number)
            try:
                world.sync()
                return number
            except (KilledError, ServerError):
                pass
        with opened(path, family, scenario.change, batches) as world:
            world.clock.now = START.replace(hour=12)
            world.sync()
            again = world.sync()

            assert state(world) == expected, f"stopped at {number}"
            assert (again.new, again.updated, again.adopted, again.deleted, again.completed) == (0, 0, 0, 0, 0)
            assert (again.commands, again.body_bytes) == (1, 0)
    raise AssertionError


@pytest.mark.parametrize(("stop", "family"), [(at_word, "qresync"), (at_commit, "neither")])
def test_every_interruption_ends_in_the_state_of_an_undisturbed_sync(
    migrated: Path, tmp_path: Path, stop: Stop, family: Family
) -> None:
    assert interrupt_everywhere(migrated, tmp_path, stop, family, SCENARIOS["later"], SMALL) > 20


@pytest.mark.full
def test_a_thousand_interruptions_end_in_the_state_of_an_undisturbed_sync(migrated: Path, tmp_path: Path) -> None:
    points = {
        f"{stop.__name__} {family} {name}": interrupt_everywhere(
            migrated, tmp_path / f"{stop.__name__}-{family}-{name}", stop, family, scenario, TINY
        )
        for stop in (at_word, at_commit)
        for family in FAMILIES
        for name, scenario in SCENARIOS.items()
    }

    print(f"{sum(points.values())} points: {points}")
    assert sum(points.values()) >= 1_000
