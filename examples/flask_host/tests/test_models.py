"""What model providers may do in the pages: summaries and vectors, on demand, and refusals that are clear."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.conftest import _config, host_of
from mailhelper_core import OwnerServices, ProviderError, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator, ModelServer
from mailhelper_web.words.trouble import provider_trouble

SUMMARY = "Somebody wants something by Friday."


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """A model service that summarizes everything alike."""
    with ModelServer(lambda _: json.dumps({"summary": SUMMARY})) as server:
        yield server


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> Iterator[Flask]:
    """A host with one model provider."""
    folder = tmp_path_factory.mktemp("models")
    file = folder / "providers.toml"
    file.write_text(f'[local]\nkind = "ollama"\nurl = "{model.url}"\nmodel = "any"\nembedding_model = "any"\n')
    with host_of(replace(_config(folder), engine=Settings(providers_file=file))) as host:
        yield host


@pytest.fixture
def mine(app: Flask, synced: OwnerServices) -> Iterator[OwnerServices]:
    """Ada's services with a budget and without any consent."""
    synced.egress.budget(tokens=1_000_000)
    for given in synced.egress.consents():
        synced.egress.withdraw(given.account_id, given.purpose)
    yield synced
    synced.vectors.use("words")
    synced.vectors.embed(synced.accounts.list()[0].id)


def _allow(mine: OwnerServices, purpose: str) -> None:
    mine.egress.consent(mine.accounts.list()[0].id, purpose, provider="local", level="none")


def _one(mine: OwnerServices) -> int:
    return mine.search("category:people in:inbox")[0].id


def test_a_summary_is_written_on_demand_and_says_by_whom(ada: Browser, mine: OwnerServices):
    _allow(mine, "summarize")
    one = _one(mine)
    assert "Summarize" in ada.get(f"/mail/{one}").text

    answer = ada.post(f"/mail/{one}/summary", {"next": f"/mail/{one}"})

    assert (answer.status_code, answer.location) == (303, f"/mail/{one}")
    page = ada.get(f"/mail/{one}").text
    assert SUMMARY in page
    assert "Written by local; it may be wrong." in page
    newest = mine.messages.thread(one)[-1].id
    assert f'action="/mail/{newest}/summary"' in ada.get(f"/mail/{one}/thread").text


def test_what_would_be_sent_is_shown_for_what_is_allowed(ada: Browser, mine: OwnerServices):
    one = _one(mine)
    assert "you have not allowed it" in ada.get(f"/privacy/preview/{one}").text
    _allow(mine, "summarize")

    page = ada.get(f"/privacy/preview/{one}").text

    assert "you have not allowed it" not in page
    assert 'purpose=summarize" aria-current="page">Summaries<' in page
    assert "you have not allowed it" in ada.get(f"/privacy/preview/{one}?purpose=reply").text
    assert ">Tone<" not in page


def test_what_would_be_sent_for_a_reply_is_shown_in_its_tone_and_language(ada: Browser, mine: OwnerServices):
    one = _one(mine)
    _allow(mine, "reply")

    usual = ada.get(f"/privacy/preview/{one}?purpose=reply").text
    other = ada.get(f"/privacy/preview/{one}?purpose=reply&tone=brief&language=de").text

    assert 'aria-current="page">friendly<' in usual
    assert 'aria-current="page">as in the mail<' in usual
    assert "tone: friendly" in usual
    assert 'aria-current="page">brief<' in other
    assert 'aria-current="page">German<' in other
    assert "tone: brief\nlanguage: de" in other
    assert ada.get(f"/privacy/preview/{one}?purpose=reply&tone=rude").status_code == 400


def test_without_consent_nothing_leaves_and_a_line_says_where_to_allow_it(
    ada: Browser, mine: OwnerServices, model: ModelServer
):
    one, before = _one(mine), len(model.received)

    page = ada.get(f"/mail/{one}").text
    refused = ada.post(f"/mail/{one}/summary", {"next": f"/mail/{one}"})

    assert (f'/mail/{one}/summary"' in page, "Allow it under Privacy" in page or SUMMARY in page) == (False, True)
    assert refused.status_code == 403
    assert "You have not allowed this." in refused.text
    assert '<a href="/privacy/">' in refused.text
    assert f'<a href="/mail/{one}" role="button" data-back>' in refused.text
    assert len(model.received) == before


