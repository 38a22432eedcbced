"""A sync whose connection is cut at each line of the server in turn, by a relay between client and server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from sqlalchemy import select

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.sync.servers import WITHOUT, ServerWorld
from tests.stateful.interruption import Shelf, end_leases, state
from tests.unit.sync.world import START, Clock, add_account, mail, on_server, read_account

SMALL = Settings(fetch_batch_messages=6, commit_batch_messages=3)
# What a server that is gone costs, where its end is not seen.
TIMEOUT_SECONDS = "10"
# BYE and OK come when the client has left, or are not seen any more.
LOGOUT_LINES = 2

Change = Callable[[ServerWorld], None]


@dataclass
class Relay:
    """Passes lines on, and cuts the connection in the middle of the number-th that the server says, or before it."""

    server: ImapServer
    cut_at: int = -1
    inside: bool = False
    lines: int = 0
    _listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _ends: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    def run(self) -> None:
        """Serve until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection((self.server.host, self.server.port))
                self._ends += [client, server]
                for one in (client, server):  # small lines, each of which would wait 40 ms for the last one's receipt
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for pump in (self._commands, self._answers):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def close(self) -> None:
        """End it all."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for one in (self._listening, *self._ends):
            one.close()

    def _commands(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                server.sendall(data)
        _end(server)

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), server.makefile("rb") as lines:
            for line in lines:
                number, self.lines = self.lines, self.lines + 1
                if number == self.cut_at:
                    client.sendall(line[: len(line) // 2] if self.inside else b"")
                    break
                client.sendall(line)
        _end(client)
        _end(server)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@dataclass
class RelayedSources:
    """Opens sessions through the relay."""

    relay: Relay

    def open(self, account: Account) -> ImapSession:
        options = (("timeout", TIMEOUT_SECONDS),)
        return connect_imap(Endpoint("imap", "127.0.0.1", self.relay.port, "", "ada", "none", "secret", options))


@contextmanager
def served(url: str, family: str, change: Change) -> Iterator[tuple[ServerWorld, Relay]]:
    """Open a database beside a server that always has the same history, to which a change was added."""
    clock = Clock()
    with ImapServer(without=WITHOUT[family]) as server:
        relay = Relay(server)
        threading.Thread(target=relay.run, daemon=True).start()
        store = Store.open(url, clock=clock)
        with store.read() as connection:
            known = connection.scalar(select(t.accounts.c.id))
        account = add_account(store) if known is None else read_account(store, known)
        world = ServerWorld(store, RelayedSources(relay), account, clock, SMALL, server=server)
        put(world.inbox, range(12))
        put(world.archive, range(8, 11))
        put(world.user.create("Work"), range(12, 15))
        change(world)
        try:
            yield world, relay
        finally:
            store.close()
            relay.close()


def put(box: Mailbox, numbers: Sequence[int]) -> list[int]:
    """Append letters whose times are always the same."""
    return [box.append(mail(one), internal_date=START + timedelta(minutes=one)) for one in numbers]


def nothing_more(_: ServerWorld) -> None:
    """The history alone."""


def everything_at_once(world: ServerWorld) -> None:
    """New mail, flags, deletions, moves, a renumbered and a deleted mailbox."""
    put(world.inbox, range(40, 46))
    world.inbox.add_flags([1, 2, 3], ["\\Seen"])
    world.inbox.expunge([4, 5])
    world.inbox.move([6, 7, 8, 9], world.archive)
    world.archive.renumber()
    world.user.delete("Work")
    world.later()


def other_names(world: ServerWorld) -> None:
    """A mailbox gets another name and new mail, and there is a new one that holds mail of others too."""
    world.user.rename("Work", "Done")
    put(world.user.mailbox("Done"), range(50, 53))
    world.inbox.copy([1, 2], world.user.create("New"))
    world.archive.add_flags([1, 2], ["\\Flagged"])
    world.later()


def a_backup(world: ServerWorld) -> None:
    """The server went back to yesterday, and gives a uid again."""
    box = world.inbox
    box.expunge([11, 12])
    box.forget_expunged()
    box.uid_next = 11
    put(box, [60])
    world.later()


HISTORIES: dict[str, tuple[Change | None, Change]] = {
    "first": (None, nothing_more),
    "later": (nothing_more, everything_at_once),
    "names": (nothing_more, other_names),
    "backup": (nothing_more, a_backup),
}


def cut_everywhere(shelf: Shelf, family: str, history: str, *, step: int = 1, first: int = 0) -> int:
    """Cut a sync at every step-th line of the server, resume it, and compare; answer how many cuts there were.

    Every second cut is in the middle of the line.
    """
    before, change = HISTORIES[history]
    shelf.copy("migrated", "synced")
    if before is not None:
        with served(shelf.url("synced"), family, before) as (world, _):
            world.sync()
    shelf.copy("synced", "undisturbed")
    with served(shelf.url("undisturbed"), family, change) as (world, relay):
        world.sync()
        expected, lines = state(world), relay.lines
        assert world.placed() == on_server(world.user)
    for cuts, number in enumerate(count(first, step)):
        shelf.copy("synced", "cut")
        with served(shelf.url("cut"), family, change) as (world, relay):
            relay.cut_at, relay.inside = number, cuts % 2 == 1
            with suppress(MailHelperError):
                world.sync()
            if relay.lines <= number:
                assert number >= lines - LOGOUT_LINES
                return cuts
            relay.cut_at = -1
            _resume(world, expected, number)
    raise AssertionError


def _resume(world: ServerWorld, expected: object, number: int) -> None:
    world.clock.now = START.replace(hour=12)
    end_leases(world)
    world.sync()
    again = world.sync()
    assert state(world) == expected, f"cut at line {number}"
    assert (again.new, again.updated, again.adopted, again.deleted, again.completed) == (0, 0, 0, 0, 0)
    assert (again.body_bytes, again.errors) == (0, ())
