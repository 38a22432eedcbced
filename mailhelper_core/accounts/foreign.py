"""Sessions of plugins' sources: what they raise that is not ours becomes an error that names the plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import PluginError
from mailhelper_core.model.source.namespaced import NamespacedSession
from mailhelper_core.model.source.push import Pusher, PushingSession
from mailhelper_core.model.source.remote import (
    ConnectedSession,
    MailSession,
    OpenedMailbox,
    PipeliningSession,
    Placed,
    RemoteFlags,
    RemoteMailbox,
    RemoteMetadata,
    RemoteStatus,
    Resume,
    SessionInfo,
    StepwiseSession,
    SurveyingSession,
)
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.watchman import leave

T = TypeVar("T")
_END: Any = object()


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the code of one source."""

    dispatcher: Dispatcher
    plugin: str
    name: str

    def call(self, function: Callable[[], T]) -> T:
        """Answer what it answers. Raises errors of ours, and PluginError for all others."""
        return self.dispatcher.call_source(self.plugin, self.name, function)

    def connect(self, connect: Callable[[], MailSession]) -> MailSession:
        """Answer the session that it opens; a job is at this source until `end`, whoever is called meanwhile."""
        return self.dispatcher.call_source(self.plugin, self.name, connect, is_risky=True, stays=True)

    def each(self, function: Callable[[], Iterable[T]]) -> Iterator[T]:
        """Yield what it yields; only its own steps count as its own."""
        items = self.call(lambda: iter(function()))
        try:
            while (item := self.call(lambda: next(items, _END))) is not _END:
                yield item
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                self.call(close)

    def end(self, close: Callable[[], None]) -> None:
        """Close what, by its contract, never raises: here it does not, and is counted if it would."""
        with suppress(PluginError):
            self.call(close)
        leave()


def foreign_session(session: MailSession, caller: Caller) -> MailSession:
    """Wrap a plugin's session; it can what the session can, and no more."""
    extras = tuple(extra for protocol, extra in _EXTRAS if isinstance(session, protocol))
    made = type("ForeignSession", (*extras, ForeignSession), {}) if extras else ForeignSession
    return cast("MailSession", made(session, caller))