def test_a_budget_that_is_spent_and_a_service_that_refuses_have_clear_pages(
    ada: Browser, mine: OwnerServices, model: ModelServer
):
    _allow(mine, "summarize")
    one = _one(mine)

    model.misbehave("login")
    locked = ada.post(f"/mail/{one}/summary")
    mine.egress.budget(tokens=0)
    spent = ada.post(f"/mail/{one}/summary")

    assert (locked.status_code, "does not let this server in" in locked.text) == (502, True)
    assert (spent.status_code, "limit for model providers is reached" in spent.text) == (403, True)


@pytest.mark.parametrize(
    ("code", "words"),
    [("unreachable", "does not answer"), ("paused", "does not answer"), ("throttled", "too much to do"),
     ("no_provider", "no longer here"), ("leak", "could not be replaced"), ("whatever", "no answer that can be used")],
)  # fmt: skip
def test_every_failure_of_a_provider_has_words(app: Flask, code: str, words: str):
    with app.test_request_context():
        assert words in str(provider_trouble(ProviderError("x", code=code)).words)


def test_others_may_not_summarize(bob: Browser, mine: OwnerServices, model: ModelServer):
    _allow(mine, "summarize")
    before = len(model.received)

    assert bob.post(f"/mail/{_one(mine)}/summary").status_code == 404
    assert len(model.received) == before


def test_a_provider_makes_vectors_only_once_it_is_allowed_to(ada: Browser, mine: OwnerServices, model: ModelServer):
    ada.post("/privacy/vectors", {"maker": "provider:local"})
    assert "without it nothing leaves" in ada.get("/privacy/").text
    assert mine.vectors.status().building == ""
    _allow(mine, "embed")

    ada.post("/privacy/vectors", {"maker": "provider:local"})
    assert "It is being made anew" in ada.get("/privacy/").text
    mine.vectors.embed(mine.accounts.list()[0].id)

    assert mine.vectors.status().embedder == "provider:local"
    ada.get("/mail/", query_string={"q": "dinner", "mode": "meaning"})
    assert model.questions()[-1].texts == ("dinner",)


def test_accounts_whose_vectors_wait_for_a_consent_are_named(ada: Browser, mine: OwnerServices):
    account, words = mine.accounts.list()[0], "You have not allowed this."
    _allow(mine, "embed")
    mine.vectors.use("provider:local")
    assert words not in ada.get("/privacy/").text

    mine.egress.withdraw(account.id, "embed")

    assert f"{account.name}: {words}" in ada.get("/privacy/").text


def test_words_answer_where_the_provider_does_not(ada: Browser, mine: OwnerServices, model: ModelServer):
    _allow(mine, "embed")
    mine.vectors.use("provider:local")
    mine.vectors.embed(mine.accounts.list()[0].id)
    word = mine.search("in:inbox")[0].subject.split()[0]

    model.misbehave("error")
    page = ada.get("/mail/", query_string={"q": word, "mode": "both"}).text

    assert "The model provider does not answer now." in page
    assert "This is what the words find." in page
    assert 'class="row' in page


@pytest.mark.parametrize("maker", ["", "provider:nobody", "nobody"])
def test_nobody_else_makes_vectors(ada: Browser, mine: OwnerServices, maker: str):
    assert ada.post("/privacy/vectors", {"maker": maker}).status_code == 400


def test_a_level_that_needs_what_is_not_installed_is_refused_kindly(
    ada: Browser, mine: OwnerServices, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mailhelper_core.egress.numbers.find_spec", lambda _: None)
    form = {"account": mine.accounts.list()[0].id, "purpose": "reply", "provider": "local", "level": "strict"}

    ada.post("/privacy/consent", {**form, "word": "allow"})

    assert "cannot replace names and numbers yet" in ada.get("/privacy/").text
    assert mine.egress.consents() == ()


def test_a_host_without_providers_offers_none(fresh_app: Flask):
    ada = Browser(fresh_app.test_client())
    register(ada)
    mine = services(fresh_app)
    with ImapServer(users={"ada": "secret"}) as server:
        MailboxGenerator(seed=3).fill(server.store.user("ada"), count=5)
        account = mine.accounts.add(server.url, username="ada", password="secret")
        mine.sync(account.id)
    one = mine.search("")[0].id

    page = ada.get(f"/mail/{one}").text

    assert (f'/mail/{one}/summary"' in page, "summarize" in page, "Similar messages" in page) == (False, False, False)
    assert "has not been compared" in ada.get(f"/mail/{one}/similar").text
    assert "Search by meaning" not in ada.get("/privacy/").text
    assert 'class="modes"' not in ada.get("/mail/", query_string={"q": "a"}).text
