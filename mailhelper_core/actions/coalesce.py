"""The next step of one message: which of its waiting operations one command can carry out together; pure.

Operations of a message are delivered in the order they were decided. What is folded here has, wherever the
message is and whatever it carries, the same result as one operation after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import AddKeyword, KeywordOperation, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.store.work.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Step:
    """What one message needs next: `rows` are done with it, operation is what they come to.

    For keywords `add` and `remove` say it all; then operation is only the first of them.
    """

    rows: tuple[OutboxRow, ...]
    operation: Operation
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    @property
    def message_id(self) -> int:
        """The message it is about."""
        return self.operation.message_id

    def was_sought(self, synced_at: int, *codes: str) -> bool:
        """Say whether a sync has looked for the message since a delivery postponed it for one of these reasons."""
        return all(row.error_code in codes and row.updated_at < synced_at for row in self.rows)

    def of(self, rows: Sequence[OutboxRow]) -> Step:
        """Answer the same step with some of its rows."""
        return replace(self, rows=tuple(rows))

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its rows."""
        return tuple(row.id for row in self.rows)


def next_step(rows: Sequence[OutboxRow], where: Directory, *, places: int) -> Step:
    """Answer the first step of a message's waiting rows; `places` is in how many mailboxes the server has it."""
    operation = rows[0].operation
    if isinstance(operation, AddKeyword | RemoveKeyword):
        return _keywords(rows, operation)
    if isinstance(operation, MoveMessage) and (places == 1 or rows[0].intent):
        return _moves(rows, operation, where)
    return Step((rows[0],), operation)


def _keywords(rows: Sequence[OutboxRow], first: KeywordOperation) -> Step:
    """Fold what stands at the beginning: of two about one keyword the later one wins, as it would on the server."""
    folded = tuple(takewhile(lambda row: _same_kind(rows[0], row), rows))
    wanted: dict[str, bool] = {}
    for row in folded:
        if isinstance(row.operation, AddKeyword | RemoveKeyword):
            wanted[row.operation.keyword] = isinstance(row.operation, AddKeyword)
    add = frozenset(keyword for keyword, is_wanted in wanted.items() if is_wanted)
    return Step(folded, first, add, frozenset(wanted) - add)


def _same_kind(first: OutboxRow, row: OutboxRow) -> bool:
    if not isinstance(row.operation, AddKeyword | RemoveKeyword):
        return False
    same_place = isinstance(first.operation, AddKeyword | RemoveKeyword) and (
        row.operation.mailbox_id == first.operation.mailbox_id
    )
    # Who decided, and on what, decides whether the server may refuse.
    return same_place and _condition(row) == _condition(first)


def _condition(row: OutboxRow) -> object:
    if row.decided_by == "owner" and not isinstance(row.operation, MoveMessage):
        return None
    return row.decided_on, row.decided_keywords


def _moves(rows: Sequence[OutboxRow], operation: MoveMessage, where: Directory) -> Step:
    """Fold a chain of moves that nobody has begun, or that were begun as one: only its end can be seen.

    A chain that was begun is gone on with as it was: its copy lies where the last of them leads.
    """
    folded = [rows[0]]
    for row in rows[1:]:
        if (row.intent or None) != (folded[-1].intent or None):
            break
        if not isinstance(row.operation, MoveMessage) or _condition(row) != _condition(rows[0]):
            break
        if not _goes_on(operation, row.operation, where):
            break
        operation = replace(row.operation, source_id=operation.source_id)
        folded.append(row)
    return Step(tuple(folded), operation)


def _goes_on(first: MoveMessage, second: MoveMessage, where: Directory) -> bool:
    return second.source_id != 0 and second.source_id == where.target(first).mailbox_id
