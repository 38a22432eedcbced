"""A classifier that goes: what it has said counts no more, in all mail that it was about, and nothing else is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mailhelper_core.model.mind.opinion import Classification, Spam
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import sayers
from tests.contract.process.hands import Hands, always, service
from tests.contract.sync.written import written_rows

SHOP, OTHER = always(Classification("shopping", 0.9), "shop"), always(Spam(True, 0.9), "other")


def _waiting(hands: Hands) -> set[int]:
    p = t.pending.c
    with hands.owner.read() as uow:
        return set(uow.connection.scalars(select(p.message_id).where(p.stage == "process")))


def test_what_one_who_is_gone_has_said_counts_no_more_with_the_next_run(ada: Hands) -> None:
    theirs = [ada.message(f"order {number}") for number in range(3)]
    service(ada, SHOP, OTHER).process()
    others = ada.message("letter")
    service(ada, OTHER).process()

    report = service(ada, OTHER).process()

    assert [ada.see(id_).category for id_ in theirs] == [None] * 3
    assert [ada.see(id_).spam for id_ in theirs] == [pytest.approx(0.9)] * 3
    assert ada.see(others).category is None
    assert report.processed == 0
    assert ("category", "shop") in ada.said(theirs[0])  # it may come back


def test_only_mail_of_which_it_has_said_something_waits_again(ada: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_core.process.sayers.REQUEUE_MESSAGES", 2)
    service(ada, OTHER).process()
    ada.message("letter")
    service(ada, OTHER).process()
    theirs = [ada.message(f"order {number}") for number in range(5)]
    service(ada, SHOP, OTHER).process()

    report = service(ada, OTHER).process(cancel=lambda: True)

    assert report.processed == 0
    assert _waiting(ada) == set(theirs)
    assert service(ada, OTHER).process().processed == len(theirs)


def test_a_run_without_news_writes_nothing(ada: Hands) -> None:
    service(ada, SHOP).process()
    ada.message()
    service(ada, SHOP).process()

    with written_rows(ada.owner.store) as rows:
        service(ada, SHOP).process()
        service(ada, SHOP, OTHER).process()  # one that has nothing to say yet

    assert rows == {}


def test_processes_with_different_plugins_look_only_at_what_was_said_since(
    ada: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = ada.message("order 1")
    service(ada, SHOP).process()
    assert service(ada).process().processed == 1
    now = ada.owner.store.clock()
    monkeypatch.setattr(type(ada.owner.store), "now", lambda _: round((now + timedelta(hours=1)).timestamp() * 1e6))
    new = ada.message("order 2")

    service(ada, SHOP).process()
    again = service(ada).process()

    assert again.processed == 1
    assert ada.see(new).category is None
    assert ada.see(old).category is None


def test_a_process_that_is_always_cut_has_no_mail_processed_over_and_over_by_another(
    ada: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [ada.message(f"order {number}") for number in range(3)]
    service(ada, SHOP).process()
    done = []

    for _ in range(4):
        service(ada).process(cancel=lambda: True)  # its slice is over before its first batch
        done.append(service(ada, SHOP).process().processed)
    now = ada.owner.store.clock()
    monkeypatch.setattr(type(ada.owner.store), "now", lambda _: round((now + timedelta(hours=1)).timestamp() * 1e6))

    assert done == [3, 0, 0, 0]
    assert service(ada).process().processed == 3
    assert [ada.see(id_).category for id_ in ids] == [None] * 3


def test_who_is_there_is_known_by_account(ada: Hands) -> None:
    ada.message()
    service(ada, SHOP, OTHER).process()

    with ada.owner.read() as uow:
        assert set(sayers.known(uow, ada.account_id)[0]) == {"shop", "other"}
        assert sayers.known(uow, ada.account_id + 1) == ({}, {})
