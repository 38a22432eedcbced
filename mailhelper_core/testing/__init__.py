"""The test kit: an IMAP server in the test's own process, mailboxes from a seed, a clock that stands still."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelper_core.testing.certificate import LocalCertificate
    from mailhelper_core.testing.clock import FixedClock
    from mailhelper_core.testing.generator.generator import MailboxGenerator
    from mailhelper_core.testing.generator.mail import GeneratedMail, Truth
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
    "FixedClock",
    "GeneratedMail",
    "ImapServer",
    "Interrupt",
    "LocalCertificate",
    "LyingLiteral",
    "MailboxGenerator",
    "MissingItem",
    "MissingMessage",
    "NilBody",
    "SendInstead",
    "Trickle",
    "Truth",
    "WrongTag",
]

# Each public name and the module it comes from, which is imported at the first use of the name.
_HOMES = {
    "Answer": "imap.fault_actions",
    "Bye": "imap.fault_actions",
    "Call": "imap.fault_actions",
    "ExtraLines": "imap.fault_actions",
    "Fault": "imap.faults",
    "FixedClock": "clock",
    "GeneratedMail": "generator.mail",
    "ImapServer": "imap.server",
    "Interrupt": "imap.fault_actions",
    "LocalCertificate": "certificate",
    "LyingLiteral": "imap.fault_actions",
    "MailboxGenerator": "generator.generator",
    "MissingItem": "imap.fault_actions",
    "MissingMessage": "imap.fault_actions",
    "NilBody": "imap.fault_actions",
    "SendInstead": "imap.fault_actions",
    "Trickle": "imap.fault_actions",
    "Truth": "generator.mail",
    "WrongTag": "imap.fault_actions",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
