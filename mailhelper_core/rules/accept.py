"""What an action may answer, pure: operations on its own message that every store and mail server can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.ai.reply import TONES
from mailhelper_core.model.mail.keyword import DELETED, normalize_keyword
from mailhelper_core.model.mind.tag import check_color, check_tag_name
from mailhelper_core.model.source.directory import ROLE_NAMES, check_mailbox_name
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AskReply,
    CopyMessage,
    Effect,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.rules.arguments import MAX_NOTICE_CHARACTERS

# One action on one message; more is a loop that does not end.
MAX_OPERATIONS = 100
# What a plugin needs to carry an effect out: ids and a payload, not a mail.
MAX_EFFECT_CHARACTERS = 100_000
_LEVELS = (None, 1, 2, 3)
_EXAMPLE = 'AddTag(message.id, "bills")'


def accept(planned: object, message_id: int) -> tuple[Operation, ...]:
    """Answer the operations with their names as they are stored. Raises InvalidError for any other answer."""
    if not isinstance(planned, list | tuple) or len(planned) > MAX_OPERATIONS:
        said = f"answered {type(planned).__name__}, and no list of at most {MAX_OPERATIONS} operations"
        raise InvalidError(f"{said}, such as [{_EXAMPLE}]")
    return tuple(_accept(operation, message_id) for operation in planned)


def _accept(operation: object, message_id: int) -> Operation:
    check = _CHECKS.get(type(operation))
    if check is None:
        kind = type(operation).__name__
        raise InvalidError(f"answered {kind} in its list, and no operation that rules may decide, such as {_EXAMPLE}")
    checked: Operation = check(operation)
    if checked.message_id != message_id:
        raise InvalidError("answered operations on another message")
    return checked


def _keyword(operation: AddKeyword | RemoveKeyword) -> Operation:
    keyword = normalize_keyword(operation.keyword)
    if keyword is None:
        raise InvalidError("answered a keyword that no server can store")
    if keyword == DELETED:
        raise InvalidError("answered \\Deleted; no rule deletes for good")
    mailbox = check_mailbox_name(operation.mailbox) if operation.mailbox else ""
    return replace(operation, keyword=keyword, mailbox=mailbox)


def _move(operation: MoveMessage) -> Operation:
    if operation.mailbox:
        return replace(operation, mailbox=check_mailbox_name(operation.mailbox))
    if operation.role not in ROLE_NAMES:
        raise InvalidError(f"answered a move to no mailbox and no role of {', '.join(ROLE_NAMES)}")
    return operation


def _copy(operation: CopyMessage) -> Operation:
    return replace(operation, mailbox=check_mailbox_name(operation.mailbox))


def _add_tag(operation: AddTag) -> Operation:
    return replace(operation, tag=check_tag_name(operation.tag), color=check_color(operation.color))


def _remove_tag(operation: RemoveTag) -> Operation:
    return replace(operation, tag=check_tag_name(operation.tag))


def _priority(operation: SetPriority) -> Operation:
    if operation.urgency not in _LEVELS or operation.importance not in _LEVELS:
        raise InvalidError("answered a priority that is not 1 to 3")
    return operation


def _notify(operation: Notify) -> Operation:
    if len(operation.text) > MAX_NOTICE_CHARACTERS:
        raise InvalidError(f"answered a notice of more than {MAX_NOTICE_CHARACTERS} characters")
    return replace(operation, text=operation.text.strip())


def _ask_reply(operation: AskReply) -> Operation:
    if operation.tone not in TONES:
        raise InvalidError("answered a tone that there is none of")
    return operation


def _effect(operation: Effect) -> Operation:
    action: object = operation.action
    data: object = operation.data
    if not isinstance(action, str) or not isinstance(data, str) or not action or operation.undo:
        raise InvalidError("answered an effect without an action or without text")
    if len(data) > MAX_EFFECT_CHARACTERS:
        raise InvalidError(f"answered an effect of more than {MAX_EFFECT_CHARACTERS} characters")
    return operation


# DropCopy is not among them: only undo removes a copy, and only one of ours.
_CHECKS: dict[type, Callable[..., Operation]] = {
    AddKeyword: _keyword,
    RemoveKeyword: _keyword,
    MoveMessage: _move,
    CopyMessage: _copy,
    AddTag: _add_tag,
    RemoveTag: _remove_tag,
    SetPriority: _priority,
    Notify: _notify,
    AskReply: _ask_reply,
    Effect: _effect,
}
