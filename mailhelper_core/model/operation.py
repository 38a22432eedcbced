"""Operations: the closed union of intended changes, and Change, the unit that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

OperationState = Literal["waiting", "claimed", "delivered", "conflicted", "dead", "cancelled"]
ChangeState = Literal["proposed", "applied", "rejected", "undone"]


@dataclass(frozen=True, slots=True)
class AddKeyword:
    """Add an IMAP flag or keyword to a message: in every place, or in the one mailbox that mailbox_id names."""

    message_id: int
    keyword: str
    mailbox_id: int = 0


@dataclass(frozen=True, slots=True)
class RemoveKeyword:
    """Remove an IMAP flag or keyword from a message: in every place, or in the one mailbox that mailbox_id names."""

    message_id: int
    keyword: str
    mailbox_id: int = 0


@dataclass(frozen=True, slots=True)
class MoveMessage:
    """Move a message into one mailbox; `role` names it by special use where `mailbox` is empty.

    source_id names the mailbox it leaves where the message has several places; 0 means the one it has.
    """

    message_id: int
    mailbox: str = ""
    role: str = ""
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class CopyMessage:
    """Copy a message into one more mailbox."""

    message_id: int
    mailbox: str


@dataclass(frozen=True, slots=True)
class DropCopy:
    """Remove the copy of a message that a CopyMessage of ours made; made only by undo, never by a rule."""

    message_id: int
    mailbox: str


@dataclass(frozen=True, slots=True)
class AddTag:
    """Put a tag on a message; the tag is created when it does not exist."""

    message_id: int
    tag: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Take a tag off a message."""

    message_id: int
    tag: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Set urgency or importance (1..3); None leaves the one as it is, 0 goes back to what opinions say."""

    message_id: int
    urgency: int | None = None
    importance: int | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the host about a message with an event."""

    message_id: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something a plugin's action does outside the mailbox; `deliver` of its ActionType carries it out.

    With `undo` it takes back an earlier Effect of the same data, by the ActionType's `undo`.
    """

    message_id: int
    action: str
    data: str = ""
    undo: bool = False


KeywordOperation = AddKeyword | RemoveKeyword
ServerOperation = KeywordOperation | MoveMessage | CopyMessage | DropCopy
LocalOperation = AddTag | RemoveTag | SetPriority | Notify
Operation = ServerOperation | LocalOperation | Effect

OPERATION_TYPES: dict[str, type[Operation]] = {
    "add_keyword": AddKeyword,
    "remove_keyword": RemoveKeyword,
    "move": MoveMessage,
    "copy": CopyMessage,
    "drop_copy": DropCopy,
    "add_tag": AddTag,
    "remove_tag": RemoveTag,
    "set_priority": SetPriority,
    "notify": Notify,
    "effect": Effect,
}
SERVER_KINDS = ("add_keyword", "remove_keyword", "move", "copy", "drop_copy")
_KIND_OF: dict[type, str] = {cls: kind for kind, cls in OPERATION_TYPES.items()}


def operation_kind(operation: Operation) -> str:
    """Answer the name under which an operation is stored."""
    return _KIND_OF[type(operation)]


def is_destructive(operation: Operation) -> bool:
    """Say whether the per-run cap counts this operation: it takes mail out of sight."""
    return isinstance(operation, MoveMessage) and operation.role in ("trash", "junk")


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One operation of a change and how far it got."""

    id: int
    operation: Operation
    state: OperationState
    attempts: int = 0
    error_code: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One undoable unit: an owner's command, a rule run, a reply draft."""

    id: int
    kind: str
    actor: str
    state: ChangeState
    created_at: datetime
    entries: tuple[ChangeEntry, ...] = field(default=())
    note: str = ""

    def __iter__(self) -> Iterator[ChangeEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
