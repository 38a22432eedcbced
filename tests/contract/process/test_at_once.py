"""Two who have something to say of one message at once: the owner's word holds, and neither is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.work.operation import Change
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.process.summary import SummaryService
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.unit_of_work import UnitOfWork
from tests.contract.process.hands import Hands, always, service

HEAD_START_SECONDS = 0.5
PATIENCE_SECONDS = 30.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as running:
        yield running


def test_a_correction_made_while_its_message_is_processed_stays_effective(
    ada: Hands, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, read, said = ada.message(), opinions.fixed, list[Future[Change]]()

    def and_then_the_owner_speaks(uow: UnitOfWork, ids: Iterable[int]) -> Any:
        found = read(uow, list(ids))
        said.append(pool.submit(OpinionService(ada.owner).correct, [id_], category="newsletter"))
        with suppress(TimeoutError):  # one that waits for us has come so far
            said[0].result(HEAD_START_SECONDS)
        return found

    monkeypatch.setattr(opinions, "fixed", and_then_the_owner_speaks)
    service(ada, always(Opinion("category", "finance", 0.9))).process()
    said[0].result(PATIENCE_SECONDS)

    assert ada.see(id_).category == "newsletter"


def test_two_who_ask_for_a_summary_at_once_both_get_it(
    ada: Hands, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, read, others = ada.message(), opinions.of, list[Future[Opinion | None]]()
    summaries = SummaryService(ada.owner, EgressGate(ada.owner, Registry(), Dispatcher()))

    def and_then_another_asks(uow: UnitOfWork, ids: Iterable[int]) -> Any:
        found = read(uow, list(ids))
        if not others:
            others.append(pool.submit(summaries.summarize, id_))
            with suppress(TimeoutError):
                others[0].result(HEAD_START_SECONDS)
        return found

    monkeypatch.setattr(opinions, "of", and_then_another_asks)
    one, other = summaries.summarize(id_), others[0].result(PATIENCE_SECONDS)

    assert one is not None
    assert one == other
    assert [opinion.kind for opinion in ada.said(id_).values()] == ["summary"]
