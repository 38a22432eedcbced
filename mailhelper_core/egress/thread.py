"""A message with what was written before it in its thread, as the questions to models need it."""

from __future__ import annotations

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mail.readable import readable, the
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

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
