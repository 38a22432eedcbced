"""Processing on both databases: what waits gets opinions and effective values, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, NotFoundError
from mailhelper_core.model.extension import Classifier
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Classification, Spam, Urgency
from mailhelper_core.model.work.report import Progress
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.settings import Settings
from tests.contract.process.hands import TEXT, always, registry, service


def test_the_built_in_judges_fill_opinions_and_effective_values(ada):
    id_ = ada.message("Unterlagen")

    report = service(ada, built_in=True).process()

    message = ada.see(id_)
    assert (report.processed, report.undecided, report.errors) == (1, 0, ())
    assert (message.category, message.urgency, message.language) == ("people", 3, "de")
    assert message.spam is not None
    assert message.spam < 0.2
    assert report.opinions == len(ada.said(id_)) == 6
    assert ada.said(id_)["urgency", "heuristics"].reasons[0] == "deadline in 8 h"
    assert ada.waiting() == 0


def test_a_second_call_finds_nothing_to_do_and_writes_nothing(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    version = ada.see(id_).opinion_version

    report = service(ada, always(Classification("people", 0.9))).process()

    assert report.processed == 0
    assert ada.see(id_).opinion_version == version


def test_opinions_of_several_classifiers_are_combined(ada):
    id_ = ada.message()

    service(
        ada, always(Spam(True, 0.6), "one"), always(Spam(True, 0.6), "two"), always(Urgency(2, 0.8), "three")
    ).process()

    assert ada.see(id_).spam == pytest.approx(0.36 / (0.36 + 0.16))
    assert ada.see(id_).urgency == 2
    assert ada.see(id_).category is None


def test_a_classifier_that_declares_less_reliability_is_outvoted_by_a_less_sure_one(ada):
    id_ = ada.message()
    unreliable = replace(always(Spam(True, 0.9), "unreliable"), reliability=0.3)

    service(ada, unreliable, always(Spam(False, 0.75), "other")).process()

    assert ada.see(id_).spam == pytest.approx(9**0.3 / (9**0.3 + 3))


def test_a_classifier_sees_text_headers_facts_and_the_owner(ada):
    seen: list[tuple[MessageDetail, str]] = []

    def look(batch, context):
        seen.extend((message, context.owner) for message in batch)
        return [None for _ in batch]

    ada.message(raw=b"Subject: Hello\r\nX-Team: blue\r\n\r\nbody", facts='{"list_id": "l.example"}')
    service(ada, Classifier("looks", look)).process()

    ((message, owner),) = seen
    assert message.header("x-team") == ("blue",)
    assert message.text == TEXT
    assert message.facts.list_id == "l.example"
    assert message.account_addresses == {"ada@example.org"}
    assert owner == "ada"


def test_batches_are_taken_in_order_with_progress_and_committed_in_smaller_ones(ada):
    ids = [ada.message(f"Hello {number}") for number in range(7)]
    seen: list[Progress] = []
    sizes: list[int] = []

    def count(batch):
        sizes.append(len(batch))
        return [Classification("people", 0.9)] * len(batch)

    report = service(ada, Classifier("counts", count), process_batch_messages=3, commit_batch_messages=2).process(
        ada.account_id, progress=seen.append
    )

    assert report.processed == 7
    assert sizes == [3, 3, 1]
    assert [(one.done, one.total) for one in seen] == [(3, 7), (6, 7), (7, 7)]
    assert all(ada.see(id_).category == "people" for id_ in ids)


def test_a_cancelled_call_leaves_the_rest_waiting(ada):
    for number in range(4):
        ada.message(f"Hello {number}")
    told: list[Progress] = []

    stage = service(ada, always(None), process_batch_messages=2)
    report = stage.process(progress=told.append, cancel=lambda: bool(told))

    assert report.processed == 2
    assert ada.waiting() == 2


def test_reprocessing_replaces_what_a_classifier_said_and_keeps_its_newest(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()

    queued = service(ada, always(Classification("finance", 0.9))).reprocess(ada.account_id)
    report = service(ada, always(Classification("finance", 0.9))).process()

    assert (queued, report.processed) == (1, 1)
    assert ada.see(id_).category == "finance"
    assert [opinion.value for opinion in ada.said(id_).values()] == ["finance"]


def test_a_classifier_that_abstains_the_second_time_takes_its_opinion_back(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    service(ada, always(None)).reprocess()

    service(ada, always(None)).process()

    assert ada.said(id_) == {}
    assert ada.see(id_).category is None


def test_a_classifier_that_was_switched_off_counts_no_more(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9), "gone")).process()
    service(ada).reprocess()

    service(ada).process()

    assert ada.see(id_).category is None


def test_what_another_worker_processed_meanwhile_is_not_processed_twice(ada):
    ids = [ada.message(f"Hello {number}") for number in range(3)]
    other = service(ada, always(Classification("finance", 0.9), "same"))

    def slow(batch):
        other.process()
        return [Classification("people", 0.9)] * len(batch)

    report = service(ada, Classifier("same", slow)).process()

    assert (report.processed, report.opinions) == (0, 0)
    assert {ada.see(id_).category for id_ in ids} == {"finance"}


def test_another_owners_account_does_not_exist(ada, eve):
    ada.message()

    with pytest.raises(NotFoundError):
        service(eve).process(ada.account_id)
    with pytest.raises(NotFoundError):
        service(eve).reprocess(ada.account_id)
    assert service(eve, always(None)).process().processed == 0


def test_processing_refuses_the_hosts_transaction(ada):
    with ada.owner.store.writer() as connection, connection.begin():
        joined = ada.owner.store.for_owner("ada", connection=connection)

        with pytest.raises(ConfigError):
            ProcessingService(joined, registry(), Dispatcher(), Settings()).process()
