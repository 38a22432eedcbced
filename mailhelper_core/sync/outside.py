"""Mailboxes that the policy leaves out: what is stored of them is kept true, once a day, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import placements
from mailhelper_core.store.mail.ingest import Incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.contents import fetch_bodies
from mailhelper_core.sync.identity import Arrival, identify
from mailhelper_core.sync.look import Seen, look
from mailhelper_core.sync.metadata import read_arrivals
from mailhelper_core.sync.plan import Wanted
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import expecting_a_break

# Messages whose metadata come together.
BATCH = 500


def keep_true(run: SyncRun, outside: Sequence[Wanted]) -> None:
    """Look at the mailboxes of which something is stored: what others flagged or removed there, and new numbers.

    One that did not change is not opened, one at which the connection breaks never again while it is left out.
    """
    with run.owner.read() as uow:
        holding = placements.holding(uow, run.account.id, [held.id for held, _ in outside])
    for held, remote in run.beating(outside):
        if held.id in holding and not held.is_suspected and not run.is_cancelled:
            with run.isolated(held), expecting_a_break(run, held):
                seen = look(run, held, remote.status)
                if seen.held.has_stale:
                    _recognize(run, seen)


def _recognize(run: SyncRun, seen: Seen) -> None:
    """Give what is stored the places that it has under new numbers; then the old ones stand for nothing any more."""
    newest_first = reversed(seen.missing)
    is_told = True
    while batch := UidSet.of(islice(newest_first, BATCH)):
        if run.is_cancelled:
            return
        run.reopen(seen.held)
        arrivals = read_arrivals(run, seen.held, batch)
        is_told &= len(arrivals) == len(batch)
        _adopt(run, seen, list(arrivals.values()))
    while is_told and not run.is_cancelled:  # else the last bodies may not have been compared
        with run.begin() as uow:
            count, orphans = placements.remove_stale(uow, seen.held, run.settings.commit_batch_messages)
        run.tally.orphans.update(orphans)
        is_told = count > 0


def _adopt(run: SyncRun, seen: Seen, arrivals: Sequence[Arrival]) -> None:
    with run.owner.read() as uow:
        candidates = placements.candidates(
            uow,
            seen.held,
            match_keys={one.match_key for one in arrivals},
            remote_ids={one.metadata.remote_id for one in arrivals} - {""},
        )
    known = identify(arrivals, candidates)
    keys = {one.match_key for one in candidates}
    alike = [one for one in arrivals if one.uid not in known and one.match_key in keys]
    doubtful = [one for one in alike if one.size <= run.account.policy.size_cap_bytes]
    run.missing[seen.held.id] = len(known) + len(doubtful)
    basket = Basket(run, seen.held)
    by_uid = {one.uid: one for one in arrivals}
    for uid, message_id in known.items():
        basket.put(Incoming(by_uid[uid].flags, message_id))
    fetch_bodies(run, basket, doubtful)
    basket.flush()
    run.missing[seen.held.id] = 0
