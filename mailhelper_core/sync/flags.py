"""Store the flags that a look is told; a scan of all flags may end between two chunks, and go on in the next slice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import Literal, TypeVar

from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteFlags, RemoteStatus
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import placements
from mailhelper_core.store.unit_of_work import to_micros
from mailhelper_core.sync.looked import Scan
from mailhelper_core.sync.run import SyncRun

T = TypeVar("T")
# How the flags of a mailbox are scanned that is due: whole, as far as the slice goes, or not now.
Scanning = Literal["whole", "in_parts", "not_now"]
# Rows of one transaction: updates and deletions are cheaper than inserts. Flags of so many are 9 KB, two seconds of the
# slowest line that is read at all.
CHUNK = 200
# A look lists the mailbox before it scans, each time anew. Where that takes longer, the scan goes on for as long at
# least, or slices that are over by then would do little else.
LONG_LISTING_SECONDS = 2.0


def chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut what comes into chunks of one transaction."""
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def store_flags(
    run: SyncRun, held: HeldMailbox, told: Iterable[RemoteFlags], *, leave: Callable[[], bool] = lambda: False
) -> list[int]:
    """Store the flags of what is stored, a transaction a chunk, until told to leave; answer all uids that came."""
    uids: list[int] = []
    for chunk in chunks(run.beating(told)):
        uids += [one.uid for one in chunk]
        with run.owner.read() as uow:
            differing = placements.differing(uow, held, chunk)
        if differing:
            with run.begin() as uow:
                run.tally.updated += placements.update_keywords(uow, held, differing)
        if leave():
            break
    return uids


def scan(
    run: SyncRun, held: HeldMailbox, status: RemoteStatus, uids: UidSet, *, in_parts: bool, listing_seconds: float
) -> Scan | None:
    """Read the flags of these uids, from where an earlier slice left; answer how far it came, None for all."""
    until = monotonic() + (listing_seconds if listing_seconds > LONG_LISTING_SECONDS else 0.0)
    begun = begun_scan(run, held, status)
    left = uids - UidSet(((1, begun.up_to),)) if begun else uids
    was_left = False

    def leave() -> bool:
        nonlocal was_left
        was_left = in_parts and monotonic() >= until and run.is_cancelled
        return was_left

    came = store_flags(run, held, run.session.flags(left), leave=leave)
    missing = left - UidSet.of(came)
    if not was_left or not missing:
        return None
    # Nearly all servers answer in order: what is passed over is not told at all. Else the first of the missing ends it.
    up_to = came[-1] if came == sorted(came) else missing.ranges[0][0] - 1
    if begun is not None:
        return replace(begun, up_to=up_to)
    return Scan(held.id, status.uid_validity, status.highest_mod_seq, up_to, to_micros(run.rhythm.now))


def begun_scan(run: SyncRun, held: HeldMailbox, status: RemoteStatus) -> Scan | None:
    """Answer the scan of this mailbox that an earlier slice of the job has begun, if its uids still mean the same."""
    begun = run.looked.scan
    if begun is None or (begun.mailbox_id, begun.uid_validity) != (held.id, status.uid_validity):
        return None
    return begun
