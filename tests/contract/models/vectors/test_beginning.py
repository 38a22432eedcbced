"""Vectors that are begun: they take over when all messages have theirs, whoever dies or begins anew meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from mailhelper_core import MailHelper
from mailhelper_core.ai.embedding.projection import fit
from mailhelper_core.search.meaning.stage import EmbedService
from mailhelper_core.store.search import vectors
from tests.contract.models.desk import Desk
from tests.contract.models.vectors.test_vectors import Letters, everywhere, fill

HEAD_START_SECONDS = 0.5
PATIENCE_SECONDS = 30.0


class DiedError(Exception):
    """Whoever was at it is no more."""


@pytest.fixture
def helper(desk: Desk, url: str) -> Iterator[MailHelper]:
    fill(desk)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, Letters()]) as opened:
        yield opened


def on_queueing(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> None:
    """Let something happen once, before the first messages wait for vectors that were begun."""
    queue, done = EmbedService._queue, list[object]()

    def queue_after(self: EmbedService, account_id: int, after: int) -> list[int]:
        if not done:
            done.append(None)
            deed()
        return queue(self, account_id, after)

    monkeypatch.setattr(EmbedService, "_queue", queue_after)


def test_who_dies_before_all_messages_wait_costs_no_vectors(
    desk: Desk, helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = helper.for_owner("ada")

    def die() -> None:
        raise DiedError

    on_queueing(monkeypatch, die)
    with pytest.raises(DiedError):
        ada.vectors.use("letters")

    report = ada.vectors.embed(desk.account.id)

    assert (report.embedded, report.switched) == (4, True)
    assert (ada.vectors.status().embedder, ada.vectors.status().vectors) == ("letters", 4)


def test_a_run_that_ends_before_all_messages_wait_lets_nothing_take_over(
    desk: Desk, helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, keep_up = helper.for_owner("ada"), EmbedService._keep_up

    def end_a_run() -> None:
        monkeypatch.setattr(EmbedService, "_keep_up", lambda self: None)  # it has kept up before
        ada.vectors.embed(desk.account.id)
        monkeypatch.setattr(EmbedService, "_keep_up", keep_up)

    on_queueing(monkeypatch, end_a_run)

    status = ada.vectors.use("letters")

    assert (status.embedder, status.vectors, status.building) == ("words", 4, "letters")


@everywhere
def test_of_two_that_begin_at_once_one_is_built(
    desk: Desk, helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, look, others = helper.for_owner("ada"), vectors.profiles, list[Future[Any]]()

    def and_then_another_begins(uow: Any) -> Any:
        found = look(uow)
        if not others:
            others.append(pool.submit(ada.vectors.use, "letters"))
            with suppress(TimeoutError):  # one that waits for us has come so far
                others[0].result(HEAD_START_SECONDS)
        return found

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(vectors, "profiles", and_then_another_begins)
        ada.vectors.use("letters")
        others[0].result(PATIENCE_SECONDS)
    reports = [ada.vectors.embed(desk.account.id) for _ in range(2)]

    assert [report.switched for report in reports] == [True, False]
    assert (ada.vectors.status().vectors, ada.vectors.status().building) == (4, "")


@everywhere
def test_a_message_that_is_looked_at_while_others_are_begun_waits_for_those(
    desk: Desk, helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, made = helper.for_owner("ada"), EmbedService._made
    desk.put("Late", "This one came later.")
    ada.sync(desk.account.id)

    def and_then_others_are_begun(self: EmbedService, *args: Any) -> Any:
        monkeypatch.setattr(EmbedService, "_made", made)
        found = made(self, *args)
        ada.vectors.use("letters")
        return found

    monkeypatch.setattr(EmbedService, "_made", and_then_others_are_begun)
    report = ada.vectors.embed(desk.account.id)

    assert (report.switched, report.waiting) == (True, 0)
    assert (ada.vectors.status().embedder, ada.vectors.status().vectors) == ("letters", 5)


def test_an_empty_mailbox_begins_no_vectors_for_which_words_are_rare_is_learned_from_mail(desk: Desk) -> None:
    desk.ada.run(desk.account.id)
    before = desk.ada.vectors.status()
    fill(desk)

    with desk.ada.jobs.owner.read() as uow:
        profile = vectors.with_fitted(uow, vectors.profiles(uow)["live"])
    assert (before.embedder, before.building, desk.ada.vectors.status().vectors) == ("", "", 4)
    assert profile.fitted != fit([])
