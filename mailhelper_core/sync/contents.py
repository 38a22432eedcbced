"""Fetch bodies, some at a time; the one that the server refuses is found, and its header is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.source.remote import PipeliningSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail.blobs import is_short
from mailhelper_core.store.mail.ingest import Incoming
from mailhelper_core.sync import incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.identity import Arrival
from mailhelper_core.sync.plan import awaited
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import accuse_message

# The code of a mailbox of which a message came shorter than announced.
CUT_SHORT = "cut_short"


def fetch_bodies(run: SyncRun, basket: Basket, arrivals: Sequence[Arrival]) -> None:
    """Put the messages into the basket, whole where the server gives their bodies; what does not come is left."""
    if run.may_leave():  # a command would first wait for the rest of an answer that was left
        return
    settings = run.settings
    groups = list(_groups(arrivals, settings.fetch_batch_messages, settings.fetch_batch_bytes))
    for group in _fetch_groups(run, basket, groups):
        if run.is_cancelled and (run.may_leave() or basket.uids):
            break
        _fetch_group(run, basket, group)


def put_header(run: SyncRun, basket: Basket, arrival: Arrival, problem: str) -> None:
    """Put a message into the basket of which the body is not fetched, or not given."""
    try:
        basket.put(_header_only(run, arrival, problem))
    except ServerError as exc:
        accuse_message(run, basket.held, UidSet.of([arrival.uid]), exc)
        raise


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

    That is everything where the source cannot do so, what is left once it has refused something, and each body that
    was another message's.
    """
    session = run.session
    if len(groups) < 2 or not isinstance(session, PipeliningSession):
        return [list(group) for group in groups]
    waiting = {one.uid: one for group in groups for one in group}
    doubted: dict[int, Arrival] = {}
    try:
        bodies = session.bodies_of([UidSet.of(one.uid for one in group) for group in groups])
        for _ in _take(run, basket, bodies, waiting, doubted):
            # Not only between groups: over a slow line one takes minutes. What is on its way goes with the connection.
            if run.is_cancelled:
                break
    except ServerError as exc:
        basket.flush()
        if ends_connection(exc):
            accuse_message(run, basket.held, UidSet.of(awaited(groups, waiting)), exc)
            raise
        return [left for group in groups if (left := [one for one in group if one.uid in waiting])]
    return [[one] for uid, one in doubted.items() if uid in waiting]


def _fetch_group(run: SyncRun, basket: Basket, group: Sequence[Arrival]) -> None:
    """Fetch bodies; where the server refuses some of them, by halves until the one is found."""
    waiting = {one.uid: one for one in group}
    doubted: dict[int, Arrival] = {}
    try:
        bodies = run.session.bodies(UidSet.of(waiting))
        for _ in _take(run, basket, bodies, waiting, doubted if len(group) > 1 else None):
            if run.is_cancelled:
                return
    except ServerError as exc:
        basket.flush()
        if ends_connection(exc):
            accuse_message(run, basket.held, UidSet.of(waiting), exc)
            raise
        left = list(waiting.values())
        if len(left) == 1 and len(group) == 1:
            put_header(run, basket, left[0], incoming.BODY_REFUSED)
            return
        again = [half for half in (left[: len(left) // 2], left[len(left) // 2 :]) if half]
    else:
        again = [[one] for uid, one in doubted.items() if uid in waiting]
    for part in again:
        _fetch_group(run, basket, part)


def _take(
    run: SyncRun,
    basket: Basket,
    bodies: Iterable[tuple[int, bytes]],
    waiting: dict[int, Arrival],
    doubted: dict[int, Arrival] | None,
) -> Iterator[int]:
    """Put what comes into the basket and yield its uid; a body of another message is noted, None believes all."""
    for uid, raw in run.beating(bodies):
        arrival = waiting.get(uid)
        if arrival is None or (not raw and arrival.size):  # no message is empty: it is not given
            continue
        if doubted is not None and not incoming.belongs(arrival, raw):
            doubted[uid] = arrival
            continue
        del waiting[uid]
        if is_short(arrival.size, len(raw)):
            run.note(basket.held, CUT_SHORT, "a message came shorter than the server announced it; repair asks again")
        basket.put(Incoming(arrival.flags, incoming.read_whole(arrival, raw, now=run.rhythm.now)))
        yield uid


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
