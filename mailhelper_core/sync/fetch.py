"""Fetch what is missing, newest first: metadata decides what a message is, bodies come for what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import PipeliningSession
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.store.mail import mailboxes, placements
from mailhelper_core.store.mail.ingest import Incoming
from mailhelper_core.sync import incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.identity import Arrival, identify
from mailhelper_core.sync.look import Seen
from mailhelper_core.sync.plan import awaited, later_window
from mailhelper_core.sync.run import SyncRun, ends_connection
from mailhelper_core.sync.suspicion import accuse_message, blaming

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
    newest_first = reversed(seen.missing - _suspected(seen.held))
    left_out = seen.left_out
    while run.room != 0 and not run.is_cancelled:
        batch = UidSet.of(islice(newest_first, _batch_size(run)))
        if not batch:
            break
        with blaming(run, seen.held):
            run.reopen(seen.held)
        left_out = _fetch_batch(run, seen, left_out, batch)
        run.pause()
    _finish(run, seen.held)


def fetch_suspect(run: SyncRun, seen: Seen) -> None:
    """Store the message at which connections broke, when all others are stored: its body, or its header for good."""
    alone = _suspected(seen.held) & seen.missing
    if not alone or run.room == 0 or run.is_cancelled:
        return
    with blaming(run, seen.held):
        run.reopen(seen.held)
    _fetch_batch(run, seen, seen.left_out, alone)
    with run.begin() as uow:
        mailboxes.suspect(uow, seen.held, None)
    _finish(run, seen.held)


def _suspected(held: HeldMailbox) -> UidSet:
    return UidSet.of([held.suspect.uid] if held.suspect and held.suspect.uid else [])


def _batch_size(run: SyncRun) -> int:
    most = run.settings.fetch_batch_messages * LOOK_AHEAD
    return most if run.room is None else min(most, run.room)


def _fetch_batch(run: SyncRun, seen: Seen, left_out: UidSet, batch: UidSet) -> UidSet:
    held = seen.held
    metadata = {one.uid: one for one in run.beating(run.session.metadata(batch)) if one.uid in batch}
    arrivals = {uid: incoming.read_metadata(metadata[uid]) for uid in sorted(metadata, reverse=True)}
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
        too_large = arrival.size > run.account.policy.size_cap_bytes
        basket.put(_header_only(run, arrival, incoming.ABOVE_SIZE_CAP if too_large else incoming.BODY_BREAKS))
    settings = run.settings
    groups = list(_groups(found.bodies, settings.fetch_batch_messages, settings.fetch_batch_bytes))
    for group in _fetch_groups(run, basket, groups):
        if run.is_cancelled:
            break
        _fetch_bodies(run, basket, group)
    basket.flush()
    return left_out


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
    return too_large or (held.suspect is not None and held.suspect.is_convicted and one.uid in _suspected(held))


def _is_old(run: SyncRun, arrival: Arrival) -> bool:
    window, received_at = run.rhythm.window, arrival.metadata.received_at
    return window is not None and received_at is not None and received_at < window


def _groups(arrivals: Sequence[Arrival], most: int, max_bytes: int) -> Iterator[list[Arrival]]:
    """Cut into groups of at most so many messages and octets; a larger message is a group of its own."""
    group: list[Arrival] = []
    size = 0
    for one in arrivals:
        if group and (len(group) == most or size + one.size > max_bytes):
            yield group
            group, size = [], 0
        group.append(one)
        size += one.size
    if group:
        yield group


def _fetch_groups(run: SyncRun, basket: Basket, groups: Sequence[Sequence[Arrival]]) -> list[list[Arrival]]:
    """Fetch bodies with the next group asked for while one arrives; answer what must be asked for group by group.

    That is everything where the source cannot do so, and what is left once it has refused something.
    """
    session = run.session
    if len(groups) < 2 or not isinstance(session, PipeliningSession):
        return [list(group) for group in groups]
    waiting = {one.uid: one for group in groups for one in group}
    first_of = {group[0].uid for group in groups}
    try:
        for uid, raw in run.beating(session.bodies_of([UidSet.of(one.uid for one in group) for group in groups])):
            arrival = waiting.get(uid)
            if arrival is None or not incoming.belongs(arrival, raw):
                continue
            del waiting[uid]
            basket.put(Incoming(arrival.flags, incoming.read_whole(arrival, raw, now=run.rhythm.now)))
            if uid in first_of and run.is_cancelled:
                break
    except ServerError as exc:
        basket.flush()
        if ends_connection(exc):
            accuse_message(run, basket.held, UidSet.of(awaited(groups, waiting)), exc)
            raise
        return [left for group in groups if (left := [one for one in group if one.uid in waiting])]
    return []


def _fetch_bodies(run: SyncRun, basket: Basket, group: Sequence[Arrival]) -> None:
    """Fetch bodies; where the server refuses some of them, by halves until the one is found."""
    waiting = {one.uid: one for one in group}
    try:
        for uid, raw in run.beating(run.session.bodies(UidSet.of(waiting))):
            arrival = waiting.get(uid)
            if arrival is None or (len(group) > 1 and not incoming.belongs(arrival, raw)):
                continue
            del waiting[uid]
            basket.put(Incoming(arrival.flags, incoming.read_whole(arrival, raw, now=run.rhythm.now)))
    except ServerError as exc:
        basket.flush()
        if ends_connection(exc):
            accuse_message(run, basket.held, UidSet.of(waiting), exc)
            raise
        left = list(waiting.values())
        if len(left) == 1 and len(group) == 1:
            _store_refused(run, basket, left[0])
            return
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            if half:
                _fetch_bodies(run, basket, half)


def _store_refused(run: SyncRun, basket: Basket, arrival: Arrival) -> None:
    try:
        basket.put(_header_only(run, arrival, incoming.BODY_REFUSED))
    except ServerError as exc:
        accuse_message(run, basket.held, UidSet.of([arrival.uid]), exc)
        raise


def _header_only(run: SyncRun, arrival: Arrival, problem: str) -> Incoming:
    breaks = problem == incoming.BODY_BREAKS  # its whole header may break the connection too
    try:
        found = {} if breaks else dict(run.session.headers(UidSet.of([arrival.uid])))
    except ServerError as exc:
        if ends_connection(exc):
            raise
        found = {}
    message = incoming.read_header(arrival, found.get(arrival.uid, b""), problem, now=run.rhythm.now)
    return Incoming(arrival.flags, message)


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
