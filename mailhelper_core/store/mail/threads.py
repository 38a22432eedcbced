"""Threads: messages connected by what they refer to; the partition does not depend on the order of arrival."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows, select_among
from mailhelper_core.store.unit_of_work import UnitOfWork

_HOLDERS = """
SELECT holders.hash, m.thread_id
FROM (
    SELECT hash, MIN(message_id) AS first FROM {schema}mailhelper_message_refs
    WHERE account_id = ? AND hash IN ({values}) GROUP BY hash
) holders
JOIN {schema}mailhelper_messages m ON m.id = holders.first
"""
_GROUPS = """
SELECT m.thread_id, g.group_id FROM {schema}mailhelper_thread_groups g
JOIN {schema}mailhelper_messages m ON m.id = g.message_id WHERE g.account_id = ? AND m.thread_id IN ({values})
"""

References = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True)
class Joined:
    """The thread of each new message, and threads that turned out to be one: {old id: id it now has}."""

    threads: Mapping[int, int]
    merged: Mapping[int, int]


@dataclass(slots=True)
class _Forest:
    """Disjoint sets of numbers, each named by its smallest."""

    parents: dict[int, int] = field(default_factory=dict)

    def find(self, one: int) -> int:
        root = one
        while (parent := self.parents.get(root, root)) != root:
            root = parent
        while one != root:
            self.parents[one], one = root, self.parents.get(one, root)
        return root

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        self.parents[high] = low


def join(references: References, known: Mapping[int, int], groups: Mapping[int, int] | None = None) -> Joined:
    """Find the threads of new messages; pure.

    references: {message id: hashes of its own Message-ID and those it refers to, nearest first}; known: {hash: thread
    that has it}. Messages that share a hash are in one thread, which is named by its smallest message id. groups:
    {thread that the owner split off: its group}; of several groups a message joins that of its nearest reference.
    """
    forest = _Forest()
    first_with = dict(known)
    group_of = dict(groups or {})
    for message_id, hashes in references.items():
        near = next((first_with[hash_] for hash_ in hashes if hash_ in first_with), message_id)
        group = group_of.get(forest.find(near), 0)
        for hash_ in hashes:
            other = forest.find(first_with.setdefault(hash_, message_id))
            if other in (message_id, forest.find(message_id)) or group_of.get(other, 0) == group:
                forest.join(message_id, other)
        if group:
            group_of[forest.find(message_id)] = group
    merged = {thread: root for thread in set(known.values()) if (root := forest.find(thread)) != thread}
    return Joined({message_id: forest.find(message_id) for message_id in references}, merged)


def assign(uow: UnitOfWork, account_id: int, references: References) -> Mapping[int, int]:
    """Answer the thread of each new message, whose rows are inserted next; merge threads that they connect."""
    hashes = {hash_ for found in references.values() for hash_ in found}
    known = _known(uow, account_id, sorted(hashes))
    joined = join(references, known, groups(uow, account_id, set(known.values())))
    if joined.merged:
        m = t.messages.c
        renamed = update(t.messages).where(m.thread_id == bindparam("old"), m.account_id == account_id)
        pairs = [{"old": old, "new": new} for old, new in joined.merged.items()]
        uow.execute(renamed.values(thread_id=bindparam("new")), pairs)
    return joined.threads


def merge(uow: UnitOfWork, account_id: int, one: int, other: int) -> bool:
    """Make the threads of two messages one, named by the smaller id; answer whether they were two.

    What the owner set apart stays apart.
    """
    m = t.messages.c
    first, second = (uow.connection.scalar(select(m.thread_id).where(m.id == id_)) for id_ in (one, other))
    return first is not None and second is not None and _unite(uow, account_id, first, second)


def _unite(uow: UnitOfWork, account_id: int, first: int, second: int) -> bool:
    m = t.messages.c
    if first == second:
        return False
    found = groups(uow, account_id, {first, second})
    if found.get(first, 0) != found.get(second, 0):
        return False
    mine = update(t.messages).where(m.account_id == account_id, m.thread_id == max(first, second))
    uow.execute(mine.values(thread_id=min(first, second)))
    return True


def groups(uow: UnitOfWork, account_id: int, threads: Collection[int]) -> dict[int, int]:
    """Answer the groups of threads that the owner set apart."""
    rows = select_among(uow.connection, _GROUPS, fixed=(account_id,), values=sorted(threads))
    return {thread_id: group_id for thread_id, group_id in rows}


def add_references(uow: UnitOfWork, account_id: int, references: References) -> None:
    """Store the hashes of messages that are inserted."""
    rows = [(account_id, hash_, id_) for id_, hashes in references.items() for hash_ in sorted(set(hashes))]
    insert_rows(uow.connection, t.message_refs, ("account_id", "hash", "message_id"), rows, is_clean=True)


def connect(uow: UnitOfWork, account_id: int, message_id: int, references: Sequence[int]) -> None:
    """Let a stored message refer to more than it did when it came; its thread and those it names become one."""
    r = t.message_refs.c
    stored = set(uow.connection.scalars(select(r.hash).where(r.account_id == account_id, r.message_id == message_id)))
    new = [hash_ for hash_ in references if hash_ not in stored]
    if not new:
        return
    named = _known(uow, account_id, new)
    add_references(uow, account_id, {message_id: new})
    mine = int(uow.connection.scalar(select(t.messages.c.thread_id).where(t.messages.c.id == message_id)) or 0)
    # A thread bears the id of one of its messages, which may be erased since.
    for thread_id in sorted(set(named.values())):
        if _unite(uow, account_id, mine, thread_id):
            mine = min(mine, thread_id)


def _known(uow: UnitOfWork, account_id: int, hashes: Sequence[int]) -> dict[int, int]:
    """Answer {hash: thread}; one message for each hash says it, as all that share a hash are in one thread."""
    rows = select_among(uow.connection, _HOLDERS, fixed=(account_id,), values=hashes)
    return {hash_: thread_id for hash_, thread_id in rows}
