"""A mail source in memory: the test kit's store behind a MailSession, one family of servers at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.errors import ServerError
from mailhelper_core.mime.identity import KEY_FIELDS, header_fields
from mailhelper_core.model.mail.keyword import normalize_keywords
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.remote import (
    OpenedMailbox,
    Placed,
    RemoteDelta,
    RemoteFlags,
    RemoteMailbox,
    RemoteMetadata,
    RemoteStatus,
    Resume,
    SessionInfo,
)
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.mailstore.store import User

Family = Literal["qresync", "condstore", "neither"]
FAMILIES: tuple[Family, ...] = ("qresync", "condstore", "neither")


@dataclass
class MemorySession:
    """Answers from a user's mailboxes; `trip` is called with each verb and may raise instead of the server.

    lies are answered to `uids`, the last first.
    """

    user: User
    family: Family = "qresync"
    trip: Callable[[str], None] = lambda verb: None
    has_remote_ids: bool = False
    flags_are_cheap: bool = False
    commands: int = 0
    body_bytes: int = 0
    verbs: list[str] = field(default_factory=list)
    lies: list[list[int]] = field(default_factory=list)
    is_closed: bool = False
    _mailbox: Mailbox | None = None

    @property
    def info(self) -> SessionInfo:
        return SessionInfo(
            capabilities=frozenset(),
            has_mod_seq=self.family != "neither",
            has_resync=self.family == "qresync",
            flags_are_cheap=self.flags_are_cheap,
        )

    def mailboxes(self) -> Sequence[RemoteMailbox]:
        self._count("mailboxes")
        return [
            RemoteMailbox(one.name, "/", "inbox" if one.name == "INBOX" else "", status=self._status(one))
            for one in self.user.mailboxes
        ]

    def status(self, name: str) -> RemoteStatus:
        self._count("status")
        return self._status(self.user.mailbox(name))

    def open(self, name: str, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        self._count("open")
        self.trip(f"open {name}")
        self._mailbox = mailbox = self.user.mailbox(name)
        status = self._status(mailbox)
        delta = None
        if self.family == "qresync" and resume and resume.uid_validity == mailbox.uid_validity:
            changed = tuple(self._flags(one) for one in mailbox.changed_since(resume.mod_seq))
            vanished = UidSet.of(mailbox.vanished_since(resume.mod_seq, list(resume.uids)))
            delta = RemoteDelta(changed, vanished)
        return OpenedMailbox(status, read_only=not writable, delta=delta)

    def uids(self) -> UidSet:
        self._count("uids")
        return UidSet.of(self.lies.pop() if self.lies else self._opened.uids)

    def flags(self, uids: UidSet, *, changed_since: int = 0) -> Iterator[RemoteFlags]:
        self._count("flags")
        for one in self._present(uids):
            if not changed_since or one.mod_seq > changed_since:
                yield self._flags(one)

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        self._count("metadata")
        for one in self._present(uids):
            fields = zip(KEY_FIELDS, header_fields(one.raw), strict=True)
            header = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in fields if value)
            flags = self._flags(one)
            remote_id = one.content.email_id if self.has_remote_ids else ""
            yield RemoteMetadata(one.uid, flags.keywords, one.internal_date, one.size, header, flags.mod_seq, remote_id)

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        self._count("bodies")
        for one in self._present(uids):
            self.trip(f"body {one.uid}")
            self.body_bytes += one.size
            yield one.uid, one.raw

    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        for uids in groups:
            yield from self.bodies(uids)

    def headers(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        self._count("headers")
        for one in self._present(uids):
            yield one.uid, one.content.header

    def store(
        self,
        uids: UidSet,
        *,
        add: frozenset[str] = frozenset(),
        remove: frozenset[str] = frozenset(),
        unchanged_since: int = 0,
    ) -> Sequence[RemoteFlags]:
        raise ServerError("sync stores nothing")

    def move(self, uids: UidSet, mailbox: str) -> Placed:
        raise ServerError("sync moves nothing")

    def copy(self, uids: UidSet, mailbox: str) -> Placed:
        raise ServerError("sync copies nothing")

    def append(
        self,
        mailbox: str,
        raw: bytes,
        *,
        keywords: frozenset[str] = frozenset(),
        received_at: datetime | None = None,
    ) -> Placed:
        raise ServerError("sync appends nothing")

    def create(self, mailbox: str) -> None:
        raise ServerError("sync creates nothing")

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> UidSet:
        raise ServerError("sync does not search")

    def close(self) -> None:
        self.is_closed = True

    @property
    def _opened(self) -> Mailbox:
        assert self._mailbox is not None, "no mailbox is open"
        return self._mailbox

    def _count(self, verb: str) -> None:
        self.commands += 1
        self.verbs.append(verb)
        self.trip(verb)

    def _present(self, uids: UidSet) -> list[StoredMessage]:
        return [one for one in self._opened.messages if one.uid in uids]

    def _status(self, mailbox: Mailbox) -> RemoteStatus:
        mod_seq = mailbox.highest_mod_seq if self.family != "neither" else 0
        return RemoteStatus(len(mailbox.uids), mailbox.uid_next, mailbox.uid_validity, mod_seq)

    def _flags(self, message: StoredMessage) -> RemoteFlags:
        mod_seq = message.mod_seq if self.family != "neither" else 0
        return RemoteFlags(message.uid, normalize_keywords(message.flags), mod_seq)


@dataclass
class MemorySources:
    """Opens a new MemorySession each time."""

    user: User
    family: Family = "qresync"
    trip: Callable[[str], None] = lambda verb: None
    has_remote_ids: bool = False
    flags_are_cheap: bool = False
    lies: list[list[int]] = field(default_factory=list)
    sessions: list[MemorySession] = field(default_factory=list)

    def open(self, account: Account) -> MemorySession:
        session = MemorySession(self.user, self.family, self.trip, self.has_remote_ids, self.flags_are_cheap)
        session.lies = self.lies
        self.sessions.append(session)
        return self.sessions[-1]


def failing(verb: str, error: ServerError, *, times: int = 1_000_000) -> Callable[[str], None]:
    """Make a trip that fails with an error at a verb, so many times."""
    left = [times]

    def trip(met: str) -> None:
        if met == verb and left[0] > 0:
            left[0] -= 1
            raise error

    return trip


def refused(code: str = "server_bug") -> ServerError:
    return ServerError("no", code=code)
