"""`ada.opinions`: what is thought about messages, the owner's word, and a model provider's on demand."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.opinion import Opinion
from mailhelper_core.process.consult import ConsultService
from mailhelper_core.process.opinions import OpinionService


@dataclass(frozen=True, slots=True)
class OpinionServices(OpinionService):
    """The opinions of one owner, with what needs a provider."""

    consulting: ConsultService

    def ask(self, message_id: int, *, strong: bool = False) -> tuple[Opinion, ...]:
        """Ask the model provider about a message now, or its stronger model; both words stand side by side.

        Raises NotFoundError, ConsentError, BudgetError, ProviderError: then nothing changes.
        """
        return self.consulting.ask(message_id, strong=strong)
