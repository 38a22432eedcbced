"""UndoService: take changes back in the store and, by new operations, on the server; what was touched since is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailhelper_core.actions.reversal import Reversal, reverse
from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.operation import Change, ChangeEntry, RemoveTag
from mailhelper_core.model.report import UndoReport
from mailhelper_core.store import changes, messages, opinions, outbox, rules, shown, tags
from mailhelper_core.store.decisions import Decision, decide, view_of
from mailhelper_core.store.outbox import OutboxRow
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, to_micros

# Messages of one transaction: keeps SQLite's write lock short where a run touched thousands.
BATCH_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class UndoService:
    """Undo for one owner."""

    owner: OwnerStore

    def undo(
        self,
        change: Change | ChangeEntry | int | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> UndoReport:
        """Take back a change (or its id), one entry of it, or all changes of a time span, newest first.

        What the owner, a rule or the server changed since is left and counted. Raises NotFoundError for another
        owner's change, ConflictError for one that is undone already, InvalidError without anything to undo.
        """
        if isinstance(change, ChangeEntry):
            with self.owner.read() as uow:
                change_id = changes.of_entry(uow, change.id)
            return self._undo(change_id, only=change.id)
        if change is not None:
            return self._undo(change.id if isinstance(change, Change) else change)
        if since is None:
            raise InvalidError("Say what to undo: a change, one of its entries, or since=.", code="undo")
        return self._undo_span(since, until)

    def _undo_span(self, since: datetime, until: datetime | None) -> UndoReport:
        with self.owner.read() as uow:
            ids = changes.between(uow, to_micros(since), to_micros(until) if until else uow.now)
        reports = [self._undo(change_id) for change_id in ids]
        return UndoReport(sum(one.undone for one in reports), sum(one.left for one in reports))

    def _undo(self, change_id: int, *, only: int = 0) -> UndoReport:
        with self.owner.begin() as uow:
            change = changes.get(uow, change_id)
            if change.state != "applied":
                raise ConflictError(f"Change {change_id} is {change.state} already.", code="undone")
            rows = [row for row in outbox.rows_of_change(uow, change_id) if only in (0, row.id)]
            work = _Work(change_id, changes.new_change(uow, "undo", data={"undoes": change_id}))
        by_message = _by_message(rows)
        ids = list(by_message)
        for start in range(0, len(ids), BATCH_MESSAGES):
            with self.owner.begin() as uow:
                work.take_back(uow, {id_: by_message[id_] for id_ in ids[start : start + BATCH_MESSAGES]})
        with self.owner.begin() as uow:
            work.finish(uow, whole=not only or all(row.undone_by or row.id == only for row in rows))
        return UndoReport(work.undone, work.left)


@dataclass(slots=True)
class _Work:
    """One undo on its way; killed between batches, it goes on where it stopped when it is asked again."""

    change_id: int
    undo_id: int
    undone: int = 0
    left: int = 0
    taken: list[int] = field(default_factory=list)

    def take_back(self, uow: UnitOfWork, by_message: dict[int, list[OutboxRow]]) -> None:
        """Take the rows of some messages back."""
        found = {message.id: message for message in messages.summaries(uow, list(by_message))}
        later = {id_: outbox.later_operations(uow, rows[0]) for id_, rows in by_message.items()}
        reversals = []
        for id_, rows in by_message.items():
            if id_ not in found:
                continue
            where = shown.directory(uow, found[id_].account_id)
            own = {row.id for row in rows}
            others = [row for row in later[id_] if row.id not in own and row.change_id != self.change_id]
            reversals.append(reverse(view_of(found[id_]), rows, others, where))
        self._write(uow, reversals)

    def finish(self, uow: UnitOfWork, *, whole: bool) -> None:
        """Take back what is no operation, and note that the change is undone."""
        corrections = changes.data(uow, self.change_id).get("corrections", [])
        if whole and corrections:
            undone, left = opinions.take_back(uow, corrections)
            self.undone += undone
            self.left += left
        if whole:
            changes.set_state(uow, self.change_id, "undone")

    def _write(self, uow: UnitOfWork, reversals: Sequence[Reversal]) -> None:
        cancelled = [row for one in reversals for row in one.cancelled]
        taken = [row for one in reversals for row in one.taken]
        outbox.set_state(uow, [row.id for row in cancelled], "cancelled")
        shown.refresh(uow, [row.message_id for row in cancelled])
        decide(uow, self.undo_id, [Decision(operation) for one in reversals for operation in one.operations])
        for row in taken:
            _restore_tag(uow, row)
        rows = cancelled + taken
        outbox.set_undone(uow, [row.id for row in rows], self.undo_id)
        rules.reverse_hits(uow, self.change_id, sorted({row.message_id for row in rows}))
        self.undone += len(rows)
        self.left += sum(one.left for one in reversals)


def _restore_tag(uow: UnitOfWork, row: OutboxRow) -> None:
    if isinstance(row.operation, RemoveTag) and row.assigned:
        tag = tags.find(uow, row.operation.tag)
        if tag:
            tags.restore(uow, tag.id, {row.message_id: tags.Assignment(**row.assigned)})


def _by_message(rows: Sequence[OutboxRow]) -> dict[int, list[OutboxRow]]:
    found: dict[int, list[OutboxRow]] = {}
    for row in rows:
        if row.undone_by is None:
            found.setdefault(row.message_id, []).append(row)
    return found
