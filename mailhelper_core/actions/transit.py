"""A message on its way into another mailbox, and what is known of its copy and of its source; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.presence import Presence
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.store.work.delivery import Arrival, Located
from mailhelper_core.store.work.identities import Identity


class Route(NamedTuple):
    """From where to where, and whether to move or to copy."""

    is_move: bool
    mailbox: str
    uid_validity: int
    target: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A message on its way into another mailbox; source is None when no sync has seen it anywhere any more.

    has_twin: whether the message lies in its source mailbox a second time.
    """

    step: Step
    target: Place
    source: Located | None
    identity: Identity
    has_twin: bool = False

    @property
    def is_move(self) -> bool:
        """Say whether it leaves its source."""
        return isinstance(self.step.operation, MoveMessage)

    @property
    def id(self) -> int:
        """The entry that makes it."""
        return self.step.rows[-1].id

    @property
    def route(self) -> Route:
        """From where to where; those with one route go together."""
        mailbox, uid_validity = (self.source.mailbox, self.source.uid_validity) if self.source else ("", 0)
        return Route(self.is_move, mailbox, uid_validity, self.target.mailbox)

    @property
    def uid(self) -> int:
        """The uid in the source, 0 when there is none."""
        return (self.source.uid or 0) if self.source else 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A transfer that arrived under a uid; remaining is what its source still says, which should be nothing.

    is_untold: the source may still be there, the server tells nothing of it.
    """

    transfer: Transfer
    uid: int
    remaining: RemoteFlags | None = None
    is_untold: bool = False

    @property
    def arrival(self) -> Arrival:
        """What the store is told."""
        source = self.transfer.source
        return Arrival(self.transfer.step.rows[-1], self.uid, source.keywords if source else None)

    @property
    def is_kept(self) -> bool:
        """Say whether the server keeps the source of a move without even calling it deleted."""
        return self.remaining is not None and DELETED not in self.remaining.keywords

    def seen(self, there: Presence) -> Settled:
        """Answer the same with what the server now says of its source; a copy leaves its own alone."""
        if not self.transfer.is_move:
            return Settled(self.transfer, self.uid)
        uid = self.transfer.uid
        return Settled(self.transfer, self.uid, there.told.get(uid), uid in there.untold)


def is_halfway(one: Transfer, remaining: RemoteFlags) -> bool:
    """Say whether a move has copied and not even flagged what it leaves."""
    return one.is_move and DELETED not in remaining.keywords
