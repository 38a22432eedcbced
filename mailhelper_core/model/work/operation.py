"""Operations: the closed union of intended changes, and Change, the unit that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

OperationState = Literal["proposed", "waiting", "claimed", "delivered", "conflicted", "dead", "cancelled"]
ChangeState = Literal["proposed", "applied", "rejected", "withdrawn", "undone"]
DecidedBy = Literal["owner", "rule", "classifier"]


@dataclass(frozen=True, slots=True)
class AddKeyword:
    """Add an IMAP flag or keyword to a message: in every place, or in the one mailbox that mailbox_id names.

    Where that mailbox is only planned and has no id yet, `mailbox` names it.
    """

    message_id: int  # which message
    keyword: str  # such as `\Flagged` or `$Junk`
    mailbox_id: int = 0  # 0 means every place
    mailbox: str = ""  # the name of a mailbox that has no id yet


@dataclass(frozen=True, slots=True)
class RemoveKeyword:
    """Remove an IMAP flag or keyword from a message: in every place, or in the one mailbox that mailbox_id names.

    Where that mailbox is only planned and has no id yet, `mailbox` names it.
    """

    message_id: int  # which message
    keyword: str  # such as `\Seen`
    mailbox_id: int = 0  # 0 means every place
    mailbox: str = ""  # the name of a mailbox that has no id yet


@dataclass(frozen=True, slots=True)
class MoveMessage:
    """Move a message into one mailbox; `role` names it by special use where `mailbox` is empty.

    source_id names the mailbox it leaves where the message has several places; 0 means the one it has. Where that
    mailbox is only planned and has no id yet, `source` names it.
    """

    message_id: int  # which message
    mailbox: str = ""  # its name; created where missing
    role: str = ""  # `archive`, `trash` or `junk`, instead of a name
    source_id: int = 0  # `Place.mailbox_id` that it leaves; 0 means the one it has
    source: str = ""  # the name of a mailbox that it leaves and that has no id yet


@dataclass(frozen=True, slots=True)
class CopyMessage:
    """Copy a message into one more mailbox."""

    message_id: int  # which message
    mailbox: str  # its name; created where missing


@dataclass(frozen=True, slots=True)
class DropCopy:
    """Remove the copy of a message that a CopyMessage of ours made; made only by undo, never by a rule."""

    message_id: int  # which message
    mailbox: str  # where the copy lies


@dataclass(frozen=True, slots=True)
class AppendDraft:
    """Put a draft that answers a message into a mailbox; it is found again by its own Message-ID."""

    message_id: int  # which message it answers
    draft_id: str  # the draft's Message-ID, drawn once: no second draft can come of trying again
    digest: str  # SHA-256 of its octets, hexadecimal
    size: int  # of the draft, in octets
    mailbox: str = ""  # its name; created where missing. Empty means the drafts


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Remove a draft that an AppendDraft of ours made and nobody has changed; made only by undo."""

    message_id: int  # which message it answers
    draft_id: str  # the draft's Message-ID
    size: int  # of the draft, in octets
    mailbox: str = ""  # where it lies; empty means the drafts


@dataclass(frozen=True, slots=True)
class AddTag:
    """Put a tag on a message; the tag is created when it does not exist."""

    message_id: int  # which message
    tag: str  # its name in any spelling
    color: str = ""  # #RRGGBB for a tag that is made


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Take a tag off a message."""

    message_id: int  # which message
    tag: str  # its name in any spelling


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Set urgency or importance (1..3); None leaves the one as it is, 0 goes back to what opinions say."""

    message_id: int  # which message
    urgency: int | None = None  # 1..3, 0 or None
    importance: int | None = None  # 1..3, 0 or None


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the host about a message with an event."""

    message_id: int  # which message
    text: str = ""  # the rule's own words


@dataclass(frozen=True, slots=True)
class AskReply:
    """Let a reply be drafted; it waits for the owner among the drafts and is never sent."""

    message_id: int  # which message
    tone: str = "friendly"  # one of `TONES`


@dataclass(frozen=True, slots=True)
class Effect:
    """Something a plugin's action does outside the mailbox; `deliver` of its ActionType carries it out.

    With `undo` it takes back an earlier Effect of the same data, by the ActionType's `undo`.
    """

    message_id: int  # which message
    action: str  # the name of the `ActionType`
    data: str = ""  # the plugin's own text, such as a URL or JSON
    undo: bool = False  # whether it takes one back


KeywordOperation = AddKeyword | RemoveKeyword
DraftOperation = AppendDraft | DropDraft
ServerOperation = KeywordOperation | MoveMessage | CopyMessage | DropCopy | DraftOperation
LocalOperation = AddTag | RemoveTag | SetPriority | Notify | AskReply
Operation = ServerOperation | LocalOperation | Effect  # every intended change; each names its message

OPERATION_TYPES: dict[str, type[Operation]] = {
    "add_keyword": AddKeyword,
    "remove_keyword": RemoveKeyword,
    "move": MoveMessage,
    "copy": CopyMessage,
    "drop_copy": DropCopy,
    "append": AppendDraft,
    "drop_draft": DropDraft,
    "add_tag": AddTag,
    "remove_tag": RemoveTag,
    "set_priority": SetPriority,
    "notify": Notify,
    "ask_reply": AskReply,
    "effect": Effect,
}
SERVER_KINDS = ("add_keyword", "remove_keyword", "move", "copy", "drop_copy", "append", "drop_draft")
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

    id: int  # our own key; `ada.undo(entry)` takes it back alone
    operation: Operation  # what was decided
    state: OperationState  # how far it got; what concerns no server is `delivered` at once
    attempts: int = 0  # deliveries tried
    error_code: str = ""  # why it is not delivered
    undone: bool = False  # whether it was taken back
    decided_by: DecidedBy = "owner"  # `classifier`: a tag that was learned to be set


@dataclass(frozen=True, slots=True)
class Corrected:
    """One answer that the owner gave about one message."""

    message_id: int  # whose
    kind: str  # the question: `category`, `spam`, `urgency`, `importance`, or a plugin's own
    value: str  # what the owner said
    was: str | None = None  # what held before, None for nothing


@dataclass(frozen=True, slots=True)
class Change:
    """One undoable unit: an owner's command, a rule run, a reply draft."""

    id: int  # what `ada.undo` takes
    kind: str  # `move`, `tag`, `rules`, `correct`, `undo` ...
    actor: str  # who did it: `for_owner(..., actor=)`
    state: ChangeState  # how the whole stands
    created_at: datetime  # when it was decided
    entries: tuple[ChangeEntry, ...] = field(default=())  # one for each operation that changes something
    note: str = ""  # a few words, such as the tag's name
    corrected: tuple[Corrected, ...] = field(default=())  # of a `correct`, what was said of which message

    def __iter__(self) -> Iterator[ChangeEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
