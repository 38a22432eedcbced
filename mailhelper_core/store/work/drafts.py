"""Drafts on their way to the server: their octets are contents, their place is found by a Message-ID of ours."""

from __future__ import annotations

import re
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.work.operation import AppendDraft, DropDraft
from mailhelper_core.store import tables as t
from mailhelper_core.store.contents.packed import compress
from mailhelper_core.store.mail import blobs, messages
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow

# RFC 2606: no mail server will ever have this name.
DOMAIN = "drafts.mailhelper.invalid"
_LINE_END = re.compile(rb"\r?\n|\r")
_HEADER_END = re.compile(rb"\r\n\r\n|\Z")
_APPEND = "append"
_MESSAGE_ID = re.compile(rb"^Message-ID:.*\r\n(?:[ \t].*\r\n)*", re.IGNORECASE | re.MULTILINE)


def prepare(uow: UnitOfWork, message_id: int, raw: bytes, *, mailbox: str = "") -> AppendDraft:
    """Store a draft's octets under a Message-ID of our own and answer the operation that appends it.

    Decide it in the same transaction. A Message-ID that the draft has is replaced.
    """
    draft_id = f"{uuid4().hex}@{DOMAIN}"
    whole = with_message_id(raw, draft_id)
    digest = sha256(whole)
    blobs.put(uow, [(digest.digest(), compress(whole), len(whole))])
    return AppendDraft(message_id, draft_id, digest.hexdigest(), len(whole), mailbox)


def octets(uow: UnitOfWork, operation: AppendDraft) -> bytes:
    """Answer a draft's octets; raise NotFoundError when they were erased."""
    b = t.blobs.c
    mine = select(b.data).where(b.owner_id == uow.owner_id, b.digest == bytes.fromhex(operation.digest))
    data = uow.connection.scalar(mine)
    if data is None:
        raise NotFoundError("The draft's text is not kept any more.")
    return messages.octets(uow, data)


def appended(uow: UnitOfWork, operation: DropDraft) -> tuple[OutboxRow, AppendDraft] | None:
    """Answer the entry that appended a draft, and what it says, such as the digest; None when it was erased."""
    o = t.outbox.c
    mine = select(t.outbox).where(o.message_id == operation.message_id, o.owner_id == uow.owner_id, o.kind == _APPEND)
    rows = [outbox.read_row(row) for row in uow.execute(mine.order_by(o.id))]
    found = ((row, row.operation) for row in rows if isinstance(row.operation, AppendDraft))
    return next(((row, made) for row, made in found if made.draft_id == operation.draft_id), None)


def with_message_id(raw: bytes, message_id: str) -> bytes:
    """Answer a message with this Message-ID and CRLF line ends; pure."""
    raw = _LINE_END.sub(b"\r\n", raw)
    found = _HEADER_END.search(raw)
    end = found.start() + 2 if found and found[0] else len(raw)
    header = _MESSAGE_ID.sub(b"", raw[:end])
    return b"Message-ID: <%s>\r\n" % message_id.encode("ascii") + header + raw[end:]
