"""Mail in files, read only: what Maildir and mbox share. It never writes, renames or locks anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NoReturn, Protocol, TypeVar

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import (
    OpenedMailbox,
    Placed,
    RemoteFlags,
    RemoteMailbox,
    RemoteMetadata,
    RemoteStatus,
    Resume,
    SessionInfo,
)
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.roles import with_named_roles

# Files are never renumbered: a uid says by itself which message it is.
UID_VALIDITY = 1
# A uid is the day of delivery and a hash: newer mail has larger uids, as in IMAP, all stay below 2^63, and
# 1,000,000 mails of one day meet in one uid with a chance of 0.4 %.
_HASH_BITS = 47
_DAY_SHIFT = 16  # 2^16 s: 18 hours
MAX_SECONDS = 2**32 - 1

_FIELD = re.compile(rb"^(?:message-id|date|from|subject)[ \t]*:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)
_LINE_END = re.compile(rb"\r?\n")
_HEADER_END = re.compile(rb"\A\r?\n|\n\r?\n")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LocalMessage:
    """One message in a file; received_at None where only the file's time tells."""

    uid: int  # that follows from what it is, see `with_uids`
    path: str  # the folder's own name of it
    keywords: frozenset[str]  # system flags included
    start: int = 0  # of a part of a file
    length: int = -1  # of a part of a file; -1 for all of it
    received_at: datetime | None = None  # see above


class LocalFolder(Protocol):
    """One mailbox in files; every method may raise OSError."""

    def messages(self) -> Mapping[int, LocalMessage]:
        """List what is there now, by uid."""
        ...

    def read(self, message: LocalMessage) -> bytes:
        """Read a whole message."""
        ...

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        """Answer header block, size and time of arrival."""
        ...


class LocalSession:
    """A MailSession over files. Every change raises ServerError with code read_only."""

    def __init__(self, find: Callable[[], Mapping[str, LocalFolder]], *, delimiter: str) -> None:
        self._find = find
        self._delimiter = delimiter
        self._folders: Mapping[str, LocalFolder] = {}
        self._opened: LocalFolder | None = None
        self._messages: Mapping[int, LocalMessage] = {}
        self._body_bytes = 0
        self.mailboxes()

    @property
    def info(self) -> SessionInfo:
        """What this source can do: nothing but being read, with flags at no cost."""
        return SessionInfo(capabilities=frozenset(), read_only=True, flags_are_cheap=True)

    @property
    def commands(self) -> int:
        """None are ever sent."""
        return 0

    @property
    def body_bytes(self) -> int:
        """How many octets of message bodies and header blocks were read."""
        return self._body_bytes

    def mailboxes(self) -> Sequence[RemoteMailbox]:
        """List the mailboxes; their status costs a look at each."""
        with _readable():
            found = self._find()
        # A folder that is known keeps what it has learnt about its file.
        self._folders = {name: self._folders.get(name, folder) for name, folder in found.items()}
        return with_named_roles([RemoteMailbox(name, self._delimiter) for name in sorted(found)])

    def status(self, name: str) -> RemoteStatus:
        """Count the messages; uid_next is 0, as a new message may get any uid."""
        return _status(self._list(self._folder(name)))

    def open(self, name: str, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        """Open a mailbox; never with a delta."""
        folder = self._folder(name)
        self._messages = self._list(folder)
        self._opened = folder
        return OpenedMailbox(_status(self._messages), read_only=True, permanent_keywords=frozenset())

    def uids(self) -> UidSet:
        """List the uids as they were when the mailbox was opened."""
        return UidSet.of(self._messages)

    def flags(self, uids: UidSet, *, changed_since: int = 0) -> Iterator[RemoteFlags]:
        """Yield the keywords of all these messages, whatever changed."""
        for message in self._chosen(uids):
            yield RemoteFlags(message.uid, message.keywords)

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        """Yield metadata; the header fields have CRLF line ends, as an IMAP server sends them."""
        for message, (head, size, moment) in self._each(uids, lambda folder, message: folder.describe(message)):
            yield RemoteMetadata(message.uid, message.keywords, moment, size, deciding_fields(head))

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw message), the octets as they are stored."""
        for message, raw in self._each(uids, lambda folder, message: folder.read(message)):
            self._body_bytes += len(raw)
            yield message.uid, raw

    def headers(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw header block)."""
        for message, (head, _, _) in self._each(uids, lambda folder, message: folder.describe(message)):
            self._body_bytes += len(head)
            yield message.uid, head

    def store(
        self,
        uids: UidSet,
        *,
        add: frozenset[str] = frozenset(),
        remove: frozenset[str] = frozenset(),
        unchanged_since: int = 0,
    ) -> Sequence[RemoteFlags]:
        """Refuse."""
        _refuse()

    def move(self, uids: UidSet, mailbox: str) -> Placed:
        """Refuse."""
        _refuse()

    def copy(self, uids: UidSet, mailbox: str) -> Placed:
        """Refuse."""
        _refuse()

    def expunge(self, uids: UidSet) -> None:
        """Refuse."""
        _refuse()

    def append(
        self,
        mailbox: str,
        raw: bytes,
        *,
        keywords: frozenset[str] = frozenset(),
        received_at: datetime | None = None,
    ) -> Placed:
        """Refuse."""
        _refuse()

    def create(self, mailbox: str) -> None:
        """Refuse."""
        _refuse()

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> UidSet:
        """Find uids by Message-ID, reading every header."""
        wanted = f"<{message_id.strip('<> ')}>".encode("utf-8", "replace")
        later = self.uids() & UidSet(((from_uid, max(from_uid, self.uids().highest())),))
        return UidSet.of(found.uid for found in self.metadata(later) if wanted in found.header)

    def close(self) -> None:
        """Forget what was open."""
        self._messages = {}

    def _folder(self, name: str) -> LocalFolder:
        if name not in self._folders:
            self.mailboxes()
        if name not in self._folders:
            raise ServerError("there is no such mailbox", code="no_mailbox", transient=False)
        return self._folders[name]

    def _list(self, folder: LocalFolder) -> Mapping[int, LocalMessage]:
        with _readable():
            return folder.messages()

    def _chosen(self, uids: UidSet) -> Iterator[LocalMessage]:
        # A set of hashes holds gaps that nobody could count through.
        return (message for uid, message in sorted(self._messages.items()) if uid in uids)

    def _each(self, uids: UidSet, look: Callable[[LocalFolder, LocalMessage], T]) -> Iterator[tuple[LocalMessage, T]]:
        folder = self._opened
        if folder is None:
            return
        for message in self._chosen(uids):
            with _readable():
                try:
                    found = look(folder, message)
                except FileNotFoundError:
                    # A changed flag is a changed file name.
                    self._messages = folder.messages()
                    renamed = self._messages.get(message.uid)
                    if renamed is None:
                        continue
                    message, found = renamed, look(folder, renamed)
            yield message, found


