"""ReadService: one message as its owner reads it, straight from the store."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.errors import NotFoundError
from mailhelper_core.mime.parse import attachment_bytes, header_fields_of
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.message import Attachment, Message, MessageDetail
from mailhelper_core.model.mail.timeline import TimelineEntry
from mailhelper_core.read.shown import shown_html
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import timeline
from mailhelper_core.store.unit_of_work import OwnerStore


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """An attachment with its decoded octets."""

    attachment: Attachment  # its name, type and size
    data: bytes  # decoded


@guarded
@dataclass(frozen=True)
class ReadService:
    """Messages of one owner, by id. Every call raises NotFoundError for unknown and foreign ids."""

    owner: OwnerStore

    def get(self, message_id: int) -> MessageDetail:
        """Answer a message with text, headers and attachments."""
        with self.owner.read() as uow:
            return messages.detail(uow, message_id, decode_headers=header_fields_of)

    def raw(self, message_id: int) -> bytes:
        """Answer the octets as the source served them."""
        with self.owner.read() as uow:
            return messages.raw(uow, message_id)

    def html(self, message_id: int, *, remote_images: bool = False) -> str:
        """Answer HTML that is safe to show: no scripts, no forms, nothing loaded unless remote_images."""
        return shown_html(self.raw(message_id), remote_images=remote_images)

    def attachment(self, message_id: int, number: int) -> AttachmentContent:
        """Answer an attachment by its index in `MessageDetail.attachments`."""
        found = self.get(message_id).attachments
        if not 0 <= number < len(found):
            raise NotFoundError(f"Message {message_id} has no attachment {number}.")
        return AttachmentContent(found[number], attachment_bytes(self.raw(message_id), found[number].part))

    def thread(self, message_id: int) -> tuple[Message, ...]:
        """Answer the visible messages of the thread that a message belongs to, oldest first."""
        with self.owner.read() as uow:
            return tuple(messages.summaries(uow, messages.thread_ids(uow, messages.thread_of(uow, message_id))))

    def timeline(self, message_id: int) -> tuple[TimelineEntry, ...]:
        """Answer why the message is where it is: opinions, corrections, rules, tags and deeds, oldest first."""
        with self.owner.read() as uow:
            messages.require(uow, [message_id])
            return tuple(timeline.entries(uow, message_id))
