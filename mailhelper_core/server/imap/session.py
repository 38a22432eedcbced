"""ImapSession: one logged-in connection as a MailSession; each verb lives in its own file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from mailhelper_core.model.source.push import Pusher
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
from mailhelper_core.server.imap import change, fetch, listing, push, search, select
from mailhelper_core.server.imap.state import SessionState
from mailhelper_core.server.imap.wire import Wire


class ImapSession:
    """A MailSession over IMAP. After a lost connection every method raises ServerError at once.

    A generator that is left half-way leaves the session usable: the rest of its answer is read and
    dropped before the next command; going on with it after that raises ServerError.
    """

    def __init__(self, wire: Wire, capabilities: frozenset[str], *, compresses: bool = False) -> None:
        self._state = SessionState(wire, capabilities, compresses=compresses)

    @property
    def info(self) -> SessionInfo:
        """What this connection can do."""
        state = self._state
        return _info(state.capabilities, state.enabled, state.refused, state.unreadable)

    @property
    def commands(self) -> int:
        """How many commands were sent since login."""
        return self._state.wire.commands

    @property
    def body_bytes(self) -> int:
        """How many octets of message bodies and header blocks were received."""
        return self._state.body_bytes

    @property
    def is_connected(self) -> bool:
        """Say whether the connection is there, as far as we have seen."""
        return not self._state.wire.closed

    @property
    def moves_in_steps(self) -> bool:
        """Say whether the server has no MOVE."""
        return not self.info.has_move

    def mailboxes(self) -> Sequence[RemoteMailbox]:
        """List every mailbox in one command; status is None where it would cost more."""
        return listing.list_mailboxes(self._state)

    def personal_prefix(self) -> str | None:
        """Ask for the first personal namespace."""
        return listing.personal_prefix(self._state)

    def status(self, name: str) -> RemoteStatus:
        """Ask for one mailbox's status."""
        return listing.mailbox_status(self._state, name)

    def statuses(self, names: Sequence[str]) -> Iterator[tuple[str, RemoteStatus]]:
        """Yield the status of each mailbox, many commands in flight; what is refused is left out."""
        return listing.mailbox_statuses(self._state, names)

    def open(self, name: str, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        """Select a mailbox; a delta comes with QRESYNC and a fitting `resume`."""
        return select.open_mailbox(self._state, name, resume=resume, writable=writable)

    def uids(self) -> UidSet:
        """List all uids, verified against the number of messages."""
        return search.all_uids(self._state)

    def flags(self, uids: UidSet, *, changed_since: int = 0) -> Iterator[RemoteFlags]:
        """Yield keywords; without mod_seqs, changed_since means nothing and all are yielded."""
        return fetch.fetch_flags(self._state, uids, changed_since=changed_since)

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        """Yield metadata in the server's order."""
        return fetch.fetch_metadata(self._state, uids)

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw message) in the server's order."""
        return fetch.fetch_sections(self._state, [uids], b"")

    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw message), a command a group, two of them in flight."""
        return fetch.fetch_sections(self._state, groups, b"")

    def headers(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        """Yield (uid, raw header block) in the server's order."""
        return fetch.fetch_sections(self._state, [uids], b"HEADER")

    def store(
        self,
        uids: UidSet,
        *,
        add: frozenset[str] = frozenset(),
        remove: frozenset[str] = frozenset(),
        unchanged_since: int = 0,
    ) -> Sequence[RemoteFlags]:
        """Add and remove keywords; what changed since `unchanged_since` is left and not answered."""
        return change.store_keywords(self._state, uids, add=add, remove=remove, unchanged_since=unchanged_since)

    def move(self, uids: UidSet, mailbox: str) -> Placed:
        """Move messages into a mailbox that exists."""
        return change.move_messages(self._state, uids, mailbox)

    def copy(self, uids: UidSet, mailbox: str) -> Placed:
        """Copy messages into a mailbox that exists."""
        return change.copy_messages(self._state, uids, mailbox)

    def expunge(self, uids: UidSet) -> None:
        """Remove messages for good."""
        change.expunge_messages(self._state, uids)

    def append(
        self,
        mailbox: str,
        raw: bytes,
        *,
        keywords: frozenset[str] = frozenset(),
        received_at: datetime | None = None,
    ) -> Placed:
        """Append a message to a mailbox that exists."""
        return change.append_message(self._state, mailbox, raw, keywords=keywords, received_at=received_at)

    def create(self, mailbox: str) -> None:
        """Create a mailbox."""
        change.create_mailbox(self._state, mailbox)

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> UidSet:
        """Find uids by Message-ID, with or without its angle brackets."""
        return search.find_message_id(self._state, message_id, from_uid=from_uid)

    def push(self) -> Pusher | None:
        """Wait for news with NOTIFY (RFC 5465), else with IDLE on INBOX (RFC 2177), else answer None."""
        return push.begin(self._state)

    def close(self) -> None:
        """Log out and close; a pusher that was made of this session goes on."""
        self._state.wire.close()


@lru_cache(maxsize=32)  # a sync asks for every mailbox
def _info(
    offered: frozenset[str], enabled: frozenset[str] | None, refused: frozenset[str], unreadable: int
) -> SessionInfo:
    is_new = "IMAP4REV2" in offered
    return SessionInfo(
        capabilities=offered,
        has_mod_seq=not offered.isdisjoint(("CONDSTORE", "QRESYNC")),
        has_resync=offered.issuperset(("QRESYNC", "ENABLE")) and (enabled is None or "QRESYNC" in enabled),
        has_move=is_new or "MOVE" in offered,
        has_uidplus=is_new or "UIDPLUS" in offered,
        refused=refused,
        unreadable=unreadable,
    )
