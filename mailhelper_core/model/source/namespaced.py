"""Sources that may want all names of mailboxes to begin alike."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class NamespacedSession(Protocol):
    """A MailSession of a source that may want all names of mailboxes to begin alike; test with isinstance."""

    def personal_prefix(self) -> str | None:
        """Ask with what the names of the user's own mailboxes begin (RFC 2342); None where the source does not say."""
        ...
