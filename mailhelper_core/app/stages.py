"""The stages of one owner, put together once for calls and for jobs."""

from __future__ import annotations

from mailhelper_core.actions.service import ActionService
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.learn.service import LearningService
from mailhelper_core.pipeline import Pipeline
from mailhelper_core.process.learned import noticed
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.replies.service import ReplyService
from mailhelper_core.replies.styles import StyleService
from mailhelper_core.rules.service import RulesEngine
from mailhelper_core.search.meaning.makers import Makers
from mailhelper_core.search.meaning.stage import EmbedService
from mailhelper_core.search.service import SearchService
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.tags.service import TagManager


def stages(wiring: Wiring, owner: OwnerStore) -> Pipeline:
    """Answer the stages of an owner, in the order of the journey."""
    shared = (owner, wiring.registry, wiring.dispatcher)
    gate = EgressGate(*shared)
    return Pipeline(
        MailSyncService(wiring.store, wiring.sources, wiring.store.clock, wiring.settings),
        SearchService(*shared, wiring.matrices),
        ProcessingService(*shared, wiring.settings),
        RulesEngine(*shared, wiring.settings),
        ActionService(owner, wiring.sources, wiring.settings, wiring.registry, wiring.dispatcher),
        LearningService(owner, noticed, wiring.registry, wiring.dispatcher),
        TagManager(owner),
        EmbedService(owner, Makers(wiring.registry, wiring.dispatcher, gate)),
        ReplyService(owner, gate, StyleService(owner)),
    )
