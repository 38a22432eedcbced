"""What a server says of places in the open mailbox: keywords, that nothing is there, or neither of the two.

A FETCH that leaves a message out, or its FLAGS, does not say that it is gone: only a complete listing without it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailhelper_core.model.source.remote import MailSession, RemoteFlags
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet

# The server lists the message and tells nothing of it: it is neither gone nor done.
UNTOLD = "untold"
# Some servers list what another client has just expunged until they have told of that, with the listing's own answer.
LISTINGS = 2


@dataclass(frozen=True, slots=True)
class Presence:
    """What is where it was looked for: told with its keywords, or untold; all else is not there."""

    told: Mapping[int, RemoteFlags] = field(default_factory=dict)
    untold: UidSet = NO_UIDS

    def is_there(self, uid: int) -> bool:
        """Say whether the server has a message under a uid, whatever it tells of it."""
        return uid in self.told or uid in self.untold


def presence(session: MailSession, uids: UidSet) -> Presence:
    """Ask what is under uids of the open mailbox; the listing is asked for where something is missing."""
    told: dict[int, RemoteFlags] = {}
    left = uids
    for _ in range(LISTINGS):
        told |= {one.uid: one for one in session.flags(left)} if left else {}
        left = listed(session, left - UidSet.of(told))
    return Presence(told, left)


def listed(session: MailSession, uids: UidSet) -> UidSet:
    """Answer which of these uids there are in the open mailbox; the server is asked for all or none."""
    return uids & session.uids() if uids else uids
