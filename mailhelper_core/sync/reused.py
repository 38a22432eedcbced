"""Find places that hold other mail than what is stored for them: a server restored from a backup gives uids again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from mailhelper_core.model.source.held import HeldMailbox, HeldUids
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.store.mail import placements
from mailhelper_core.sync.identity import is_other
from mailhelper_core.sync.metadata import read_arrivals
from mailhelper_core.sync.plan import Reused
from mailhelper_core.sync.run import SyncRun

# A backup knows all that is older than itself: once so many in a row are what they were, the others are too. A server
# whose numbers waver costs 18 KB so.
IN_A_ROW = 50
# Uids compared at once, where the line is fast.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """The uids that hold other mail, and the highest below which none was looked for.

    is_whole: all that had to be compared was.
    """

    others: UidSet = NO_UIDS
    floor: int = 0
    is_whole: bool = True

    def applied(self, uids: HeldUids) -> HeldUids:
        """Answer what is held when what was left out is judged anew as far as was looked."""
        return HeldUids(uids.known, uids.left_out & UidSet(((1, self.floor),)) if self.floor else NO_UIDS)


def find_others(run: SyncRun, held: HeldMailbox, known: UidSet, reused: Reused) -> Found:
    """Compare the stored messages with what lies at their uids, newest first."""
    with run.owner.read() as uow:
        stored = placements.stored(uow, held) & known
    newest_first, left, in_a_row = reversed(stored), len(stored), 0
    others = NO_UIDS
    while batch := UidSet.of(islice(newest_first, _at_once(run, left, reused))):
        left -= len(batch)
        found, is_whole = _others(run, held, batch)
        others |= found
        in_a_row = 0 if found else in_a_row + len(batch)
        if not is_whole:
            return Found(others, is_whole=False)
        if in_a_row >= IN_A_ROW and reused == "newest":
            return Found(others, next(iter(batch)))
    return Found(others)


def _at_once(run: SyncRun, left: int, reused: Reused) -> int:
    return run.pace.size(max(1, left), AT_ONCE if reused == "any" else IN_A_ROW)


def _others(run: SyncRun, held: HeldMailbox, batch: UidSet) -> tuple[UidSet, bool]:
    """Answer which uids of a batch hold other mail, and whether the sync went on until they were compared."""
    with run.owner.read() as uow:
        stored = placements.held_at(uow, held, batch)
    # Of one without a size nothing was ever told, and whoever breaks connections is not asked here.
    suspect = held.suspect.uid if held.suspect else 0
    asked = UidSet.of(uid for uid, message in stored.items() if message.size and uid != suspect)
    arrivals = read_arrivals(run, held, asked) if asked else {}
    others = UidSet.of(uid for uid, arrival in arrivals.items() if is_other(arrival, stored[uid]))
    return others, not run.may_leave()
