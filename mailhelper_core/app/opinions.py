"""`ada.opinions`: what is thought about messages, the owner's word, and a model provider's on demand."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.app.wiring import Wiring
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process.consult import ConsultService
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.process.summary import SummaryService


@guarded
@dataclass(frozen=True, slots=True)
class OpinionServices(OpinionService):
    """The opinions of one owner, with what needs a provider."""

    consulting: ConsultService
    summaries: SummaryService

    def ask(self, message_id: int, *, strong: bool = False) -> tuple[Opinion, ...]:
        """Ask the model provider about a message now, or its stronger model; both words stand side by side.

        Raises NotFoundError, ConsentError, BudgetError, ProviderError: then nothing changes.
        """
        return self.consulting.ask(message_id, strong=strong)

    def summarize(self, message_id: int, *, provider: bool = False) -> Opinion | None:
        """Say in a few sentences what a message says: its own, or with `provider` a model's; kept as an opinion.

        None where it has no sentence. Raises NotFoundError; with `provider` as `ask`.
        """
        return self.summaries.summarize(message_id, provider=provider)


def opinions_of(wiring: Wiring, gate: EgressGate) -> OpinionServices:
    """Answer the opinions of the gate's owner."""
    consulting = ConsultService(gate.owner, wiring.registry, wiring.dispatcher)
    return OpinionServices(gate.owner, consulting, SummaryService(gate.owner, gate))
