"""What the store holds of the server: mailboxes as last seen, and messages that new uids may turn out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailhelper_core.model.quick import quick_to_make
from mailhelper_core.model.source.remote import RemoteStatus
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet

NEVER_SEEN = RemoteStatus(messages=0, uid_next=0, uid_validity=0)
# Above every uid (RFC 9051 2.3.1.1: 32 bits): noted of a mailbox of which all is to be proved anew.
FORGOTTEN_UID_NEXT = 2**62
# A server that renumbers at every look would be read anew for ever; after so many in a row its owner decides.
MAX_RENUMBERINGS = 5
# A network may fail twice at one place; after that it is the place.
MAX_STRIKES = 3
# The code of a mailbox at which the connection breaks.
BREAKS_CONNECTION = "breaks_connection"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Where the connection broke so many times in a row: at a message, or (uid 0) at the mailbox itself.

    Or a message that did not come, although the server has it. goes_first: another message broke the connection too
    while this one waited to be the last; so this one is settled first.
    """

    uid: int
    strikes: int
    goes_first: bool = False

    @property
    def is_convicted(self) -> bool:
        """Whether it broke so often that its body is not asked for any more."""
        return self.strikes >= MAX_STRIKES

    @property
    def is_mute(self) -> bool:
        """Whether it broke even when only its metadata was asked for."""
        return self.strikes > MAX_STRIKES + 1


@quick_to_make
@dataclass(frozen=True, slots=True)
class HeldMailbox:
    """One mailbox as the last look left it.

    is_complete: every known uid is stored or left out. window: the age by which uids were left out. has_stale:
    placements of an earlier uid_validity are still there. renumberings: how often in a row a look met another one.
    suspect: the message that is fetched after all others, or the mailbox itself. read_only: it takes no change, as
    far as is known.
    """

    id: int
    account_id: int
    name: str
    role: str = ""
    seen: RemoteStatus = NEVER_SEEN
    is_complete: bool = True
    window: datetime | None = None
    flags_scanned_at: datetime | None = None
    has_stale: bool = False
    renumberings: int = 0
    suspect: Suspect | None = None
    delimiter: str = ""
    read_only: bool = False

    @property
    def is_restless(self) -> bool:
        """Whether it was renumbered so often in a row that its uids mean nothing."""
        return self.renumberings >= MAX_RENUMBERINGS

    @property
    def is_suspected(self) -> bool:
        """Whether the connection broke at the mailbox itself."""
        return self.suspect is not None and not self.suspect.uid

    @property
    def is_given_up(self) -> bool:
        """Whether the connection broke so often at the mailbox itself that it is tried only now and then."""
        return self.suspect is not None and not self.suspect.uid and self.suspect.is_convicted


@dataclass(frozen=True, slots=True)
class HeldUids:
    """The uids that the server held at the last look, and those of them that are older than the window.

    Which of them are stored, the placements say themselves; so no two notes of it can ever differ.
    """

    known: UidSet = NO_UIDS
    left_out: UidSet = NO_UIDS


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
    message_id: str = ""
    digest: bytes | None = None
