"""Stored messages, where one that cannot be read must not stop what is done with the others: the one place for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from mailhelper_core.errors import ConflictError, MailHelperError
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.store.mail import messages
from mailhelper_core.store.unit_of_work import UnitOfWork

Read = Callable[[UnitOfWork, Sequence[int]], list[MessageDetail]]
Row = TypeVar("Row")
CODE = "unreadable"
_PROBLEM = "The stored message cannot be read."


def readable(
    uow: UnitOfWork, ids: Sequence[int], read: Read = messages.details
) -> tuple[list[MessageDetail], list[ErrorNote]]:
    """Answer the messages of these ids that can be read, in their order, and a note for each that cannot."""
    found, damaged = sound(uow, ids, read)
    return found, [ErrorNote(f"message:{message_id}", CODE, _PROBLEM) for message_id in damaged]


def sound(
    uow: UnitOfWork, ids: Sequence[int], read: Callable[[UnitOfWork, Sequence[int]], list[Row]]
) -> tuple[list[Row], list[int]]:
    """Answer what `read` makes of the messages that can be read, in their order, and the ids of those that cannot.

    Halves are read until the odd one is alone. What the database refuses is raised: that is not a message's fault.
    """
    try:
        return read(uow, ids), []
    except (MailHelperError, SQLAlchemyError):
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged row makes of its reader
        if len(ids) == 1:
            return [], list(ids)
    middle = len(ids) // 2
    (first, some), (second, others) = (sound(uow, part, read) for part in (ids[:middle], ids[middle:]))
    return [*first, *second], [*some, *others]


def the(uow: UnitOfWork, message_id: int, read: Read = messages.details) -> MessageDetail:
    """Answer one message. Raises NotFoundError, ConflictError `unreadable`."""
    found, errors = readable(uow, messages.require(uow, [message_id]), read)
    if errors:
        raise ConflictError(_PROBLEM, code=CODE)
    return found[0]
