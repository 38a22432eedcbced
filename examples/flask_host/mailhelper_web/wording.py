"""Operations, error codes and job kinds in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext

from mailhelper_core import (
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

_OPERATIONS: dict[type, Callable[[Any], object]] = {
    MoveMessage: lambda one: gettext("move to %(mailbox)s", mailbox=one.mailbox or one.role),
    CopyMessage: lambda one: gettext("copy to %(mailbox)s", mailbox=one.mailbox),
    AddKeyword: lambda one: f"+ {one.keyword}",
    RemoveKeyword: lambda one: f"- {one.keyword}",
    AddTag: lambda one: gettext("tag %(name)s", name=one.tag),
    RemoveTag: lambda one: gettext("remove tag %(name)s", name=one.tag),
    SetPriority: lambda _: gettext("set priority"),
    Notify: lambda _: gettext("notify"),
    Effect: lambda one: one.action,
}
# What to do about the codes that users meet; others speak for themselves.
_ADVICE = {
    "login": lazy_gettext("The server refused the password. Enter it again, or make an app password there."),
    "busy": lazy_gettext("Another job works on this account. Wait until it is done."),
    "throttled": lazy_gettext("The server asks for a pause. It goes on by itself."),
    "server": lazy_gettext("The server cannot be reached now. It is tried again by itself."),
    "unreachable": lazy_gettext("The server cannot be reached now. It is tried again by itself."),
}


def in_words(operation: Operation) -> str:
    """Answer in a few words what an operation does."""
    return str(_OPERATIONS.get(type(operation), lambda one: type(one).__name__)(operation))


def advice(code: str) -> str:
    """Answer what to do about an error code."""
    return str(_ADVICE.get(code, code))
