"""Fetch what is missing, newest first: metadata decides what a message is, bodies come for what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mailhelper_core.errors import ServerError
from mailhelper_core.model.held import HeldMailbox
from mailhelper_core.model.remote import RemoteFlags, RemoteMetadata
from mailhelper_core.model.uidset import NO_UIDS, UidSet
from mailhelper_core.store import mailboxes, placements
from mailhelper_core.store.ingest import Incoming
from mailhelper_core.sync import incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.identity import identify
from mailhelper_core.sync.look import Seen
from mailhelper_core.sync.run import SyncRun, ends_connection


@dataclass(slots=True)
class _Sorted:
    """The uids of a batch by what they need; headers and bodies in the order in which they are fetched."""

    left_out: UidSet = NO_UIDS
    adopted: dict[int, int] = field(default_factory=dict)
    headers: list[RemoteMetadata] = field(default_factory=list)
    bodies: list[RemoteMetadata] = field(default_factory=list)


def fetch_missing(run: SyncRun, seen: Seen) -> None:
    """Store what is missing, as far as the run may."""
    newest_first = reversed(seen.missing)
    left_out = seen.left_out
    while run.room != 0 and not run.is_cancelled:
        batch = UidSet.of(islice(newest_first, _batch_size(run)))
        if not batch:
            break
        run.reopen(seen.held)
        left_out = _fetch_batch(run, seen.held, left_out, batch)
        run.pause()
    _finish(run, seen.held)


def _batch_size(run: SyncRun) -> int:
    most = run.settings.fetch_batch_messages
    return most if run.room is None else min(most, run.room)


def _fetch_batch(run: SyncRun, held: HeldMailbox, left_out: UidSet, batch: UidSet) -> UidSet:
    metadata = {one.uid: one for one in run.beating(run.session.metadata(batch)) if one.uid in batch}
    found = _sort(run, held, sorted(metadata.values(), key=lambda one: one.uid, reverse=True))
    if found.left_out:
        left_out |= found.left_out
        with run.begin() as uow:
            mailboxes.leave_out(uow, held, left_out)
        run.advance(held, len(found.left_out))
    basket = Basket(run, held)
    for uid, message_id in found.adopted.items():
        basket.put(Incoming(_flags(metadata[uid]), message_id))
    for one in found.headers:
        basket.put(_header_only(run, one, incoming.ABOVE_SIZE_CAP))
    for group in _groups(found.bodies, run.settings.fetch_batch_bytes):
        if run.is_cancelled:
            break
        _fetch_bodies(run, basket, group)
    basket.flush()
    return left_out


def _sort(run: SyncRun, held: HeldMailbox, metadata: Sequence[RemoteMetadata]) -> _Sorted:
    window = run.rhythm.window
    old = [one.uid for one in metadata if window and one.received_at and one.received_at < window]
    found = _Sorted(left_out=UidSet.of(old))
    wanted = [one for one in metadata if one.uid not in found.left_out]
    arrivals = [incoming.arrival(one) for one in wanted]
    with run.owner.read() as uow:
        candidates = placements.candidates(
            uow, held, match_keys=[a.match_key for a in arrivals], remote_ids=[a.remote_id for a in arrivals]
        )
    found.adopted = identify(arrivals, candidates)
    for one in wanted:
        if one.uid not in found.adopted:
            too_large = one.size > run.account.policy.size_cap_bytes
            (found.headers if too_large else found.bodies).append(one)
    return found


def _groups(metadata: Sequence[RemoteMetadata], max_bytes: int) -> Iterator[list[RemoteMetadata]]:
    """Cut into groups of at most so many octets; a larger message is a group of its own."""
    group: list[RemoteMetadata] = []
    size = 0
    for one in metadata:
        if group and size + one.size > max_bytes:
            yield group
            group, size = [], 0
        group.append(one)
        size += one.size
    if group:
        yield group


def _fetch_bodies(run: SyncRun, basket: Basket, group: Sequence[RemoteMetadata]) -> None:
    """Fetch bodies; where the server refuses some of them, by halves until the one is found."""
    waiting = {one.uid: one for one in group}
    try:
        for uid, raw in run.beating(run.session.bodies(UidSet.of(waiting))):
            metadata = waiting.pop(uid, None)
            if metadata is not None:
                basket.put(Incoming(_flags(metadata), incoming.read_whole(metadata, raw, now=run.rhythm.now)))
    except ServerError as exc:
        basket.flush()
        if ends_connection(exc):
            raise
        left = list(waiting.values())
        if len(left) == 1 and len(group) == 1:
            basket.put(_header_only(run, left[0], incoming.BODY_REFUSED))
            return
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            if half:
                _fetch_bodies(run, basket, half)


def _header_only(run: SyncRun, metadata: RemoteMetadata, problem: str) -> Incoming:
    try:
        found = dict(run.session.headers(UidSet.of([metadata.uid])))
    except ServerError as exc:
        if ends_connection(exc):
            raise
        found = {}
    message = incoming.read_header(metadata, found.get(metadata.uid, b""), problem, now=run.rhythm.now)
    return Incoming(_flags(metadata), message)


def _flags(metadata: RemoteMetadata) -> RemoteFlags:
    return RemoteFlags(metadata.uid, metadata.keywords, metadata.mod_seq)


def _finish(run: SyncRun, held: HeldMailbox) -> None:
    """Note that everything is stored; then places of an earlier uid_validity stand for nothing any more."""
    if run.missing[held.id]:
        return
    if not held.is_complete:
        with run.begin() as uow:
            mailboxes.save(uow, replace(held, is_complete=True))
    removed = held.has_stale
    while removed:
        with run.begin() as uow:
            count, orphans = placements.remove_stale(uow, held, run.settings.commit_batch_messages)
        run.tally.orphans.update(orphans)
        removed = count > 0
