"""The test kit: an IMAP server and a model server in the test's own process, mailboxes from a seed, a fixed clock."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelper_core.testing.certificate import LocalCertificate
    from mailhelper_core.testing.clock import FixedClock
    from mailhelper_core.testing.conformance.contents import check_blob_store
    from mailhelper_core.testing.conformance.minds import (
        check_embedder,
        check_provider,
        check_recognizer,
        check_token_provider,
    )
    from mailhelper_core.testing.conformance.opinions import check_classifier, check_tag_suggester
    from mailhelper_core.testing.conformance.plugins import check_plugin
    from mailhelper_core.testing.conformance.rules import check_action, check_condition
    from mailhelper_core.testing.conformance.samples import sample_messages
    from mailhelper_core.testing.conformance.sources import check_source
    from mailhelper_core.testing.environment import Environment
    from mailhelper_core.testing.generator.generator import MailboxGenerator
    from mailhelper_core.testing.generator.mail import GeneratedMail, Truth
    from mailhelper_core.testing.imap.answer_actions import (
        After,
        Emptied,
        EndAt,
        Ending,
        Lines,
        Mutated,
        Twice,
        Unbalanced,
        WithItem,
    )
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
    from mailhelper_core.testing.imap.tokens import TokenBook
    from mailhelper_core.testing.imap.traffic import TrafficLog
    from mailhelper_core.testing.models.protocols import Question
    from mailhelper_core.testing.models.server import Misbehaviour, ModelServer, Received

__all__ = [
    "After",
    "Answer",
    "Bye",
    "Call",
    "Emptied",
    "EndAt",
    "Ending",
    "Environment",
    "ExtraLines",
    "Fault",
    "FixedClock",
    "GeneratedMail",
    "ImapServer",
    "Interrupt",
    "Lines",
    "LocalCertificate",
    "LyingLiteral",
    "MailboxGenerator",
    "Misbehaviour",
    "MissingItem",
    "MissingMessage",
    "ModelServer",
    "Mutated",
    "NilBody",
    "Question",
    "Received",
    "SendInstead",
    "TokenBook",
    "TrafficLog",
    "Trickle",
    "Truth",
    "Twice",
    "Unbalanced",
    "WithItem",
    "WrongTag",
    "check_action",
    "check_blob_store",
    "check_classifier",
    "check_condition",
    "check_embedder",
    "check_plugin",
    "check_provider",
    "check_recognizer",
    "check_source",
    "check_tag_suggester",
    "check_token_provider",
    "sample_messages",
]

# Each public name and the module it comes from, which is imported at the first use of the name.
_HOMES = {
    "After": "imap.answer_actions",
    "Answer": "imap.fault_actions",
    "Bye": "imap.fault_actions",
    "Call": "imap.fault_actions",
    "Emptied": "imap.answer_actions",
    "EndAt": "imap.answer_actions",
    "Ending": "imap.answer_actions",
    "Environment": "environment",
    "ExtraLines": "imap.fault_actions",
    "Fault": "imap.faults",
    "FixedClock": "clock",
    "GeneratedMail": "generator.mail",
    "ImapServer": "imap.server",
    "Interrupt": "imap.fault_actions",
    "Lines": "imap.answer_actions",
    "LocalCertificate": "certificate",
    "LyingLiteral": "imap.fault_actions",
    "MailboxGenerator": "generator.generator",
    "Misbehaviour": "models.server",
    "MissingItem": "imap.fault_actions",
    "MissingMessage": "imap.fault_actions",
    "ModelServer": "models.server",
    "Mutated": "imap.answer_actions",
    "NilBody": "imap.fault_actions",
    "Question": "models.protocols",
    "Received": "models.server",
    "SendInstead": "imap.fault_actions",
    "TokenBook": "imap.tokens",
    "TrafficLog": "imap.traffic",
    "Trickle": "imap.fault_actions",
    "Truth": "generator.mail",
    "Twice": "imap.answer_actions",
    "Unbalanced": "imap.answer_actions",
    "WithItem": "imap.answer_actions",
    "WrongTag": "imap.fault_actions",
    "check_action": "conformance.rules",
    "check_blob_store": "conformance.contents",
    "check_classifier": "conformance.opinions",
    "check_condition": "conformance.rules",
    "check_embedder": "conformance.minds",
    "check_plugin": "conformance.plugins",
    "check_provider": "conformance.minds",
    "check_recognizer": "conformance.minds",
    "check_source": "conformance.sources",
    "check_tag_suggester": "conformance.opinions",
    "check_token_provider": "conformance.minds",
    "sample_messages": "conformance.samples",
}


def __getattr__(name: str) -> object:
    if name == "faults":
        return import_module(f"{__name__}.faults")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "faults"})
