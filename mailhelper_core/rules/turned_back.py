"""What a rule did and the owner turned back by hand, here or in another program, pure: the owner's word is final.

Undo notes it with the hit. A message that was moved back, or a tag or a flag that was taken off again, shows it only by
comparing what was decided with what is there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.aspect import wide_aspect_of
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    MoveMessage,
    Operation,
    RemoveKeyword,
    RemoveTag,
)
from mailhelper_core.model.work.overlay import View
from mailhelper_core.store.work.outbox import OutboxRow


def turned_back(decided: Sequence[OutboxRow], now: View) -> set[int]:
    """Answer the rules' revisions whose deeds on one message somebody turned back; `decided` holds all, in order.

    What another rule decided about the same thing later is no word of the owner.
    """
    found = set()
    for number, row in enumerate(decided):
        if row.revision_id is None or not _is_contrary(row, now):
            continue
        what = wide_aspect_of(row.operation)
        later = [other for other in decided[number + 1 :] if wide_aspect_of(other.operation) == what]
        if not later or later[-1].decided_by == "owner":
            found.add(row.revision_id)
    return found


def _is_contrary(row: OutboxRow, now: View) -> bool:
    """Say whether the message is again as it was before."""
    names = {place.mailbox for place in now.places}
    match row.operation:
        case AddTag() | RemoveTag() as operation:
            has = fold_tag(operation.tag) in {fold_tag(tag.name) for tag in now.tags}
            return has == isinstance(operation, RemoveTag)
        case AddKeyword(keyword=keyword):
            return bool(now.places) and not any(keyword in place.keywords for place in now.places)
        case RemoveKeyword(keyword=keyword):
            return any(keyword in place.keywords for place in now.places)
        case MoveMessage() as operation:
            reached = operation.mailbox in names or any(place.role == operation.role != "" for place in now.places)
            return not reached and not names.isdisjoint(_sources(row.inverse))
        case CopyMessage(mailbox=mailbox):
            return bool(names) and mailbox not in names
        case _:
            return False


def _sources(inverse: Iterable[Operation]) -> set[str]:
    return {operation.mailbox for operation in inverse if isinstance(operation, MoveMessage)}
