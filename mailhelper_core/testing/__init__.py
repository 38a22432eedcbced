"""The test kit: an IMAP server and a model server in the test's own process, mailboxes from a seed, a fixed clock.

Each name is listed under its module and loads on first use; `python -m tests.stub` makes `__init__.pyi` of the list.
"""

from __future__ import annotations

from mailhelper_core.lazy import lazy_names

HOMES = {
    "certificate": "LocalCertificate",
    "clock": "FixedClock",
    "conformance.contents": "check_blob_store",
    "conformance.delivery": "check_delivery",
    "conformance.minds": "check_embedder check_recognizer",
    "conformance.opinions": "check_classifier check_tag_suggester",
    "conformance.plugins": "check_plugin",
    "conformance.rules": "check_action check_condition",
    "conformance.samples": "sample_messages",
    "conformance.services": "check_provider check_token_provider",
    "conformance.source.check": "check_source",
    "conformance.tables": "check_tables",
    "environment": "Environment",
    "generator.generator": "MailboxGenerator",
    "generator.mail": "GeneratedMail Truth",
    "imap.answer_actions": "After Emptied EndAt Ending Lines Mutated Twice Unbalanced WithItem",
    "imap.fault_actions": (
        "Answer Bye Call ExtraLines Interrupt LyingLiteral MissingItem MissingMessage NilBody SendInstead Trickle "
        "WrongTag"
    ),
    "imap.faults": "Fault",
    "imap.server": "ImapServer",
    "imap.tokens": "TokenBook",
    "imap.traffic": "TrafficLog",
    "models.protocols": "Question",
    "models.server": "Misbehaviour ModelServer Received",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, HOMES, modules=("faults",))
