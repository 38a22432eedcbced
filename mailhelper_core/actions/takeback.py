"""What taking back entries comes to: which never left the outbox, what reverses the others, what to leave; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.aspect import CHANGED_SINCE, DECIDED_SINCE, aspect_of
from mailhelper_core.model.work.inverse import is_in_force
from mailhelper_core.model.work.operation import AskReply, Notify, Operation, SetPriority
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.store.work.outbox import LOCAL_ONLY, OutboxRow

# Why an entry is left, as a person reads it.
REASONS = {
    CHANGED_SINCE: "It is no longer as this change left it.",
    DECIDED_SINCE: "It was decided about again after this change.",
}


@dataclass(slots=True)
class TakeBack:
    """cancel: never sent, so nothing is to be sent; reverse: entries and what reverses them; left: entries and why."""

    cancel: list[OutboxRow] = field(default_factory=list)
    reverse: list[tuple[OutboxRow, Operation]] = field(default_factory=list)
    priorities: list[OutboxRow] = field(default_factory=list)
    left: list[tuple[OutboxRow, str]] = field(default_factory=list)
    undone: list[OutboxRow] = field(default_factory=list)


def plan_take_back(
    rows: Sequence[OutboxRow],
    views: Mapping[int, View],
    directories: Mapping[int, Directory],
    later: Sequence[OutboxRow],
) -> TakeBack:
    """Answer how to take rows back, newest first; `later` are other decisions about the same messages since.

    What is no longer as the entry left it, or was decided about again, belongs to whoever touched it.
    """
    plan = TakeBack()
    now = dict(views)
    since = {(row.message_id, aspect): row.id for row in later if (aspect := aspect_of(row.operation))}
    for row in sorted(rows, key=lambda row: row.id, reverse=True):
        if row.state not in ("waiting", "claimed", "delivered"):
            continue
        where, view = directories[row.account_id], now[row.message_id]
        is_decided = since.get((row.message_id, aspect_of(row.operation)), 0) > row.id
        if is_decided or not is_in_force(view, row.operation, where):
            plan.left.append((row, DECIDED_SINCE if is_decided else CHANGED_SINCE))
            continue
        now[row.message_id] = _after(view, row, where)
        _sort(plan, row)
    return plan


def _after(view: View, row: OutboxRow, where: Directory) -> View:
    for operation in row.inverse:
        view = apply(view, operation, where) or view
    return view


def _sort(plan: TakeBack, row: OutboxRow) -> None:
    if isinstance(row.operation, Notify | AskReply):
        return
    plan.undone.append(row)
    never_sent = row.state == "waiting" and row.attempts == 0
    if never_sent or (row.state == "delivered" and row.error_code == LOCAL_ONLY):
        plan.cancel.append(row)
    elif isinstance(row.operation, SetPriority):
        plan.priorities.append(row)
    else:
        plan.reverse += [(row, operation) for operation in row.inverse]
