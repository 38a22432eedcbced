"""Threads put right by hand, and taken back; what undo needs is noted in the change, as plain JSON.

A thread that the owner set apart has a group, and is joined to none of another group, whatever arrives later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.mail import threads
from mailhelper_core.store.unit_of_work import UnitOfWork

_m, _r, _g = t.messages.c, t.message_refs.c, t.thread_groups.c


@dataclass(frozen=True, slots=True)
class _Thread:
    """Messages of one thread, and its group; 0 is that of all threads that the owner left alone."""

    ids: frozenset[int]
    group: int = 0

    @classmethod
    def read(cls, noted: Mapping[str, Any]) -> _Thread:
        return cls(frozenset(noted["ids"]), noted["group"])

    def noted(self) -> dict[str, Any]:
        return {"ids": sorted(self.ids), "group": self.group}


def split(uow: UnitOfWork, account_id: int, message_ids: Collection[int], own: Mapping[int, int]) -> dict[str, Any]:
    """Let some messages of one thread be a thread of their own for good, and answer what undo needs.

    own: the hash of each message's Message-ID, of the whole thread: late arrivals follow the message they answer.
    """
    _lock(uow, account_id, [min(message_ids)])
    whole = _with(uow, account_id, min(message_ids))
    chosen, left = frozenset(message_ids), whole.ids - set(message_ids)
    # A hash belongs to the side that has the message of it; the other side forgets it.
    refs = _forget(uow, account_id, left, [own[id_] for id_ in chosen if id_ in own])
    refs += _forget(uow, account_id, chosen, [own[id_] for id_ in left if id_ in own])
    # What is left of a thread that had been set apart stays apart from this one as well.
    after = [_Thread(chosen, min(chosen)), _Thread(left, min(left) if whole.group else 0)]
    _arrange(uow, account_id, after)
    return _noted([whole], after, refs)


def merge(uow: UnitOfWork, account_id: int, one: int, other: int, *, belong: bool) -> dict[str, Any] | None:
    """Make the threads of two messages one, and answer what undo needs; None where they were one.

    It stays apart from what either of them was set apart from. belong: without the owner's word they would be one
    thread, so that a split is taken back.
    """
    _lock(uow, account_id, [one, other])
    before = [_with(uow, account_id, id_) for id_ in (one, other)]
    if before[0] == before[1]:
        return None
    groups = sorted(thread.group for thread in before)
    group = 0 if belong and not groups[0] else next(filter(None, groups), 0)
    after = [_Thread(before[0].ids | before[1].ids, group)]
    _arrange(uow, account_id, after)
    return _noted(before, after, [])


def restore(uow: UnitOfWork, noted: Mapping[str, Any]) -> tuple[int, int]:
    """Let threads be as they were before a change; answer (undone, left).

    What arrived since goes with what it refers to. Left is what the owner split or merged otherwise since.
    """
    before, after = ([_Thread.read(one) for one in noted[name]] for name in ("before", "after"))
    there = _there(uow, {id_ for thread in after for id_ in thread.ids})
    if not there:
        return 1, 0
    account_id = next(iter(there.values()))[0]
    now = [{there[id_][1] for id_ in thread.ids & there.keys()} for thread in after]
    if any(len(found) > 1 for found in now) or len(set().union(*now)) < sum(map(len, now)):
        return 0, 1
    every = _ids(uow, account_id, sorted(set().union(*now)))
    left = [_Thread(thread.ids & there.keys(), thread.group) for thread in before]
    parts = [thread for thread in left if thread.ids]
    refs = [(account_id, hash_, id_) for id_, hash_ in noted["refs"] if id_ in there]
    if noted["forgot"]:
        insert_rows(uow.connection, t.message_refs, ("account_id", "hash", "message_id"), refs, or_ignore=True)
    _arrange(uow, account_id, _with_late(uow, account_id, parts, every))
    if not noted["forgot"]:
        for _, hash_, id_ in refs:
            uow.execute(
                delete(t.message_refs).where(_r.account_id == account_id, _r.hash == hash_, _r.message_id == id_)
            )
    return 1, 0


def turned(noted: Mapping[str, Any]) -> dict[str, Any]:
    """Answer what takes back that something noted was taken back."""
    return {"before": noted["after"], "after": noted["before"], "refs": noted["refs"], "forgot": not noted["forgot"]}


def hand_on(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Let threads stay apart whose messages with a group are erased next: those that came later take it over."""
    apart = select(_g.account_id, _g.group_id, _m.thread_id).join(t.messages, _m.id == _g.message_id)
    for account_id, group, thread_id in uow.execute(apart.where(_g.message_id.in_(ids)).distinct()).all():
        rows = [(account_id, id_, group) for id_ in sorted(_ids(uow, account_id, [thread_id]) - set(ids))]
        insert_rows(uow.connection, t.thread_groups, ("account_id", "message_id", "group_id"), rows, or_ignore=True)