class ForeignSession:
    """A MailSession that passes every call on."""

    def __init__(self, session: Any, caller: Caller) -> None:
        self._session, self._caller = session, caller

    @property
    def info(self) -> SessionInfo:
        """What this connection can do."""
        return self._caller.call(lambda: cast("SessionInfo", self._session.info))

    @property
    def commands(self) -> int:
        """How many commands were sent since login."""
        return self._caller.call(lambda: cast("int", self._session.commands))

    @property
    def body_bytes(self) -> int:
        """How many octets of message bodies were received."""
        return self._caller.call(lambda: cast("int", self._session.body_bytes))

    def mailboxes(self) -> Sequence[RemoteMailbox]:
        """List every mailbox."""
        return self._caller.call(lambda: cast("Sequence[RemoteMailbox]", self._session.mailboxes()))

    def status(self, name: str) -> RemoteStatus:
        """Ask for one mailbox's status."""
        return self._caller.call(lambda: cast("RemoteStatus", self._session.status(name)))

    def open(self, name: str, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        """Open a mailbox."""
        return self._caller.call(
            lambda: cast("OpenedMailbox", self._session.open(name, resume=resume, writable=writable))
        )

    def uids(self) -> UidSet:
        """List all uids of the open mailbox."""
        return self._caller.call(lambda: cast("UidSet", self._session.uids()))

    def flags(self, uids: UidSet, *, changed_since: int = 0) -> Iterator[RemoteFlags]:
        """Yield keywords."""
        return self._caller.each(lambda: self._session.flags(uids, changed_since=changed_since))

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        """Yield metadata."""
        return self._caller.each(lambda: self._session.metadata(uids))

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield raw messages."""
        return self._caller.each(lambda: self._session.bodies(uids))

    def headers(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield raw header blocks."""
        return self._caller.each(lambda: self._session.headers(uids))

    def store(
        self,
        uids: UidSet,
        *,
        add: frozenset[str] = frozenset(),
        remove: frozenset[str] = frozenset(),
        unchanged_since: int = 0,
    ) -> Sequence[RemoteFlags]:
        """Add and remove keywords."""
        return self._caller.call(
            lambda: cast(
                "Sequence[RemoteFlags]",
                self._session.store(uids, add=add, remove=remove, unchanged_since=unchanged_since),
            )
        )

    def move(self, uids: UidSet, mailbox: str) -> Placed:
        """Move messages."""
        return self._caller.call(lambda: cast("Placed", self._session.move(uids, mailbox)))

    def copy(self, uids: UidSet, mailbox: str) -> Placed:
        """Copy messages."""
        return self._caller.call(lambda: cast("Placed", self._session.copy(uids, mailbox)))

    def expunge(self, uids: UidSet) -> None:
        """Remove messages for good."""
        self._caller.call(lambda: self._session.expunge(uids))

    def append(
        self, mailbox: str, raw: bytes, *, keywords: frozenset[str] = frozenset(), received_at: datetime | None = None
    ) -> Placed:
        """Append a message."""
        return self._caller.call(
            lambda: cast("Placed", self._session.append(mailbox, raw, keywords=keywords, received_at=received_at))
        )

    def create(self, mailbox: str) -> None:
        """Create a mailbox."""
        self._caller.call(lambda: self._session.create(mailbox))

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> UidSet:
        """Find uids by Message-ID header."""
        return self._caller.call(lambda: cast("UidSet", self._session.find_message_id(message_id, from_uid=from_uid)))

    def close(self) -> None:
        """Log out and close."""
        self._caller.end(self._session.close)


class _Pushing(ForeignSession):
    def push(self) -> Pusher | None:
        pusher: Pusher | None = self._caller.call(self._session.push)
        return None if pusher is None else ForeignPusher(pusher, self._caller)


class _Pipelining(ForeignSession):
    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        return self._caller.each(lambda: self._session.bodies_of(groups))


class _Surveying(ForeignSession):
    def statuses(self, names: Sequence[str]) -> Iterator[tuple[str, RemoteStatus]]:
        return self._caller.each(lambda: self._session.statuses(names))


class _Namespaced(ForeignSession):
    def personal_prefix(self) -> str | None:
        return self._caller.call(lambda: cast("str | None", self._session.personal_prefix()))


class _Stepwise(ForeignSession):
    @property
    def moves_in_steps(self) -> bool:
        return self._caller.call(lambda: bool(self._session.moves_in_steps))


class _Connected(ForeignSession):
    @property
    def is_connected(self) -> bool:
        return self._caller.call(lambda: bool(self._session.is_connected))


_EXTRAS: tuple[tuple[Any, type[ForeignSession]], ...] = (
    (PushingSession, _Pushing),
    (PipeliningSession, _Pipelining),
    (SurveyingSession, _Surveying),
    (NamespacedSession, _Namespaced),
    (StepwiseSession, _Stepwise),
    (ConnectedSession, _Connected),
)


class ForeignPusher:
    """A Pusher that passes every call on."""

    def __init__(self, pusher: Pusher, caller: Caller) -> None:
        self._pusher, self._caller = pusher, caller

    @property
    def mailboxes(self) -> frozenset[str] | None:
        """The mailboxes whose news come."""
        return self._caller.call(lambda: self._pusher.mailboxes)

    @property
    def seconds_left(self) -> float:
        """How long until `renew` must be called."""
        return self._caller.call(lambda: float(self._pusher.seconds_left))

    def fileno(self) -> int:
        """Answer the descriptor."""
        return self._caller.call(lambda: int(self._pusher.fileno()))

    def read(self) -> frozenset[str]:
        """Answer the names of mailboxes that changed."""
        return self._caller.call(self._pusher.read)

    def renew(self) -> None:
        """Ask the server to go on."""
        self._caller.call(self._pusher.renew)

    def wait(self, timeout: float) -> frozenset[str]:
        """Wait for news."""
        return self._caller.call(lambda: self._pusher.wait(timeout))

    def close(self) -> None:
        """End the connection."""
        self._caller.end(self._pusher.close)
