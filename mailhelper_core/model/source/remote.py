"""What a mail source says: mailboxes, states and messages, before any of it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from mailhelper_core.model.quick import quick_to_make
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.uidset import UidSet

MailboxRole = Literal["", "inbox", "archive", "drafts", "junk", "sent", "trash", "all", "flagged"]


@quick_to_make
@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """The state of a mailbox (RFC 9051 6.3.11); highest_mod_seq 0 where the server keeps none."""

    messages: int  # how many there are
    uid_next: int  # above all uids there are; 0 where uids do not rise
    uid_validity: int  # uids of another one mean nothing
    highest_mod_seq: int = 0  # see above


@quick_to_make
@dataclass(frozen=True, slots=True)
class RemoteMailbox:
    """One mailbox of a listing, with its status when the listing carried it."""

    name: str  # decoded, with all its levels
    delimiter: str  # between the levels
    role: MailboxRole = ""  # its special use (RFC 6154), or empty
    selectable: bool = True  # whether it can hold messages
    status: RemoteStatus | None = None  # where it costs nothing more


@quick_to_make
@dataclass(frozen=True, slots=True)
class RemoteFlags:
    """The keywords of one uid, canonical spelling; mod_seq 0 where the server keeps none."""

    uid: int  # whose they are
    keywords: frozenset[str]  # system flags included
    mod_seq: int = 0  # see above


@quick_to_make
@dataclass(frozen=True, slots=True)
class RemoteMetadata:
    """What decides a message's identity, size class and batch before its body is fetched.

    header holds the raw Message-ID, Date, From and Subject fields; remote_id is the server's own
    message identity (OBJECTID, RFC 8474; X-GM-MSGID) or empty; such servers name its thread too. Nothing is made of
    labels, and IMAP asks for none: each is a mailbox.
    """

    uid: int  # its place in the open mailbox
    keywords: frozenset[str]  # system flags included
    received_at: datetime | None  # aware; None where nobody knows
    size: int  # octets
    header: bytes = field(repr=False)  # see above
    mod_seq: int = 0  # 0 where the server keeps none
    remote_id: str = ""  # see above
    remote_thread: str = ""  # see above
    labels: tuple[str, ...] = ()  # see above


@dataclass(frozen=True, slots=True)
class Resume:
    """What we hold of a mailbox, for a quick resynchronization (RFC 7162 3.2.5)."""

    uid_validity: int  # of the mailbox as we know it
    mod_seq: int  # up to which we know it
    uids: UidSet  # that we hold


@dataclass(frozen=True, slots=True)
class RemoteDelta:
    """What changed since a mod_seq: flags of changed uids, and uids that vanished."""

    changed: tuple[RemoteFlags, ...]  # new ones too
    vanished: UidSet  # that are there no more


@dataclass(frozen=True, slots=True)
class OpenedMailbox:
    """A selected mailbox; delta is there when the server resynchronized while selecting.

    permanent_keywords None means: any keyword may be stored, or opened for reading, where servers name none.
    """

    status: RemoteStatus  # at its opening
    read_only: bool = False  # whether nothing can be changed
    permanent_keywords: frozenset[str] | None = None  # see above
    delta: RemoteDelta | None = None  # what changed since `resume`


@dataclass(frozen=True, slots=True)
class Placed:
    """Where copied, moved or appended messages went: pairs (uid before, uid after), when the server told.

    Who keeps no `uid_next` must tell of copies and moves: nothing else finds them again.
    """

    uid_validity: int = 0  # of the mailbox that they went to; 0 where the server did not say
    uids: tuple[tuple[int, int], ...] = ()  # see above


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What this connection can do; commands and bytes count since it was opened."""

    capabilities: frozenset[str]  # as the server names them
    read_only: bool = False  # whether every change is refused
    has_mod_seq: bool = False  # CONDSTORE
    has_resync: bool = False  # QRESYNC
    has_move: bool = False  # MOVE
    has_uidplus: bool = False  # UIDPLUS
    flags_are_cheap: bool = False  # a local source: every run may read all flags
    refused: frozenset[str] = frozenset()  # capabilities that the server names and then refused
    unreadable: int = 0  # mailboxes of the last listing whose line could not be read: they may be there


