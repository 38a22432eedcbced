"""What a message would be asked for each purpose: the same words that the stages send, for the preview."""

from __future__ import annotations

from mailhelper_core.ai.prompts.read import prompt
from mailhelper_core.egress.outgoing import Outgoing, outgoing
from mailhelper_core.egress.thread import message_in_thread
from mailhelper_core.model.provider import Purpose
from mailhelper_core.store.unit_of_work import OwnerStore


def question(owner: OwnerStore, message_id: int, purpose: Purpose, *, strong: bool) -> Outgoing:
    """Answer the question. Raises NotFoundError."""
    message, thread = message_in_thread(owner, message_id)
    return outgoing(message, purpose, prompt(purpose), thread=thread, strong=strong)
