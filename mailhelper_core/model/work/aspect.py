"""What of a message an operation decides, so that a later decision about the same is found; pure."""

from __future__ import annotations

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    DropCopy,
    MoveMessage,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)

# Its kind, then what tells it from others of the kind; empty for what decides nothing about the message itself.
Aspect = tuple[str, ...]

# Why a change is left where it is: somebody touched what it is about, or decided about it again.
CHANGED_SINCE = "changed_since"
DECIDED_SINCE = "decided_since"


def aspect_of(operation: Operation) -> Aspect:
    """Answer what an operation decides; a copy is a matter of its mailbox, apart from moves."""
    match operation:
        case AddKeyword() | RemoveKeyword():
            return ("keyword", operation.keyword)
        case AddTag() | RemoveTag():
            return ("tag", fold_tag(operation.tag))
        case MoveMessage():
            return ("place",)
        case CopyMessage() | DropCopy():
            return ("place", operation.mailbox)
        case SetPriority():
            return ("priority",)
        case _:
            return ()


def wide_aspect_of(operation: Operation) -> Aspect:
    """Answer the same with all places of a message as one matter: who moves it has a word about its copies too."""
    aspect = aspect_of(operation)
    return aspect[:1] if aspect[:1] == ("place",) else aspect
