"""Approve: what a rule proposed is judged once more, by what happened to the messages and their mailboxes since.

What was touched since belongs to whoever touched it, as with undo; what a run would refuse is refused here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.aspect import CHANGED_SINCE, DECIDED_SINCE, wide_aspect_of
from mailhelper_core.model.work.inverse import is_in_force
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.rules.engine import MAILBOX_GONE
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import mirrors, rules
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox, proposals, shown, tag_entries
from mailhelper_core.store.work.decisions import Decision, decide, view_of
from mailhelper_core.store.work.outbox import OutboxRow


def approve_some(uow: UnitOfWork, change_id: int, limit: int) -> int:
    """Decide what is proposed for some messages, as they are now; answer how many messages, 0 when none are left.

    What is left out ends as `cancelled`, with the reason.
    """
    rows = proposals.some(uow, change_id, limit)
    refused = _refused(uow, change_id, rows) if rows else {}
    proposals.leave(uow, refused)
    wanted = [row for row in rows if row.id not in refused]
    proposals.take(uow, wanted)
    keywords = mirrors.keywords(uow)
    decide(
        uow,
        change_id,
        [
            Decision(one, row.decided_by, row.revision_id)
            for row in wanted
            for one in mirrors.in_step([row.operation], keywords)
        ],
    )
    return len({row.message_id for row in rows})


def refusal(row: OutboxRow, now: View, since: Sequence[OutboxRow], where: Directory, gone: Collection[str] = ()) -> str:
    """Answer why a proposed entry must not happen any more, empty where it may; pure.

    since: what was decided about its message after it, in order. Other rules are not the owner: what they moved is
    moved on from there.
    """
    if apply(now, row.operation, where) is None:  # it is so already
        return ""
    if isinstance(row.operation, MoveMessage | CopyMessage) and row.operation.mailbox in gone:
        return MAILBOX_GONE
    what = wide_aspect_of(row.operation)
    later = [one for one in since if what and wide_aspect_of(one.operation) == what]
    if later and later[-1].decided_by == "owner":
        return DECIDED_SINCE
    if not isinstance(row.operation, MoveMessage | CopyMessage):
        return ""
    if later:
        return "" if is_in_force(now, later[-1].operation, where) else CHANGED_SINCE
    lay = set(row.decided_on)
    return CHANGED_SINCE if lay and lay != {place.mailbox_id for place in now.places} else ""


def _refused(uow: UnitOfWork, change_id: int, rows: Sequence[OutboxRow]) -> dict[int, str]:
    ids = sorted({row.message_id for row in rows})
    account_ids = {row.account_id for row in rows}
    views = {message.id: view_of(message) for message in messages.summaries(uow, ids)}
    directories = {account_id: shown.directory(uow, account_id) for account_id in account_ids}
    since: dict[int, list[OutboxRow]] = defaultdict(list)
    # By the names that tags bear now; what a merge needed is no decision about a message.
    for one in tag_entries.as_called_now(uow, outbox.later_operations(uow, ids, min(row.id for row in rows))):
        if one.change_id != change_id:
            since[one.message_id].append(one)
    gone = rules.vanished(uow, proposals.account_ids(uow))
    found = {
        row.id: refusal(
            row, views[row.message_id], [one for one in since[row.message_id] if one.id > row.id],
            directories[row.account_id], gone.get(row.account_id, ()),
        )
        for row in rows
    }  # fmt: skip
    refused = {id_: code for id_, code in found.items() if code}
    # A run refuses such a rule whole: a copy that cannot be must not let the move to the trash happen.
    lost = {(row.message_id, row.revision_id) for row in rows if refused.get(row.id) == MAILBOX_GONE}
    return refused | {row.id: MAILBOX_GONE for row in rows if (row.message_id, row.revision_id) in lost}
