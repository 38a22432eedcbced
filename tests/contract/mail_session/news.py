"""News on the bundled server: where a test makes them, and how long it waits for them."""

from __future__ import annotations

from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox

IDLE, NOTIFY = ("NOTIFY",), ()
# How long a test waits for news that must come; a real server takes half a second.
SOON = 5.0


def inbox(server: ImapServer, name: str = "INBOX") -> Mailbox:
    return server.store.user("ada").mailbox(name)
