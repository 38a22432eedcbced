"""Whether a login can be synced: a server that refuses it as a whole often does so where a mailbox is opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.source.policy import INBOX
from mailhelper_core.model.source.remote import MailSession, RemoteMailbox

# One that is in use or damaged stops no sync; a server that refuses three refuses the login.
TRIES = 3


def try_mailboxes(session: MailSession, found: Sequence[RemoteMailbox], given_up: Collection[str]) -> None:
    """Open INBOX, or where it cannot be had another one; raise ServerError when none of the first few can be."""
    names = [box.name for box in found if box.selectable and box.name not in given_up]
    refused: ServerError | None = None
    for name in sorted(names, key=lambda one: one != INBOX)[:TRIES]:
        try:
            session.open(name)
        except ServerError as exc:
            if ends_connection(exc):
                raise
            refused = refused or exc
        else:
            return
    if refused is not None:
        raise refused
