"""A sync that is stopped at every point there is: histories of a server, ways to stop, and databases to copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, event, select, update

from mailhelper_core.errors import MailHelperError, ServerError
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.servers.postgres import Postgres
from tests.unit.sync.memory import Family, MemorySources
from tests.unit.sync.world import (
    START,
    Clock,
    MemoryWorld,
    add_account,
    fill,
    mail,
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


class Shelf(Protocol):
    """Databases by name."""

    def copy(self, source: str, target: str) -> None:
        """Make a database as another one is now, in the place of one of that name."""
        ...

    def url(self, name: str) -> str:
        """Answer the address of a database."""
        ...


@dataclass
class FileShelf:
    """SQLite files in a folder."""

    folder: Path

    def copy(self, source: str, target: str) -> None:
        """Copy a file."""
        shutil.copy(self.folder / f"{source}.db", self.folder / f"{target}.db")

    def url(self, name: str) -> str:
        """Answer the file's address."""
        return f"sqlite:///{self.folder / name}.db"


@dataclass
class PostgresShelf:
    """Databases of a PostgreSQL server; `names` are those that they have there."""

    postgres: Postgres
    names: dict[str, str]

    def copy(self, source: str, target: str) -> None:
        """Copy a database that nobody is connected to."""
        if target in self.names:
            self.postgres.drop_database(self.names[target])
        self.names[target] = self.postgres.create_database(template=self.names[source])

    def url(self, name: str) -> str:
        """Answer the database's address."""
        return self.postgres.url(self.names[name])


@contextmanager
def opened(url: str, family: Family, change: Change, batches: Settings = SMALL) -> Iterator[MemoryWorld]:
    """Open the database beside a server that always has the same history, to which a change was added."""
    clock = Clock()
    store = Store.open(url, clock=clock)
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


def other_names(world: MemoryWorld) -> None:
    """A mailbox gets another name and new mail, and there is a new one that holds mail of others too."""
    world.user.rename("Work", "Done")
    fill(world.user.mailbox("Done"), range(50, 53))
    world.inbox.copy([1, 2], world.user.create("New"))
    fill(world.user.mailbox("New"), range(60, 63))
    world.archive.add_flags([1, 2], ["\\Flagged"])
    world.later()


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


def end_leases(world: MemoryWorld) -> None:
    """Let time pass for the database too: PostgreSQL counts leases by its own clock."""
    with world.store.begin() as connection:
        connection.execute(update(t.leases).values(expires_at=0))


def at_word(world: MemoryWorld, number: int) -> None:
    """Lose the connection at the number-th word to the server, or at a body but the first of an answer.

    A session says `open`, and then of which mailbox; `bodies`, and then the first: nothing has happened in between.
    """
    words, before = count(), [""]

    def trip(word: str) -> None:
        is_same_place = word.startswith("open ") or (word.startswith("body ") and before[0] == "bodies")
        before[0] = word
        if not is_same_place and next(words) == number:
            raise ServerError("gone", code="connection_lost")

    world.memory.trip = trip


def at_commit(world: MemoryWorld, number: int) -> None:
    """Die just before the number-th commit."""
    commits = count()

    def die(_: Connection) -> None:
        if next(commits) == number:
            raise KilledError

    event.listen(world.store.engine, "commit", die)


def at_lost_database(world: MemoryWorld, number: int) -> None:
    """Lose the connection to PostgreSQL just before the number-th commit; the program lives on."""
    commits = count()

    def cut(connection: Connection) -> None:
        if next(commits) == number:
            pid = connection.connection.dbapi_connection.info.backend_pid
            with world.store.engine.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")

    event.listen(world.store.engine, "commit", cut)


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
    "names": Scenario(nothing_more, other_names),
}


def interrupt_everywhere(shelf: Shelf, stop: Stop, family: Family, scenario: Scenario, batches: Settings) -> int:
    """Stop a sync at every point there is, and resume it; answer how many there are."""
    shelf.copy("migrated", "synced")
    with opened(shelf.url("synced"), family, scenario.before or nothing_more) as world:
        if scenario.before is not None:
            world.sync()
    shelf.copy("synced", "undisturbed")
    with opened(shelf.url("undisturbed"), family, scenario.change, batches) as world:
        world.sync()
        expected = state(world)
        assert world.placed() == on_server(world.user)

    for number in count():
        shelf.copy("synced", "stopped")
        with opened(shelf.url("stopped"), family, scenario.change, batches) as world:
            stop(world, number)
            try:
                world.sync()
                return number
            except (KilledError, MailHelperError):
                pass
        with opened(shelf.url("stopped"), family, scenario.change, batches) as world:
            world.clock.now = START.replace(hour=12)
            end_leases(world)
            world.sync()
            again = world.sync()

            assert state(world) == expected, f"stopped at {number}"
            assert (again.new, again.updated, again.adopted, again.deleted, again.completed) == (0, 0, 0, 0, 0)
            assert (again.commands, again.body_bytes) == (1, 0)
    raise AssertionError
