"""How far the looks of a job have come: where looking at all mailboxes takes longer than a slice, the next goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

from mailhelper_core.model.source.uidset import NO_UIDS, UidSet


@dataclass(frozen=True, slots=True)
class Scan:
    """A flag scan that was left half-way: the flags of all uids up to one were read.

    mod_seq: of the mailbox when the scan began; what changed since is not known of what was read. began_at: then, in
    microseconds.
    """

    mailbox_id: int
    uid_validity: int
    mod_seq: int
    up_to: int
    began_at: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What earlier slices of a job have looked at; nothing where a look is not under way.

    ids: of the mailboxes. began_at: when the first of these slices began, in microseconds. is_days_first: whether it
    was the first sync of a day. scan: that of a mailbox at which the last slice ended.
    """

    ids: UidSet = NO_UIDS
    began_at: int = 0
    is_days_first: bool = False
    scan: Scan | None = None

    def __bool__(self) -> bool:
        return bool(self.ids) or self.scan is not None

    @classmethod
    def read(cls, kept: object) -> Looked:
        """Read what `write` answered; what another version wrote is nothing, so all are looked at anew."""
        match kept:
            case [str(ids), int(began_at), bool(is_days_first)]:
                return cls(UidSet.parse(ids), began_at, is_days_first)
            case [str(ids), int(began_at), bool(is_days_first), [int(id_), int(validity), int(seq), int(to), int(at)]]:
                return cls(UidSet.parse(ids), began_at, is_days_first, Scan(id_, validity, seq, to, at))
            case _:
                return cls()

    def write(self) -> tuple[object, ...]:
        """Answer plain values; without a scan those that earlier versions read."""
        found = (str(self.ids), self.began_at, self.is_days_first)
        return (*found, list(astuple(self.scan))) if self.scan else found


@dataclass(frozen=True, slots=True)
class Place:
    """Where the looks of a job go on, and who keeps how far they came."""

    looked: Looked
    keep: Callable[[Looked], None]
