"""What a scripted fault is: a name, how a client must end, and the script that brings it about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailhelper_core.testing.imap.faults import Fault
from mailhelper_core.testing.imap.server import ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import User

# continues: converges, no loss, no duplicate. retried: later, with backoff, state untouched. quarantined: the
# one item, the rest goes on. noted: what came is stored and told, a repair brings the rest. paused: the account
# waits for its owner. refused: a clear error, nothing changed.
Outcome = Literal["continues", "retried", "quarantined", "noted", "paused", "refused"]
# Where a client meets it: connecting, reading, carrying changes back, waiting for news.
Strikes = Literal["connect", "sync", "deliver", "watch"]

# Longer than any client waits.
FOR_EVER_SECONDS = 86_400.0

Make = Callable[[Mapping[str, str], Collection[str]], ImapServer]


@dataclass(frozen=True, slots=True)
class Target:
    """What a fault strikes: a mailbox of a user, and one message there where it takes one."""

    user: str = "ada"
    mailbox: str = "INBOX"
    uid: int = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """A running server and the target; what scripts work with."""

    server: ImapServer
    target: Target

    @property
    def user(self) -> User:
        """The user whose mail it is."""
        return self.server.store.user(self.target.user)

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox struck."""
        return self.user.mailbox(self.target.mailbox)

    @property
    def uid(self) -> int:
        """The message struck."""
        return self.target.uid

    def add(self, *faults: Fault) -> None:
        """Arm faults of single commands."""
        self.server.faults.add(*faults)


def _server(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without=without)


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """One fault.

    `outcome` is how a client must end. `strikes` says where it is met. `options` are the account options that
    it takes to meet it (`auth`, `security`). `lasts`: it stays until `disarm`, else it passes by itself and the
    next attempt must succeed. `needs_sync`: arm it when something is stored already.
    """

    name: str
    title: str
    outcome: Outcome
    script: Callable[[Scene], None] = field(repr=False)
    strikes: Strikes = "sync"
    options: tuple[tuple[str, str], ...] = ()
    lasts: bool = False
    needs_sync: bool = False
    target: Target = Target()
    make: Make = field(default=_server, repr=False)

    def server(self, *, users: Mapping[str, str] | None = None, without: Collection[str] = ()) -> ImapServer:
        """Make a server that can have this fault (not started); `without` takes more capabilities away."""
        return self.make({"ada": "secret"} if users is None else users, without)

    def arm(self, server: ImapServer, target: Target | None = None) -> None:
        """Let it happen from now on, to the fault's own `target` unless another is given."""
        self.script(Scene(server, target or self.target))

    def disarm(self, server: ImapServer) -> None:
        """Let the server answer healthily again; what the fault did to the mail stays done."""
        server.faults.clear()
