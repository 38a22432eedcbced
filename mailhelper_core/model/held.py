"""What the store holds of the server: mailboxes as last seen, and messages that new uids may turn out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailhelper_core.model.remote import RemoteStatus, Resume
from mailhelper_core.model.uidset import NO_UIDS, UidSet

NEVER_SEEN = RemoteStatus(messages=0, uid_next=0, uid_validity=0)


@dataclass(frozen=True, slots=True)
class HeldMailbox:
    """One mailbox as the last look left it; a new one has uid_validity 0.

    Every uid that the server held at `seen` is in exactly one of: stored (it has a placement), missing (to be
    fetched), left_out (older than the account's window at that time, `window`).
    has_stale says that placements of an earlier uid_validity are still there.
    """

    id: int
    account_id: int
    name: str
    role: str = ""
    seen: RemoteStatus = NEVER_SEEN
    stored: UidSet = NO_UIDS
    missing: UidSet = NO_UIDS
    left_out: UidSet = NO_UIDS
    window: datetime | None = None
    flags_scanned_at: datetime | None = None
    has_stale: bool = False

    @property
    def known(self) -> UidSet:
        """The server's uids at the last look."""
        return self.stored | self.missing | self.left_out

    @property
    def resume(self) -> Resume:
        """What a quick resynchronization starts from."""
        return Resume(self.seen.uid_validity, self.seen.highest_mod_seq, self.known)


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A stored message that a new uid may be.

    is_here: it has a place under the current uid_validity of the mailbox in question; is_placed: in any.
    """

    id: int
    match_key: bytes
    size: int
    remote_id: str = ""
    is_here: bool = False
    is_placed: bool = False
