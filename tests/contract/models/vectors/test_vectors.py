"""Search by meaning: vectors are made in their own stage, never mixed, and replaced while the old ones answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core import ConflictError, Embedder, InvalidError, MailHelper, NotFoundError, hookimpl
from mailhelper_core.search.meaning import service
from tests.contract.models.desk import Desk

everywhere = pytest.mark.parametrize(
    "url", ["sqlite_database", "postgres_database", "pgvector_database"], indirect=True
)
WASHER = "Die Waschmaschine ist kaputt, der Techniker kommt zur Reparatur."
PARTY = "We celebrate my birthday on Saturday, bring cake and friends."


@pytest.fixture(autouse=True)
def small_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a database that compares vectors do it from the second one on."""
    monkeypatch.setattr(service, "MATRIX_ROWS", 1)


class Letters:
    """Contributes an embedder whose vectors have one dimension for each letter up to a bound."""

    def __init__(self, dimension: int = 26, version: str = "1") -> None:
        self.embedder = Embedder("letters", self.embed, dimension, version)
        self.asked = 0

    @hookimpl
    def register_embedders(self) -> list[Embedder]:
        return [self.embedder]

    def embed(self, texts, state):
        self.asked += len(texts)
        letters = [chr(ord("a") + number) for number in range(self.embedder.dimension)]
        return [[text.lower().count(letter) + 0.01 for letter in letters] for text in texts]


def fill(desk: Desk) -> dict[str, int]:
    ids = {
        "washer": desk.mail("Reparatur", WASHER),
        "washer2": desk.mail("Termin des Technikers", "Der Techniker repariert Ihre Waschmaschine am Montag."),
        "party": desk.mail("Birthday", PARTY),
        "party2": desk.mail("Re: cake", "I bring two cakes to your birthday."),
    }
    desk.ada.run(desk.account.id)
    return ids


@everywhere
def test_a_run_ends_with_vectors_and_similar_mails_are_found(desk):
    assert desk.ada.vectors.embedder() == ""
    ids = fill(desk)

    found = desk.ada.messages.similar(ids["washer"], limit=3)

    assert found[0].message.id == ids["washer2"]
    assert found[0].score == found[0].meaning > found[1].score
    status = desk.ada.vectors.status()
    assert (status.embedder, status.dimension, status.vectors, status.waiting) == ("words", 384, 4, False)
    assert desk.ada.vectors.embedder() == "words"


@everywhere
def test_meaning_finds_parts_of_words_and_keeps_the_filters_of_the_query(desk):
    ids = fill(desk)

    by_words = desk.ada.search("Reparaturtechniker")
    by_meaning = desk.ada.search("Reparaturtechniker", mode="meaning")
    filtered = desk.ada.search("Reparaturtechniker subject:Termin", mode="meaning")

    assert len(by_words) == 0
    assert {message.id for message in by_meaning[:2]} == {ids["washer"], ids["washer2"]}
    assert [message.id for message in filtered] == [ids["washer2"]]


def test_both_signals_show_what_each_added(desk):
    ids = fill(desk)

    hits = {hit.message.id: hit for hit in desk.ada.ranked("birthday")}

    assert hits[ids["party"]].words > 0
    assert hits[ids["party"]].meaning > 0
    assert hits[ids["party"]].score == pytest.approx(hits[ids["party"]].words + hits[ids["party"]].meaning)
    assert [hit.meaning for hit in desk.ada.ranked("birthday", mode="words")] == [0, 0]


def test_pages_by_meaning_follow_each_other_and_end(desk):
    fill(desk)
    first = desk.ada.search("birthday cake Techniker", mode="both", limit=2)
    second = desk.ada.search("birthday cake Techniker", mode="both", limit=2, after=first.next)

    every = {message.id for message in desk.ada.search("birthday cake Techniker", mode="both")}
    assert {message.id for message in (*first, *second)} == every
    assert (len(first), len(second), second.next) == (2, len(every) - 2, None)
    with pytest.raises(InvalidError):
        desk.ada.search("birthday cake Techniker", mode="meaning", after=first.next)


def test_what_cannot_be_answered_says_why(desk):
    with pytest.raises(ConflictError) as caught:
        desk.ada.search("cake", mode="meaning")
    assert caught.value.code == "no_vectors"
    ids = fill(desk)

    with pytest.raises(InvalidError):
        desk.ada.search("is:unread", mode="meaning")
    with pytest.raises(InvalidError):
        desk.ada.search("cake", mode="telepathy")
    with pytest.raises(NotFoundError):
        desk.helper.for_owner("eve").messages.similar(ids["party"])
    with pytest.raises(InvalidError):
        desk.ada.vectors.use("no-such")


def test_another_owner_finds_nothing(desk):
    fill(desk)
    eve = desk.helper.for_owner("eve")

    with pytest.raises(ConflictError):
        eve.search("cake", mode="meaning")


@everywhere
def test_other_vectors_take_over_when_all_are_there_and_the_old_ones_answer_until_then(desk, url):
    ids = fill(desk)
    letters = Letters()
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, letters]) as helper:
        ada = helper.for_owner("ada")

        status = ada.vectors.use("letters")
        during = ada.messages.similar(ids["washer"])
        report = ada.vectors.embed(desk.account.id)

        assert (status.embedder, status.building, status.built, status.waiting) == ("words", "letters", 0, True)
        assert during[0].message.id == ids["washer2"]
        assert (report.embedded, report.switched, letters.asked) == (4, True, 4)
        assert ada.vectors.status().embedder == "letters"
        assert ada.messages.similar(ids["washer"])[0].message.id == ids["washer2"]


