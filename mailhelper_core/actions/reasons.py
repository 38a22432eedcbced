"""What is said of an entry that was not delivered, by its code: one sentence, the same for whatever mail it was."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelper_core.model.source.account import advice_for

GIVEN_UP = "It could not be delivered for days, and is given up."
_UNKNOWN = "It could not be carried out."
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "changed_since": "The message was changed on the server after this was decided.",
        "gone": "The message is nowhere on the server.",
        "unplaced": "The message was not found on the server; the next sync looks for it.",
        "uid_validity": "The mailbox was numbered anew on the server; the next sync reads it.",
        "not_permanent": "The mailbox keeps no such keyword.",
        "read_only": "The mailbox cannot be written.",
        "no_permission": "The mail server does not permit this.",
        "no_mailbox": "The mail server has no such mailbox.",
        "unconfirmed": "The mail server said that it did it, and did not.",
        "unsure": "The copy on the server cannot be told from another mail of the same header; nothing was removed.",
        "untold": "The mail server lists the message and tells nothing of it.",
        "last_place": "To undo the copy would have removed the message.",
        "cannot": "The mail server can never do this.",
        "too_large": "The message is too large for the mail server.",
        "rejected": "The mail server refused it.",
        "in_use": "The mailbox is in use by another program.",
        "unavailable": "The mailbox cannot be reached on the mail server now.",
        "over_quota": "The mailbox is full.",
        "limit": "The mail server keeps no more of this.",
        "connection_lost": "The connection to the mail server ended.",
        "cannot_undo": "The plugin cannot take this back.",
        "plugin_missing": "No plugin that is installed knows this action.",
        "effect_refused": "The plugin says that this can never be carried out.",
        "plugin": "The plugin could not carry this out.",
        "paused": "The plugin is left alone for a minute after failures.",
    }
)


def reason_for(code: str) -> str:
    """Answer why an entry was not delivered; never empty."""
    return _REASONS.get(code) or advice_for(code) or _UNKNOWN
