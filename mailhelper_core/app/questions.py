"""What a message would be asked for each purpose: the same words that the stages send, for the preview."""

from __future__ import annotations

from mailhelper_core.ai.prompts.read import prompt
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.egress.outgoing import Outgoing, outgoing
from mailhelper_core.egress.service import EgressService
from mailhelper_core.egress.thread import message_in_thread
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.model.ai.reply import Tone
from mailhelper_core.replies.service import ReplyService
from mailhelper_core.replies.service import question as reply_question
from mailhelper_core.replies.styles import StyleService


def question(
    gate: EgressGate, message_id: int, purpose: Purpose, *, strong: bool, tone: Tone = "friendly", language: str = ""
) -> Outgoing:
    """Answer the question. Raises NotFoundError, InvalidError for an unknown tone or language."""
    if purpose == "reply":
        service = ReplyService(gate.owner, gate, StyleService(gate.owner))
        return reply_question(service, message_id, tone=tone, language=language)
    message, thread = message_in_thread(gate.owner, message_id)
    return outgoing(message, purpose, prompt(purpose), thread=thread, strong=strong)


def egress_of(wiring: Wiring, gate: EgressGate) -> EgressService:
    """Answer what an owner says and sees of the gate."""

    def ask(message_id: int, purpose: Purpose, strong: bool, tone: Tone, language: str) -> Outgoing:  # noqa: FBT001
        return question(gate, message_id, purpose, strong=strong, tone=tone, language=language)

    return EgressService(gate.owner, wiring.registry, gate, ask)
