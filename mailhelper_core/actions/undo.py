"""Undo: take back one entry, one change, or a span of time, in the store and, by new entries, on the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailhelper_core.actions.made_tags import remove_unused
from mailhelper_core.actions.takeback import REASONS, TakeBack, plan_take_back
from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.work.aspect import CHANGED_SINCE, DECIDED_SINCE, aspect_of
from mailhelper_core.model.work.operation import AddTag, Change, ChangeEntry, MoveMessage
from mailhelper_core.model.work.report import ErrorNote, UndoReport
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import commanded, rules
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, to_micros
from mailhelper_core.store.work import changes, outbox, shown, tag_entries, undo
from mailhelper_core.store.work.decisions import Decision, decide, view_of
from mailhelper_core.store.work.outbox import OutboxRow

# Messages of one transaction: a run over 100,000 messages must not hold the write lock for minutes.
BATCH_MESSAGES = 50


@guarded
@dataclass(frozen=True, slots=True)
class UndoService:
    """Takes decisions of one owner back."""

    owner: OwnerStore

    def undo(
        self,
        change: Change | ChangeEntry | int | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> UndoReport:
        """Restore tags, keywords, mailboxes, priorities and corrections as they were before.

        A tag that the change made goes too, once no message bears it and no rule or saved search names it.

        change is a Change, its id, or one entry of it; since and until (aware) name all changes of that time but
        undos, newest first. What was touched since is left as it is and counted; it can be undone later. What was not
        delivered yet is cancelled, the rest goes to the server with the next delivery. Rules never act again on a
        message whose hit was undone.

        Raises NotFoundError for an unknown or foreign change, ConflictError when it was undone before,
        InvalidError when neither a change nor a time is given.
        """
        if isinstance(change, ChangeEntry):
            return self._undo_entry(change)
        if change is not None:
            return self._undo_change(change.id if isinstance(change, Change) else change)
        if since is None and until is None:
            raise InvalidError("Say what to undo: a change, an entry, or since= and until=.")
        if any(moment is not None and moment.tzinfo is None for moment in (since, until)):
            raise InvalidError("since and until are aware, such as datetime.now(UTC).")
        with self.owner.read() as uow:
            start = 0 if since is None else to_micros(since)
            ids = changes.between(uow, start, uow.now if until is None else to_micros(until))
        total = UndoReport()
        for change_id in ids:
            total = total.then(self._undo_change(change_id))
        return total

    def _undo_change(self, change_id: int) -> UndoReport:
        with self.owner.begin() as uow:
            _require_applied(uow, change_id)
            undo.restore_before(uow, change_id)
            ids = sorted({*changes.message_ids(uow, change_id), *undo.withdrawn_messages(uow, change_id)})
            by = changes.new_change(uow, "undo", data={"undoes": change_id})
        report = UndoReport()
        for batch in _batches(ids):
            with self.owner.begin() as uow:
                _require_applied(uow, change_id)
                rows = outbox.rows_of_change(uow, change_id, message_ids=batch, lock=True)
                again = _do_again(uow, change_id, batch, by)
                plan = _take_back(uow, [row for row in rows if row.undone_by is None], by)
            report = report.then(_report(plan)).then(again)
        with self.owner.begin() as uow:
            uow.lock_owner(against_rows=True)
            undone, left = undo.restore_after(uow, change_id, by)
            notes = (ErrorNote(f"change:{change_id}", CHANGED_SINCE, REASONS[CHANGED_SINCE]),) if left else ()
            report = report.then(UndoReport(undone, left, notes))
            remove_unused(uow, change_id)
            if not report.left:
                changes.set_state(uow, change_id, "undone")
        return report

    def _undo_entry(self, entry: ChangeEntry) -> UndoReport:
        with self.owner.begin() as uow:
            change_id = changes.of_entry(uow, entry.id)
            _require_applied(uow, change_id)
            rows = outbox.rows_of_change(uow, change_id, message_ids=[entry.operation.message_id], lock=True)
            rows = [row for row in rows if row.id == entry.id]
            if rows[0].undone_by is not None:
                raise ConflictError("This entry was undone before.", code="already_undone")
            by = changes.new_change(uow, "undo", data={"undoes": change_id})
            plan = _take_back(uow, rows, by)
            if not changes.message_ids(uow, change_id):
                remove_unused(uow, change_id)
                changes.set_state(uow, change_id, "undone")
        return _report(plan)


def _require_applied(uow: UnitOfWork, change_id: int) -> None:
    uow.lock_owner(
        against_rows=True
    )  # before the change, its entries and tags: all that is written refers to the owner's row
    state = changes.lock(uow, change_id)
    if state == "undone":
        raise ConflictError("This change was undone before.", code="already_undone")
    if state != "applied":
        raise ConflictError(f"This change is {state}; there is nothing to undo.", code=state)


def _do_again(uow: UnitOfWork, change_id: int, ids: Sequence[int], by: int) -> UndoReport:
    """Decide again what an undo took back without an entry of its own, because the server had never heard of it."""
    rows = undo.withdrawn(uow, change_id, ids)
    later = [row for row in outbox.later_operations(uow, ids, 0) if row.change_id > change_id] if rows else []
    since = {(row.message_id, aspect_of(row.operation)) for row in later}
    left = [row for row in rows if (row.message_id, aspect_of(row.operation)) in since]
    again = [row for row in rows if row not in left]
    decide(uow, by, [Decision(row.operation) for row in again])
    commanded.learn_again(uow, change_id, [row.message_id for row in again], by)
    return UndoReport(len(rows) - len(left), len(left), tuple(_note(row, DECIDED_SINCE) for row in left))


def _note(row: OutboxRow, code: str) -> ErrorNote:
    return ErrorNote(f"message:{row.message_id}", code, REASONS[code])


def _report(plan: TakeBack) -> UndoReport:
    left = sorted(plan.left, key=lambda pair: pair[0].id)
    return UndoReport(len(plan.undone), len(plan.left), tuple(_note(row, code) for row, code in left))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH_MESSAGES):
        yield ids[start : start + BATCH_MESSAGES]


def _take_back(uow: UnitOfWork, rows: Sequence[OutboxRow], by: int) -> TakeBack:
    """Take rows of one change back, as entries of the change `by`; the rules that decided them never do so again."""
    if not rows:
        return TakeBack()
    change_id = rows[0].change_id
    ids = sorted({row.message_id for row in rows})
    own = {row.id for row in rows}  # of one entry taken back alone, the others of its change may have come after it
    later = [row for row in outbox.later_operations(uow, ids, min(row.id for row in rows)) if row.id not in own]
    rows, later = tag_entries.as_called_now(uow, rows), tag_entries.as_called_now(uow, later)
    plan = plan_take_back(
        rows,
        {message.id: view_of(message) for message in messages.summaries(uow, ids)},
        {account_id: shown.directory(uow, account_id) for account_id in {row.account_id for row in rows}},
        later,
    )
    outbox.set_undone(uow, [row.id for row in plan.undone], by)
    undo.cancel(uow, plan.cancel)
    undo.restore_priorities(uow, plan.priorities)
    # Of keywords undo has the owner's word; a message that another client moved meanwhile stays there.
    decide(uow, by, [Decision(one, gives_way=isinstance(one, MoveMessage)) for _, one in plan.reverse])
    undone = [row.message_id for row in plan.undone]
    commanded.unlearn(uow, change_id, undone, by)
    commanded.learn_again(uow, change_id, undone, by)
    undo.restore_assignments(uow, [(row, one) for row, one in plan.reverse if isinstance(one, AddTag)])
    rules.reverse_hits(uow, change_id, {(row.message_id, row.revision_id) for row in rows})
    return plan