class MailSession(Protocol):
    """One open connection to a source; not thread-safe. Every method may raise ServerError.

    Methods that speak of uids mean the mailbox opened last.
    """

    @property
    def info(self) -> SessionInfo:
        """What this connection can do."""
        ...

    @property
    def commands(self) -> int:
        """How many commands were sent since login."""
        ...

    @property
    def body_bytes(self) -> int:
        """How many octets of message bodies were received."""
        ...

    def mailboxes(self) -> Sequence[RemoteMailbox]:
        """List every mailbox, with status where that costs no command each."""
        ...

    def status(self, name: str) -> RemoteStatus:
        """Ask for one mailbox's status without opening it."""
        ...

    def open(self, name: str, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        """Open a mailbox; `resume` asks for what changed since."""
        ...

    def uids(self) -> UidSet:
        """List all uids of the open mailbox."""
        ...

    def flags(self, uids: UidSet, *, changed_since: int = 0) -> Iterator[RemoteFlags]:
        """Yield keywords, only of messages changed since a mod_seq when that is given."""
        ...

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        """Yield the metadata of uids that exist; the missing are silently absent."""
        ...

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw message) without setting \\Seen; the missing are silently absent."""
        ...

    def headers(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw header block), for messages above the size cap."""
        ...

    def store(
        self,
        uids: UidSet,
        *,
        add: frozenset[str] = ...,
        remove: frozenset[str] = ...,
        unchanged_since: int = 0,
    ) -> Sequence[RemoteFlags]:
        """Add and remove keywords; answer what the server confirmed (RFC 7162 3.1.3 for unchanged_since)."""
        ...

    def move(self, uids: UidSet, mailbox: str) -> Placed:
        """Move messages, with MOVE or COPY + \\Deleted + UID EXPUNGE."""
        ...

    def copy(self, uids: UidSet, mailbox: str) -> Placed:
        """Copy messages."""
        ...

    def expunge(self, uids: UidSet) -> None:
        """Remove these messages for good: copies of our own making, never anything else."""
        ...

    def append(
        self, mailbox: str, raw: bytes, *, keywords: frozenset[str] = ..., received_at: datetime | None = None
    ) -> Placed:
        """Append a message to a mailbox; pairs are (0, new uid)."""
        ...

    def create(self, mailbox: str) -> None:
        """Create a mailbox; an existing one is no error."""
        ...

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> UidSet:
        """Find uids of the open mailbox by Message-ID header, from a uid on."""
        ...

    def close(self) -> None:
        """Log out and close the connection; never raises."""
        ...


@runtime_checkable
class PipeliningSession(Protocol):
    """A MailSession that asks for the next bodies while it still reads the last ones; test with isinstance."""

    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw message) as `bodies` does, group after group; a refusal ends it where it stands."""
        ...


@runtime_checkable
class SurveyingSession(Protocol):
    """A MailSession that asks for the status of many mailboxes without waiting for each; test with isinstance."""

    def statuses(self, names: Sequence[str]) -> Iterator[tuple[str, RemoteStatus]]:
        """Yield (name, status) as they come; a mailbox of which nothing comes is to be asked for alone."""
        ...


@runtime_checkable
class StepwiseSession(Protocol):
    """A MailSession whose moves are best made one step after the other; test with isinstance."""

    @property
    def moves_in_steps(self) -> bool:
        """Say whether `move` is `copy` and `expunge`: who makes both sees the copies before anything is removed."""
        ...


@runtime_checkable
class ConnectedSession(Protocol):
    """A MailSession that knows when its connection has ended; test with isinstance."""

    @property
    def is_connected(self) -> bool:
        """Say whether the next call may reach the source: False once the connection was seen to end."""
        ...


class Sources(Protocol):
    """Opens sessions for accounts: finds the source type, unseals the secret, connects."""

    def open(self, account: Account) -> MailSession:
        """Connect and log in. Raises ServerError, LoginError, ThrottledError or ConfigError."""
        ...
