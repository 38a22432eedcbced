"""Search by words and meaning where nobody makes a vector of the query: the words answer, and it is said."""

from __future__ import annotations

import pytest

from mailhelper_core import BudgetError, ConsentError, MailHelper, PluginError, ProviderError
from tests.contract.models.desk import Desk, Plugin
from tests.contract.models.vectors.test_vectors import Letters, everywhere, fill

QUERY = "birthday cake Techniker"


class Failing(Letters):
    """Contributes an embedder that answers nonsense once it is told to."""

    fails = False

    def embed(self, texts, state):
        return [] if self.fails else super().embed(texts, state)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")
    desk.ada.vectors.embed(desk.account.id)
    return desk


@everywhere
def test_without_consent_the_words_answer_and_say_so(filled: Desk) -> None:
    ada = filled.ada
    filled.ada.egress.withdraw(filled.account.id, "embed")

    page, ranked = ada.search("cake", mode="both"), ada.ranked("cake")

    by_words = [one.message.id for one in ada.ranked("cake", mode="words")]
    assert [one.id for one in page] == [one.message.id for one in ranked] == by_words != []
    assert [(note.where, note.code) for note in page.notes] == [("meaning", "consent")]
    assert {(one.missing, one.meaning) for one in ranked} == {("consent", 0.0)}
    with pytest.raises(ConsentError):
        ada.search("cake", mode="meaning")
    with pytest.raises(ConsentError):
        ada.ranked("cake", mode="meaning")


@pytest.mark.parametrize("fault", ["error", "throttled", "html", "wrong_json"])
def test_a_provider_that_misbehaves_costs_the_meaning_alone(filled: Desk, fault: str) -> None:
    filled.server.retry_after = "3600"
    filled.server.misbehave(fault)

    page = filled.ada.search("cake", mode="both")

    assert len(page) >= 1
    assert [note.where for note in page.notes] == ["meaning"]
    filled.server.misbehave(fault)
    with pytest.raises(ProviderError):
        filled.ada.search("cake", mode="meaning")


def test_a_spent_budget_costs_the_meaning_alone(filled: Desk) -> None:
    filled.ada.egress.budget(tokens=1)

    assert [note.code for note in filled.ada.search("cake", mode="both").notes] == ["budget"]
    with pytest.raises(BudgetError):
        filled.ada.search("cake", mode="meaning")


def test_a_provider_that_is_gone_costs_the_meaning_alone(filled: Desk, url: str) -> None:
    with MailHelper(url, key=b"k" * 32, plugins=[Plugin([])]) as helper:
        page = helper.for_owner("ada").search("cake", mode="both")

    assert len(page) >= 1
    assert [note.code for note in page.notes] == ["no_embedder"]


def test_an_embedder_that_fails_costs_the_meaning_alone(desk: Desk, url: str) -> None:
    fill(desk)
    letters = Failing()
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, letters]) as helper:
        ada = helper.for_owner("ada")
        ada.vectors.use("letters")
        ada.vectors.embed(desk.account.id)
        letters.fails = True

        page = ada.search("cake", mode="both")

        assert (len(page) >= 1, [note.where for note in page.notes]) == (True, ["meaning"])
        with pytest.raises(PluginError):
            ada.search("cake", mode="meaning")


@everywhere
def test_pages_go_on_in_the_order_that_they_began_in(filled: Desk) -> None:
    ada = filled.ada
    whole = [one.id for one in ada.search(QUERY, mode="both")]
    filled.ada.egress.withdraw(filled.account.id, "embed")
    first = ada.search("cake", mode="both", limit=1)

    filled.allow("embed")
    second = ada.search("cake", mode="both", limit=1, after=first.next)

    assert len(second) == 1
    assert [note.code for note in second.notes] == ["left_out"]
    assert [one.id for one in (*first, *second)] == [one.message.id for one in ada.ranked("cake", mode="words")]
    begun = ada.search(QUERY, mode="both", limit=2)
    filled.ada.egress.withdraw(filled.account.id, "embed")
    with pytest.raises(ConsentError):
        ada.search(QUERY, mode="both", limit=2, after=begun.next)
    assert [one.id for one in begun] == whole[:2]
