"""What undo promises, as a small model: each aspect of a message has a value, and entries say what they made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    Change,
    ChangeEntry,
    CopyMessage,
    MoveMessage,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)

# A message and what of it: ("keyword", name), ("tag", name), ("place",), ("copy", mailbox), ("urgency",) ...
Slot = tuple[int | str, ...]
Value = str | int | bool | None


def slots_of(operation: Operation) -> dict[Slot, Value]:
    """Answer what an operation sets, and to what."""
    id_ = operation.message_id
    match operation:
        case AddKeyword(_, keyword) | RemoveKeyword(_, keyword):
            return {(id_, "keyword", keyword): isinstance(operation, AddKeyword)}
        case AddTag(_, tag) | RemoveTag(_, tag):
            return {(id_, "tag", tag): isinstance(operation, AddTag)}
        case MoveMessage(_, mailbox):
            return {(id_, "place"): mailbox}
        case CopyMessage(_, mailbox):
            return {(id_, "copy", mailbox): True}
        case SetPriority(_, urgency, importance):
            levels = {"urgency": urgency, "importance": importance}
            return {(id_, name): level or None for name, level in levels.items() if level is not None}
    raise AssertionError(operation)


@dataclass
class Model:
    """values: how each slot stands. made: every entry in order with its change, and how its slots stood before it."""

    values: dict[Slot, Value] = field(default_factory=dict)
    made: list[tuple[int, ChangeEntry, dict[Slot, Value]]] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    def decided(self, change: Change) -> None:
        """Take in what was decided."""
        for entry in change.entries:
            after = slots_of(entry.operation)
            before = {slot: self.values.get(slot) for slot in after}
            assert before != after, "an entry that changes nothing"
            self.made.append((change.id, entry, before))
            self.values.update(after)

    def open_changes(self) -> list[int]:
        """Answer the changes of which something is not undone, newest first."""
        return sorted({change for change, entry, _ in self.made if entry.id not in self.undone}, reverse=True)

    def open_entries(self) -> list[ChangeEntry]:
        """Answer the entries that are not undone."""
        return [entry for _, entry, _ in self.made if entry.id not in self.undone]

    def undo(self, change_ids: Iterable[int], entry_ids: Sequence[int] | None = None) -> tuple[int, Counter[str]]:
        """Take changes back one after the other, or entries of one; answer how many, and why the others are left."""
        count, left = 0, Counter[str]()
        for change_id in change_ids:
            mine = [one for one in self.made if one[0] == change_id and one[1].id not in self.undone]
            mine = [one for one in mine if entry_ids is None or one[1].id in entry_ids]
            ids = {entry.id for _, entry, _ in mine}
            for _, entry, before in reversed(mine):
                code = self._why_left(entry, ids)
                if code:
                    left[code] += 1
                    continue
                self.values.update(before)
                self.undone.add(entry.id)
                count += 1
        return count, left

    def _why_left(self, entry: ChangeEntry, together: set[int]) -> str:
        slots = slots_of(entry.operation)
        for _, other, _ in self.made:
            is_later = other.id > entry.id and other.id not in self.undone | together
            if is_later and _aspects(other.operation) & _aspects(entry.operation):
                return "decided_since"
        return "changed_since" if any(self.values.get(slot) != value for slot, value in slots.items()) else ""


def _aspects(operation: Operation) -> set[Slot]:
    if isinstance(operation, SetPriority):  # both levels are one decision
        return {(operation.message_id, "priority")}
    return set(slots_of(operation))
