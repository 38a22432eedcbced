"""Fetch what is missing, newest first: metadata decides what a message is, bodies come for what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mailhelper_core.model.source.held import HeldMailbox, Suspect
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.store.mail import mailboxes, placements
from mailhelper_core.store.mail.ingest import Incoming
from mailhelper_core.sync import incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.contents import fetch_bodies, put_header
from mailhelper_core.sync.identity import Arrival, identify
from mailhelper_core.sync.look import Seen
from mailhelper_core.sync.metadata import put_unread, put_what_there_is, read_arrivals
from mailhelper_core.sync.plan import later_window
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import NOT_GIVEN, acquit, blaming, hold_back

# Groups of bodies whose metadata comes together: so the round trip to the server is waited for once, not for each.
LOOK_AHEAD = 4


@dataclass(slots=True)
class _Sorted:
    """The uids of a batch by what they need; headers and bodies in the order in which they are fetched."""

    left_out: UidSet = NO_UIDS
    adopted: dict[int, int] = field(default_factory=dict)
    headers: list[Arrival] = field(default_factory=list)
    bodies: list[Arrival] = field(default_factory=list)


def fetch_missing(run: SyncRun, seen: Seen) -> None:
    """Store what is missing, as far as the run may; a suspect is left to `fetch_suspect`."""
    missing = seen.missing - _suspected(seen.held)
    newest_first, count = reversed(missing), len(missing)
    left_out, held_back = seen.left_out, NO_UIDS
    while run.room != 0 and not run.is_cancelled:
        batch = UidSet.of(islice(newest_first, _batch_size(run, count)))
        count -= len(batch)
        if not batch:
            break
        with blaming(run, seen.held):
            run.reopen(seen.held)
        left_out, kept = _fetch_batch(run, seen, left_out, batch)
        held_back |= kept
        if kept == batch:
            break  # the server gives nothing now
        run.pause()
    if held_back and not run.is_cancelled:
        hold_back(run, seen.held, held_back)
    _finish(run, seen.held)


def fetch_suspect(run: SyncRun, seen: Seen) -> Seen:
    """Store the message that broke connections or did not come: its body, or in the end what can be had of it.

    Answer what is missing then.
    """
    suspect, alone = seen.held.suspect, _suspected(seen.held)
    if suspect is None or run.room == 0 or run.is_cancelled:
        return seen
    with blaming(run, seen.held):
        run.reopen(seen.held)
    if suspect.is_mute:
        basket = Basket(run, seen.held, seen.bodiless)
        put_unread(run, basket, suspect.uid)
        basket.flush()
    else:
        _, held_back = _fetch_batch(run, seen, seen.left_out, alone)
        if held_back and not _insist(run, seen, suspect):
            return seen
    acquit(run, seen.held)
    _finish(run, seen.held)
    return replace(seen, held=replace(seen.held, suspect=None), missing=seen.missing - alone)


def _insist(run: SyncRun, seen: Seen, suspect: Suspect) -> bool:
    """Store what can be had of a message that did not come so many times; answer False while it is only noted."""
    if run.is_cancelled:
        return False
    again = replace(suspect, strikes=suspect.strikes + 1)
    if again.is_convicted:
        basket = Basket(run, seen.held, seen.bodiless)
        if put_what_there_is(run, basket, suspect.uid):
            basket.flush()
            return True
        again = suspect  # its body is asked for as long as it broke nothing: it may come yet
        run.untold += 1
    with run.begin() as uow:
        mailboxes.suspect(uow, seen.held, again)
    run.note(seen.held, NOT_GIVEN, "the mail server does not give a message; it is asked for again")
    return False


def _suspected(held: HeldMailbox) -> UidSet:
    return UidSet.of([held.suspect.uid] if held.suspect else [])


def _batch_size(run: SyncRun, missing: int) -> int:
    most = run.settings.fetch_batch_messages * LOOK_AHEAD
    return run.pace.size(missing, most if run.room is None else min(most, run.room))


def _fetch_batch(run: SyncRun, seen: Seen, left_out: UidSet, batch: UidSet) -> tuple[UidSet, UidSet]:
    """Store a batch; answer what is left out by now, and what of the batch the server did not give."""
    held = seen.held
    arrivals = read_arrivals(run, held, batch)
    if run.may_leave():  # another command would first wait for the rest of that answer
        return left_out, batch
    found = _sort(run, seen, list(arrivals.values()))
    if found.left_out:
        left_out |= found.left_out
        with run.begin() as uow:
            mailboxes.leave_out(uow, replace(held, window=later_window(held.window, run.rhythm.window)), left_out)
        run.advance(held, len(found.left_out))
    basket = Basket(run, held, seen.bodiless)
    for uid, message_id in found.adopted.items():
        basket.put(Incoming(arrivals[uid].flags, message_id))
    for arrival in found.headers:
        if run.may_leave():
            break
        # One at which the connection broke may be too large as well, and even its header may break it again.
        problem = incoming.BODY_BREAKS if _is_convicted(held, arrival.uid) else incoming.ABOVE_SIZE_CAP
        put_header(run, basket, arrival, problem)
    fetch_bodies(run, basket, found.bodies)
    basket.flush()
    return left_out, batch - left_out - UidSet.of(basket.uids)


def _sort(run: SyncRun, seen: Seen, arrivals: Sequence[Arrival]) -> _Sorted:
    held = seen.held
    found = _Sorted(left_out=UidSet.of(one.uid for one in arrivals if _is_old(run, one)))
    wanted = [one for one in arrivals if one.uid not in found.left_out]
    unknown = [one for one in wanted if one.uid not in seen.bodiless]
    with run.owner.read() as uow:
        candidates = placements.candidates(
            uow,
            held,
            match_keys={one.match_key for one in unknown},
            remote_ids={one.metadata.remote_id for one in unknown} - {""},
        )
    found.adopted = identify(unknown, candidates)
    for one in wanted:
        if one.uid not in found.adopted:
            (found.headers if _header_alone(run, held, one) else found.bodies).append(one)
    return found


def _header_alone(run: SyncRun, held: HeldMailbox, one: Arrival) -> bool:
    too_large = one.size > run.account.policy.size_cap_bytes
    return too_large or _is_convicted(held, one.uid)


def _is_convicted(held: HeldMailbox, uid: int) -> bool:
    return held.suspect is not None and held.suspect.is_convicted and held.suspect.uid == uid


def _is_old(run: SyncRun, arrival: Arrival) -> bool:
    window, received_at = run.rhythm.window, arrival.metadata.received_at
    return window is not None and received_at is not None and received_at < window


def _finish(run: SyncRun, held: HeldMailbox) -> None:
    """Note that everything is stored; then places of an earlier uid_validity stand for nothing any more."""
    if run.missing[held.id]:
        return
    if not held.is_complete:
        with run.begin() as uow:
            window = later_window(held.window, run.rhythm.window)
            mailboxes.save(uow, replace(held, is_complete=True, window=window))
    removed = held.has_stale
    while removed:
        with run.begin() as uow:
            count, orphans = placements.remove_stale(uow, held, run.settings.commit_batch_messages)
        run.tally.orphans.update(orphans)
        removed = count > 0