def with_uids(messages: Iterable[tuple[bytes, int, T]]) -> dict[int, T]:
    """Give each (identity, seconds since 1970, value) the uid that follows from the first two alone.

    The same identities get the same uids in every process; of two that meet in one uid, the later in the
    order of identities takes another one.
    """
    found: dict[int, T] = {}
    for identity, seconds, value in sorted(messages, key=lambda one: one[0]):
        digest = identity
        while (uid := _uid(digest, seconds)) in found:
            digest = blake2b(digest).digest()
        found[uid] = value
    return found


def deciding_fields(head: bytes) -> bytes:
    """Answer the fields that decide a message's identity, as IMAP's HEADER.FIELDS gives them."""
    lines = (_LINE_END.sub(b"\r\n", found.rstrip(b"\r\n") + b"\n") for found in _FIELD.findall(head + b"\n"))
    return b"".join(lines) + b"\r\n"


def header_block(raw: bytes) -> bytes:
    """Answer the header with the empty line that ends it; all of it when there is none."""
    end = _HEADER_END.search(raw)
    return raw[: end.end()] if end else raw


def _uid(identity: bytes, seconds: int) -> int:
    digest = int.from_bytes(blake2b(identity, digest_size=8).digest(), "big") & ((1 << _HASH_BITS) - 1)
    days = max(0, min(seconds, MAX_SECONDS)) >> _DAY_SHIFT
    return days << _HASH_BITS | digest or 1


def _status(messages: Mapping[int, LocalMessage]) -> RemoteStatus:
    return RemoteStatus(len(messages), 0, UID_VALIDITY)


def _refuse() -> NoReturn:
    raise ServerError("this source can only be read", code="read_only", transient=False)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ServerError("the mail files cannot be read", code="path") from exc
