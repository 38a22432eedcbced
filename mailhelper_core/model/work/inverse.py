"""What takes an operation back, and whether it is still in force; pure, for undo."""

from __future__ import annotations

from dataclasses import replace

from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AppendDraft,
    AskReply,
    CopyMessage,
    DropCopy,
    DropDraft,
    Effect,
    KeywordOperation,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.work.overlay import View, apply, leaving, spoken_of, takes_off


def inverse(before: View, operation: Operation, directory: Directory) -> tuple[Operation, ...]:
    """Answer what takes an operation back that changes this message; nothing takes back a notice."""
    message_id = operation.message_id
    match operation:
        case AddKeyword() | RemoveKeyword():
            return _keyword_inverse(before, operation)
        case MoveMessage():
            return _move_inverse(before, operation, directory.target(operation))
        case CopyMessage(_, mailbox) | DropCopy(_, mailbox):
            back = DropCopy if isinstance(operation, CopyMessage) else CopyMessage
            return (back(message_id, mailbox),)
        case AddTag(_, name) | RemoveTag(_, name):
            return _tag_inverse(before, operation, name)
        case SetPriority(_, urgency, importance):
            before_urgency = None if urgency is None else before.urgency or 0
            return (SetPriority(message_id, before_urgency, None if importance is None else before.importance or 0),)
        case Effect() | AppendDraft():
            return (_outside_inverse(operation),)
        case Notify() | AskReply() | DropDraft():  # the octets of a draft are not kept
            return ()


def is_in_force(view: View, operation: Operation, directory: Directory) -> bool:
    """Say whether a message still is as an operation left it; if not, somebody has touched it since."""
    match operation:
        case MoveMessage() | CopyMessage():
            target = directory.target(operation).mailbox
            return any(place.mailbox == target for place in view.places)
        case Notify() | AskReply() | Effect() | AppendDraft() | DropDraft():
            return True
        case _:
            return apply(view, operation, directory) is None


def _outside_inverse(operation: Effect | AppendDraft) -> Operation:
    if isinstance(operation, Effect):
        return replace(operation, undo=not operation.undo)
    return DropDraft(operation.message_id, operation.draft_id, operation.size, operation.mailbox)


def _keyword_inverse(before: View, operation: KeywordOperation) -> tuple[Operation, ...]:
    wanted = isinstance(operation, AddKeyword)
    back = RemoveKeyword if wanted else AddKeyword
    changed = {place.mailbox_id for place in spoken_of(before.places, operation)}
    changed -= {place.mailbox_id for place in before.places if (operation.keyword in place.keywords) == wanted}
    if len(changed) == len({place.mailbox_id for place in before.places}):
        return (back(operation.message_id, operation.keyword),)
    return tuple(back(operation.message_id, operation.keyword, mailbox_id) for mailbox_id in sorted(changed))


def _move_inverse(before: View, operation: MoveMessage, target: Place) -> tuple[Operation, ...]:
    source = leaving(before, operation, target)
    if source is None:
        return ()
    if takes_off(before, target):
        return (CopyMessage(operation.message_id, source.mailbox),)
    return (MoveMessage(operation.message_id, source.mailbox, source_id=target.mailbox_id),)


def _tag_inverse(before: View, operation: AddTag | RemoveTag, name: str) -> tuple[Operation, ...]:
    if isinstance(operation, AddTag):
        return (RemoveTag(operation.message_id, name),)
    folded = fold_tag(name)
    return tuple(AddTag(operation.message_id, t.name, t.color) for t in before.tags if fold_tag(t.name) == folded)
