"""What undo does to one message, pure: from the newest entry to the oldest, as long as each is still in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.directory import Directory
from mailhelper_core.model.inverse import is_in_force
from mailhelper_core.model.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    DropCopy,
    Effect,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.overlay import View, apply
from mailhelper_core.model.tag import fold_tag
from mailhelper_core.store.outbox import OutboxRow

# An operation that never reached the server needs no inverse.
UNDELIVERED = frozenset({"waiting"})
# Nothing came of these.
VOID = frozenset({"conflicted", "dead", "cancelled"})


@dataclass(frozen=True, slots=True)
class Reversal:
    """Rows to cancel, rows to take back by new operations, and how many must be left."""

    cancelled: tuple[OutboxRow, ...]
    taken: tuple[OutboxRow, ...]
    operations: tuple[Operation, ...]
    left: int


def reverse(view: View, rows: Sequence[OutboxRow], later: Sequence[OutboxRow], directory: Directory) -> Reversal:
    """Answer how to take rows of one message back; `later` are decisions of other changes made since."""
    touched = {aspect(row.operation) for row in later}
    cancelled: list[OutboxRow] = []
    taken: list[OutboxRow] = []
    operations: list[Operation] = []
    left = 0
    for row in reversed(rows):
        if row.state in VOID:
            continue
        if aspect(row.operation) in touched or not is_in_force(view, row.operation, directory):
            left += 1
            continue
        for operation in row.inverse:
            view = apply(view, operation, directory) or view
        if row.state in UNDELIVERED:
            cancelled.append(row)
        else:
            taken.append(row)
            operations += row.inverse
    return Reversal(tuple(cancelled), tuple(taken), tuple(operations), left)


def aspect(operation: Operation) -> tuple[str, str]:
    """Answer what an operation speaks of: two operations of one aspect overwrite each other."""
    match operation:
        case AddKeyword() | RemoveKeyword():
            return ("keyword", operation.keyword)
        case MoveMessage():
            return ("place", "")
        case CopyMessage() | DropCopy():
            return ("copy", operation.mailbox)
        case AddTag() | RemoveTag():
            return ("tag", fold_tag(operation.tag))
        case SetPriority():
            return ("priority", "")
        case Notify() | Effect():
            return ("effect", "")
