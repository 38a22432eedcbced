"""A selected mailbox as one session sees it: sequence numbers, and what the client was already told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.wire.sequence import SequenceSet


@dataclass(frozen=True, slots=True)
class Changes:
    """News for a client: the numbers that went (highest first, valid one after the other), the new total,
    and the messages that changed with their numbers."""

    expunged: tuple[tuple[int, int], ...] = ()
    exists: int | None = None
    changed: tuple[tuple[int, StoredMessage], ...] = ()


class View:
    """The mailbox at the state the client knows; `changes()` moves it forward."""

    def __init__(self, mailbox: Mailbox, *, read_only: bool) -> None:
        with mailbox.lock:
            self.mailbox = mailbox
            self.read_only = read_only
            self.uid_validity = mailbox.uid_validity
            self.uids = mailbox.uids
            self._seen_mod_seq = mailbox.highest_mod_seq
        self._told: dict[int, int] = {}
        self._owes_expunges = False

    @property
    def is_stale(self) -> bool:
        """Say whether the mailbox was deleted or renumbered under the session."""
        return not self.mailbox.exists or self.mailbox.uid_validity != self.uid_validity

    @property
    def has_news(self) -> bool:
        """Say whether something happened that the client may hear of now."""
        behind = self.mailbox.highest_mod_seq != self._seen_mod_seq
        return behind or self._owes_expunges or self.is_stale

    def number(self, uid: int) -> int:
        """Answer the sequence number of a uid in the view."""
        return bisect_left(self.uids, uid) + 1

    def choose(self, wanted: SequenceSet, *, by_uid: bool) -> list[tuple[int, int]]:
        """Answer (sequence number, uid) of the messages in the set; raises ValueError for a number too high."""
        if by_uid:
            return [(index + 1, self.uids[index]) for index in wanted.indexes(self.uids)]
        size = len(self.uids)
        if any(max(pair) > size for pair in wanted.ranges) or not size:
            raise ValueError("Invalid messageset")
        return [(index + 1, self.uids[index]) for index in wanted.indexes(range(1, size + 1))]

    def tell(self, message: StoredMessage) -> None:
        """Note that the client just learned this state of the message."""
        self._told[message.uid] = message.mod_seq

    def changes(self, *, expunges: bool) -> Changes:
        """Answer what happened since the last call; expunges may have to wait (RFC 3501 section 7.4.1)."""
        mailbox = self.mailbox
        with mailbox.lock:
            if mailbox.highest_mod_seq == self._seen_mod_seq and not (expunges and self._owes_expunges):
                return Changes()
            present, changed = mailbox.uids, mailbox.changed_since(self._seen_mod_seq)
            self._seen_mod_seq = mailbox.highest_mod_seq
        known_until = self.uids[-1] if self.uids else 0
        gone = self._take_gone(present, now=expunges)
        new = present[bisect_left(present, known_until + 1) :]
        self.uids.extend(new)
        news = [
            (self.number(message.uid), message)
            for message in changed
            if message.uid <= known_until and self._told.get(message.uid) != message.mod_seq
        ]
        self._told.clear()
        return Changes(gone, len(self.uids) if new else None, tuple(news))

    def _take_gone(self, present: Iterable[int], *, now: bool) -> tuple[tuple[int, int], ...]:
        here = set(present)
        gone = [(number, uid) for number, uid in enumerate(self.uids, 1) if uid not in here]
        self._owes_expunges = bool(gone) and not now
        if not now:
            return ()
        if gone:
            self.uids = [uid for uid in self.uids if uid in here]
        return tuple(reversed(gone))
