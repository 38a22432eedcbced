"""What an action may answer: operations on its own message that can be carried out; anything else is the plugin's fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.directory import ROLE_NAMES, check_mailbox_name
from mailhelper_core.model.keyword import normalize_keyword
from mailhelper_core.model.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    Effect,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.tag import check_color, check_tag_name

# One action on one message; more is a loop that does not end.
MAX_OPERATIONS = 100
# What is handed to a web service or a script, kept in the outbox until it was.
MAX_DATA = 100_000


def checked(answer: object, message_id: int) -> list[Operation]:
    """Answer the operations in their canonical form; raise InvalidError (`code` answer) for what is none."""
    if not isinstance(answer, Sequence) or isinstance(answer, str) or len(answer) > MAX_OPERATIONS:
        raise InvalidError(f"answered no list of at most {MAX_OPERATIONS} operations", code="answer")
    return [_checked(operation, message_id) for operation in answer]


def _checked(operation: object, message_id: int) -> Operation:
    check = _CHECKS.get(type(operation))
    if check is None:
        raise InvalidError(f"answered {type(operation).__name__}, which is no operation of a rule", code="answer")
    if getattr(operation, "message_id", None) != message_id:
        raise InvalidError("answered an operation on another message", code="answer")
    return check(operation)


def _keyword(operation: AddKeyword | RemoveKeyword) -> Operation:
    found = normalize_keyword(operation.keyword)
    if found is None:
        raise InvalidError("answered a keyword that no server can store", code="answer")
    return replace(operation, keyword=found)


def _move(operation: MoveMessage) -> Operation:
    if not operation.mailbox and operation.role not in ROLE_NAMES:
        raise InvalidError("answered a move without a mailbox or a known role", code="answer")
    return replace(operation, mailbox=check_mailbox_name(operation.mailbox)) if operation.mailbox else operation


def _copy(operation: CopyMessage) -> Operation:
    return replace(operation, mailbox=check_mailbox_name(operation.mailbox))


def _add_tag(operation: AddTag) -> Operation:
    return replace(operation, tag=check_tag_name(operation.tag), color=check_color(operation.color))


def _remove_tag(operation: RemoveTag) -> Operation:
    return replace(operation, tag=check_tag_name(operation.tag))


def _priority(operation: SetPriority) -> Operation:
    if not {operation.urgency, operation.importance} <= {None, 1, 2, 3}:
        raise InvalidError("answered a level outside of 1 to 3", code="answer")
    return operation


def _text(operation: Notify | Effect) -> Operation:
    text = operation.text if isinstance(operation, Notify) else operation.data
    if not isinstance(text, str) or len(text) > MAX_DATA:
        raise InvalidError(f"answered data that is no text of at most {MAX_DATA} characters", code="answer")
    return operation


_CHECKS: dict[type, Callable[[Any], Operation]] = {
    AddKeyword: _keyword,
    RemoveKeyword: _keyword,
    MoveMessage: _move,
    CopyMessage: _copy,
    AddTag: _add_tag,
    RemoveTag: _remove_tag,
    SetPriority: _priority,
    Notify: _text,
    Effect: _text,
}
