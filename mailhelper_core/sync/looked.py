"""How far the looks of a job have come: where looking at all mailboxes takes longer than a slice, the next goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailhelper_core.model.source.uidset import NO_UIDS, UidSet


@dataclass(frozen=True, slots=True)
class Looked:
    """What earlier slices of a job have looked at; nothing where a look is not under way.

    ids: of the mailboxes. began_at: when the first of these slices began, in microseconds. is_days_first: whether it
    was the first sync of a day.
    """

    ids: UidSet = NO_UIDS
    began_at: int = 0
    is_days_first: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids)

    @classmethod
    def read(cls, kept: object) -> Looked:
        """Read what `write` answered; what another version wrote is nothing, so all are looked at anew."""
        match kept:
            case [str(ids), int(began_at), bool(is_days_first)]:
                return cls(UidSet.parse(ids), began_at, is_days_first)
            case _:
                return cls()

    def write(self) -> tuple[str, int, bool]:
        """Answer plain values."""
        return str(self.ids), self.began_at, self.is_days_first


@dataclass(frozen=True, slots=True)
class Place:
    """Where the looks of a job go on, and who keeps how far they came."""

    looked: Looked
    keep: Callable[[Looked], None]
