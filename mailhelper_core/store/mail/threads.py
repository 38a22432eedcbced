"""Threads: messages connected by what they refer to; the partition does not depend on the order of arrival."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, update

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


def join(references: References, known: Mapping[int, int]) -> Joined:
    """Find the threads of new messages; pure.

    references: {message id: hashes of its own Message-ID and those it refers to}; known: {hash: thread that has
    it}. Messages that share a hash are in one thread, which is named by its smallest message id.
    """
    forest = _Forest()
    first_with = dict(known)
    for message_id, hashes in references.items():
        for hash_ in hashes:
            forest.join(message_id, first_with.setdefault(hash_, message_id))
    merged = {thread: root for thread in set(known.values()) if (root := forest.find(thread)) != thread}
    return Joined({message_id: forest.find(message_id) for message_id in references}, merged)


def assign(uow: UnitOfWork, account_id: int, references: References) -> Mapping[int, int]:
    """Answer the thread of each new message, whose rows are inserted next; merge threads that they connect."""
    hashes = {hash_ for found in references.values() for hash_ in found}
    joined = join(references, _known(uow, account_id, sorted(hashes)))
    if joined.merged:
        m = t.messages.c
        renamed = update(t.messages).where(m.thread_id == bindparam("old"), m.account_id == account_id)
        pairs = [{"old": old, "new": new} for old, new in joined.merged.items()]
        uow.execute(renamed.values(thread_id=bindparam("new")), pairs)
    return joined.threads


def add_references(uow: UnitOfWork, account_id: int, references: References) -> None:
    """Store the hashes of messages that are inserted."""
    rows = [(account_id, hash_, id_) for id_, hashes in references.items() for hash_ in sorted(set(hashes))]
    insert_rows(uow.connection, t.message_refs, ("account_id", "hash", "message_id"), rows)


def _known(uow: UnitOfWork, account_id: int, hashes: Sequence[int]) -> dict[int, int]:
    """Answer {hash: thread}; one message for each hash says it, as all that share a hash are in one thread."""
    rows = select_among(uow.connection, _HOLDERS, fixed=(account_id,), values=hashes)
    return {hash_: thread_id for hash_, thread_id in rows}
