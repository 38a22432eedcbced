"""The test kit: an IMAP server in the test's own process, with capabilities to switch and faults to script."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelper_core.testing.imap.fault_actions import (
        Answer,
        Bye,
        Call,
        ExtraLines,
        Interrupt,
        LyingLiteral,
        MissingItem,
        MissingMessage,
        NilBody,
        SendInstead,
        Trickle,
        WrongTag,
    )
    from mailhelper_core.testing.imap.faults import Fault
    from mailhelper_core.testing.imap.server import ImapServer

__all__ = [
    "Answer",
    "Bye",
    "Call",
    "ExtraLines",
    "Fault",
    "ImapServer",
    "Interrupt",
    "LyingLiteral",
    "MissingItem",
    "MissingMessage",
    "NilBody",
    "SendInstead",
    "Trickle",
    "WrongTag",
]

_ACTIONS = "mailhelper_core.testing.imap.fault_actions"
_HOMES = {
    "Answer": _ACTIONS,
    "Bye": _ACTIONS,
    "Call": _ACTIONS,
    "ExtraLines": _ACTIONS,
    "Fault": "mailhelper_core.testing.imap.faults",
    "ImapServer": "mailhelper_core.testing.imap.server",
    "Interrupt": _ACTIONS,
    "LyingLiteral": _ACTIONS,
    "MissingItem": _ACTIONS,
    "MissingMessage": _ACTIONS,
    "NilBody": _ACTIONS,
    "SendInstead": _ACTIONS,
    "Trickle": _ACTIONS,
    "WrongTag": _ACTIONS,
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