def _noted(before: Iterable[_Thread], after: Iterable[_Thread], refs: list[list[int]]) -> dict[str, Any]:
    as_json = {"before": [one.noted() for one in before], "after": [one.noted() for one in after]}
    return {**as_json, "refs": refs, "forgot": True}


def _lock(uow: UnitOfWork, account_id: int, message_ids: Sequence[int]) -> None:
    """Let others who would move messages into or out of the threads of these wait."""
    theirs = select(_m.thread_id).where(_m.id.in_(message_ids))
    mine = select(_m.id).where(_m.account_id == account_id, _m.thread_id.in_(theirs)).order_by(_m.id)
    uow.execute(mine.with_for_update()).all()


def _with(uow: UnitOfWork, account_id: int, message_id: int) -> _Thread:
    thread_id = int(uow.connection.scalar(select(_m.thread_id).where(_m.id == message_id)) or 0)
    group = threads.groups(uow, account_id, [thread_id]).get(thread_id, 0)
    return _Thread(frozenset(_ids(uow, account_id, [thread_id])), group)


def _ids(uow: UnitOfWork, account_id: int, thread_ids: Sequence[int]) -> set[int]:
    """Answer all messages of threads, those that lie nowhere too."""
    found = select(_m.id).where(_m.account_id == account_id, _m.thread_id.in_(thread_ids))
    return set(uow.connection.scalars(found))


def _there(uow: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Answer the account and the thread of those messages that were not erased."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in chunks(sorted(ids)):
        mine = select(_m.id, _m.account_id, _m.thread_id).where(_m.owner_id == uow.owner_id, _m.id.in_(chunk))
        found |= {id_: (account_id, thread_id) for id_, account_id, thread_id in uow.execute(mine)}
    return found


def _arrange(uow: UnitOfWork, account_id: int, parts: Iterable[_Thread]) -> None:
    """Let each of these be a thread, named by its smallest id, and of its group."""
    for part in parts:
        for chunk in chunks(sorted(part.ids)):
            uow.execute(update(t.messages).where(_m.id.in_(chunk)).values(thread_id=min(part.ids)))
            uow.execute(delete(t.thread_groups).where(_g.message_id.in_(chunk)))
        rows = [(account_id, id_, part.group) for id_ in sorted(part.ids)] if part.group else []
        insert_rows(uow.connection, t.thread_groups, ("account_id", "message_id", "group_id"), rows)


def _forget(uow: UnitOfWork, account_id: int, ids: Collection[int], hashes: Sequence[int]) -> list[list[int]]:
    """Let messages refer to some others no more; answer what is forgotten, by message."""
    refs = {id_: found & set(hashes) for id_, found in _hashes(uow, account_id, ids).items()}
    forgotten = [[id_, hash_] for id_ in sorted(refs) for hash_ in sorted(refs[id_])]
    for id_, hash_ in forgotten:
        uow.execute(delete(t.message_refs).where(_r.account_id == account_id, _r.hash == hash_, _r.message_id == id_))
    return forgotten


def _hashes(uow: UnitOfWork, account_id: int, ids: Collection[int]) -> dict[int, set[int]]:
    """Answer what messages are called and refer to."""
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(sorted(ids)):
        mine = select(_r.message_id, _r.hash).where(_r.account_id == account_id, _r.message_id.in_(chunk))
        for id_, hash_ in uow.execute(mine):
            found[id_].add(hash_)
    return found


def _with_late(uow: UnitOfWork, account_id: int, parts: Sequence[_Thread], every: Collection[int]) -> list[_Thread]:
    """Answer threads with what arrived since: each goes where most of what it names is, else into the first."""
    refs = _hashes(uow, account_id, every)
    ids = [set(part.ids) for part in parts]
    known = [{hash_ for id_ in part.ids for hash_ in refs.get(id_, ())} for part in parts]
    for id_ in sorted(set(every) - set().union(*ids)):
        hashes = refs.get(id_, set())
        number = max(range(len(parts)), key=lambda at: (len(known[at] & hashes), -at))
        ids[number].add(id_)
        known[number] |= hashes
    return [_Thread(frozenset(mine), part.group) for mine, part in zip(ids, parts, strict=True)]
