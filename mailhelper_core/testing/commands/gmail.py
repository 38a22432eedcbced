"""X-GM-EXT-1: Gmail's message and thread numbers, and labels, which are the other mailboxes of a message."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from mailhelper_core.testing.mailstore.content import Content
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.utf7 import encode_mailbox

# Gmail's numbers are 64 bits wide; so are ours, that clients meet them.
_FIRST_MESSAGE = 1_278_455_344_230_334_000
_MESSAGE_ID = re.compile(rb"<[^<>]+>")
_ROLES: Mapping[str, bytes] = MappingProxyType({"\\Drafts": b"\\Draft", "\\Sent": b"\\Sent", "\\Flagged": b"\\Starred"})
# Where a message is, and not what it is labeled with.
_NO_LABELS = frozenset({"\\All", "\\Trash", "\\Junk"})


def message_number(message: StoredMessage) -> bytes:
    """Answer X-GM-MSGID: one for all copies of a message."""
    return b"%d" % (_FIRST_MESSAGE + int(message.content.email_id[1:]))


def thread_number(message: StoredMessage) -> bytes:
    """Answer X-GM-THRID: one for all that refer to the same first message."""
    for name in ("References", "In-Reply-To", "Message-ID"):
        found = _MESSAGE_ID.search(message.content.field(name) or b"")
        if found:
            return b"%d" % (_FIRST_MESSAGE + zlib.crc32(found[0]))
    return message_number(message)


class Labels:
    """The labels of the messages of one FETCH, as seen from the selected mailbox."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, message: StoredMessage) -> bytes:
        """Answer X-GM-LABELS."""
        return encode.group(label for label, contents in self._places.items() if message.content in contents)

    @cached_property
    def _places(self) -> dict[bytes, set[Content]]:
        selected = self._session.selected.mailbox
        return {
            _label(mailbox): {message.content for message in mailbox.messages}
            for mailbox in self._session.login.mailboxes
            if mailbox is not selected and mailbox.role not in _NO_LABELS
        }


def _label(mailbox: Mailbox) -> bytes:
    name = _ROLES.get(mailbox.role or "") or (b"\\Inbox" if mailbox.name == "INBOX" else encode_mailbox(mailbox.name))
    return encode.string(name)
