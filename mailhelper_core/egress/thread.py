"""A message with what was written before it in its thread, as the questions to models need it."""

from __future__ import annotations

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mail.readable import readable, the
from mailhelper_core.store.search import vectors
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import pending

# Of a long thread; what is older says little about the newest mail.
MAX_MAILS = 20


def message_in_thread(owner: OwnerStore, message_id: int) -> tuple[MessageDetail, list[MessageDetail]]:
    """Answer a message and the visible mails of its thread, oldest first.

    Raises NotFoundError, ConflictError for one that cannot be read; such ones of its thread are left out.
    """
    with owner.read() as uow:
        message = the(uow, message_id)
        return message, mails_of(uow, message)


def mails_of(uow: UnitOfWork, message: MessageDetail) -> list[MessageDetail]:
    """Answer the visible mails of a message's thread, oldest first."""
    found, _ = readable(uow, messages.thread_ids(uow, message.thread_id)[-MAX_MAILS:])
    return found


def embedded_before(owner: OwnerStore, message: MessageDetail, provider: str) -> list[MessageDetail]:
    """Answer the mails of a message's thread that wait for a vector of a provider, and get it before the message."""
    with owner.read() as uow:
        newest = vectors.newest(uow)
        if newest is None or newest.provider != provider:
            return []
        earlier = [id_ for id_ in messages.thread_ids(uow, message.thread_id) if id_ < message.id]
        waiting = pending.among(uow, "embed", message.account_id, earlier)
        found, _ = readable(uow, vectors.missing(uow, newest.id, waiting))
        return found