def test_a_dimension_that_changes_makes_all_vectors_anew_and_mixes_none(desk, url):
    ids = fill(desk)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, Letters(26)]) as helper:
        ada = helper.for_owner("ada")
        ada.vectors.use("letters")
        ada.vectors.embed(desk.account.id)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, Letters(10, version="2")]) as helper:
        ada = helper.for_owner("ada")
        with pytest.raises(ConflictError) as caught:
            ada.search("cake", mode="meaning")
        assert caught.value.code == "rebuilding"

        report = ada.vectors.embed(desk.account.id)

        assert (report.switched, ada.vectors.status().dimension) == (True, 10)
        assert ada.messages.similar(ids["party"])


def test_an_embedder_that_lies_about_its_dimension_leaves_messages_waiting(desk, url):
    fill(desk)
    liar = Letters(26)
    liar.embedder = replace(liar.embedder, embed=lambda texts, state: [[1.0, 2.0]] * len(texts))
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, liar]) as helper:
        ada = helper.for_owner("ada")
        ada.vectors.use("letters")

        report = ada.vectors.embed(desk.account.id)

        assert ([error.code for error in report.errors], report.waiting) == (["dimension"], 4)
        assert ada.vectors.status().embedder == "words"


@pytest.mark.parametrize("answer", [[], [[float("nan")] * 26] * 4, "text", [[1], [1, 2]]])
def test_what_is_no_vector_is_stored_as_none(desk, url, answer):
    fill(desk)
    liar = Letters(26)
    liar.embedder = replace(liar.embedder, embed=lambda texts, state: answer)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, liar]) as helper:
        ada = helper.for_owner("ada")
        ada.vectors.use("letters")

        ada.vectors.embed(desk.account.id)

        assert ada.vectors.status().built == 0


@everywhere
def test_vectors_of_a_provider_pass_the_gate(desk):
    ids = fill(desk)
    desk.ada.vectors.use("provider:local")
    desk.allow("embed")

    report = desk.ada.vectors.embed(desk.account.id)

    assert (report.embedded, report.switched) == (4, True)
    assert desk.ada.vectors.status().dimension == desk.server.dimension
    assert "Bob" not in desk.sent()
    assert {entry.purpose for entry in desk.ada.egress.ledger()} == {"embed"}
    assert desk.ada.messages.similar(ids["party"])
    assert desk.ada.search("cake", mode="meaning")


def test_without_consent_a_provider_makes_no_vectors_and_nothing_waits_for_ever(desk):
    fill(desk)
    desk.ada.vectors.use("provider:local")

    report = desk.ada.vectors.embed(desk.account.id)

    assert desk.server.received == []
    assert report.waiting == 0


def test_a_provider_that_is_away_leaves_messages_waiting(desk):
    fill(desk)
    desk.ada.vectors.use("provider:local")
    desk.allow("embed")
    desk.server.retry_after = "3600"  # longer than one question is waited for
    desk.server.misbehave("error")

    report = desk.ada.vectors.embed(desk.account.id)

    assert ([error.code for error in report.errors], report.waiting) == (["service"], 4)
    assert desk.ada.vectors.embed(desk.account.id).switched


def test_a_new_mail_is_found_without_anything_made_anew(desk):
    fill(desk)
    new = desk.mail("Cake recipe", "flour, sugar, butter and a cake tin")
    desk.ada.run(desk.account.id)

    assert new in {hit.id for hit in desk.ada.search("cake tin", mode="meaning")[:1]}
    assert desk.ada.vectors.status().vectors == 5


def test_embedding_is_a_job(desk):
    desk.mail("Birthday", PARTY)

    job = desk.ada.jobs.submit("embed", account_id=desk.account.id)
    desk.helper.jobs.run(job.id)

    assert desk.ada.jobs.get(job.id).state == "done"
    assert desk.ada.vectors.status().vectors == 1


def test_a_maker_that_is_gone_costs_the_run_nothing_but_its_vectors(desk, url):
    ids = fill(desk)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")
    desk.ada.vectors.embed(desk.account.id)
    with MailHelper(url, key=b"k" * 32) as helper:
        ada = helper.for_owner("ada")
        desk.put("More cake", PARTY)

        report = ada.run(desk.account.id)

        assert report.sync.new == 1
        assert [error.code for error in report.embed.errors] == ["no_embedder"]
        with pytest.raises(InvalidError):
            ada.messages.similar(ids["party"])
        ada.vectors.use("words")
        assert ada.run(desk.account.id).embed.switched
        assert ada.messages.similar(ids["party"])


def test_a_provider_that_changes_the_length_of_its_vectors_makes_all_anew(desk):
    ids = fill(desk)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")
    desk.ada.vectors.embed(desk.account.id)
    desk.server.dimension = 8
    desk.mail("More cake", PARTY)

    first = desk.ada.vectors.embed(desk.account.id)
    with pytest.raises(ConflictError):
        desk.ada.search("cake", mode="meaning")
    second = desk.ada.vectors.embed(desk.account.id)

    assert [error.code for error in first.errors] == ["dimension"]
    assert (second.switched, second.embedded, desk.ada.vectors.status().dimension) == (True, 5, 8)
    assert desk.ada.messages.similar(ids["party"])
