"""The adapters against a real HTTP server: one contract for three protocols, and every way to misbehave (F110)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailhelper_core import CompletionRequest, ConfigError, EmbeddingRequest, Provider, ProviderError
from mailhelper_core.ai.providers.anthropic import anthropic_provider
from mailhelper_core.ai.providers.http import HttpAnswer, check_url, failure
from mailhelper_core.ai.providers.ollama import ollama_provider
from mailhelper_core.ai.providers.openai import openai_provider
from mailhelper_core.testing import Misbehaviour, ModelServer

Make = Callable[[ModelServer], Provider]
MAKERS: dict[str, Make] = {
    "ollama": lambda server: ollama_provider(
        url=server.url, model="fast-model", strong_model="strong-model", embedding_model="embed-model"
    ),
    "openai": lambda server: openai_provider(
        url=f"{server.url}/v1", key="k", model="fast-model", strong_model="strong-model", embedding_model="embed-model"
    ),
    "anthropic": lambda server: anthropic_provider(
        url=server.url, key="k", model="fast-model", strong_model="strong-model"
    ),
}
REQUEST = CompletionRequest("Say hello.", "the mail", "", {"type": "object"}, 50, 5.0)
SECONDS = 0.6


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda question: f'{{"echo": "{question.text}"}}') as running:
        yield running


@pytest.fixture(params=MAKERS)
def provider(request: pytest.FixtureRequest, server: ModelServer) -> Provider:
    return MAKERS[request.param](server)


def test_a_completion_comes_back_with_its_model_and_tokens(provider, server):
    answer = provider.complete(REQUEST)

    assert (answer.text, answer.model) == ('{"echo": "the mail"}', "fast-model")
    assert answer.tokens_in > 0
    assert answer.tokens_out > 0
    assert server.questions()[0].instructions == "Say hello."


def test_the_model_that_was_asked_for_is_asked(provider, server):
    provider.complete(CompletionRequest("", "", "strong-model"))

    assert server.questions()[0].model == "strong-model"


@pytest.mark.parametrize(
    ("what", "code", "transient"),
    [
        ("timeout", "timeout", True),
        ("drip", "timeout", True),
        ("throttled", "throttled", True),
        ("error", "service", True),
        ("login", "login", False),
        ("truncated", "not_json", False),
        ("html", "not_json", False),
        ("wrong_json", "shape", False),
    ],
)
def test_misbehaviour_is_an_error_with_a_code_and_within_the_time(
    provider: Provider, server: ModelServer, what: Misbehaviour, code: str, transient: bool
) -> None:
    server.misbehave(what)
    started = time.monotonic()

    with pytest.raises(ProviderError) as caught:
        provider.complete(CompletionRequest("", "the mail", timeout_seconds=SECONDS))

    assert (caught.value.code, caught.value.transient) == (code, transient)
    assert time.monotonic() - started < SECONDS + 15  # a drip that is waited for would never end
    assert "mail" not in str(caught.value)


def test_a_busy_service_says_how_long_to_wait(provider, server):
    server.retry_after = "7"
    server.misbehave("throttled")

    with pytest.raises(ProviderError) as caught:
        provider.complete(REQUEST)

    assert caught.value.retry_after == 7


def test_after_misbehaviour_the_next_call_works(provider, server):
    server.misbehave("drip")
    with pytest.raises(ProviderError):
        provider.complete(CompletionRequest("", "", timeout_seconds=0.2))

    assert provider.complete(REQUEST).text


def test_a_service_that_is_not_there_is_unreachable(server):
    provider = ollama_provider(url="http://127.0.0.1:9", model="fast-model")

    with pytest.raises(ProviderError) as caught:
        provider.complete(REQUEST)

    assert caught.value.code == "unreachable"


@pytest.mark.parametrize("name", ["ollama", "openai"])
def test_texts_become_vectors_of_one_length_in_their_order(name, server):
    embed = MAKERS[name](server).embed

    answer = embed(EmbeddingRequest(("one", "two", "one")))

    assert {len(vector) for vector in answer.vectors} == {server.dimension}
    assert answer.vectors[0] == answer.vectors[2] != answer.vectors[1]


def test_the_models_of_a_service_are_listed(server):
    assert [one.name for one in MAKERS["openai"](server).models()] == ["embed-model", "fast-model", "strong-model"]
    assert [one.name for one in MAKERS["ollama"](server).models() if one.embeds] == ["embed-model"]


def test_keys_travel_in_headers_and_never_in_repr(server):
    provider = openai_provider(url=f"{server.url}/v1", key="top-secret", model="fast-model")

    provider.complete(REQUEST)

    assert server.received[0].headers["authorization"] == "Bearer top-secret"
    assert "top-secret" not in repr(provider)


@pytest.mark.parametrize("make", [openai_provider, anthropic_provider])
@pytest.mark.parametrize("key", ["s\u20accret", "two words", "two\nlines"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_quoted(make, key):
    with pytest.raises(ConfigError) as caught:
        make(key=key, model="fast-model")

    assert key not in str(caught.value)


def test_the_end_of_a_line_behind_a_key_is_not_sent(server):
    openai_provider(url=f"{server.url}/v1", key="top-secret\n", model="fast-model").complete(REQUEST)

    assert server.received[0].headers["authorization"] == "Bearer top-secret"


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://127.0.0.1:11434", True), ("http://[::1]:1", True), ("http://localhost", True),
     ("https://127.models.example", False), ("https://localhost.example", False)],
)  # fmt: skip
def test_only_this_machine_is_local(url, local):
    assert ollama_provider(url=url, model="fast-model").local is local
    assert openai_provider(url=url, key="k", model="fast-model").local is local


@pytest.mark.parametrize("form", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"])
def test_a_date_in_retry_after_is_read_in_each_of_its_forms_wherever_one_is(form, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    moment = datetime.now(UTC) + timedelta(seconds=100)

    wait = failure(HttpAnswer(429, {"Retry-After": moment.strftime(form)}, b"")).retry_after
    monkeypatch.undo()
    time.tzset()

    assert wait is not None
    assert 60 < wait <= 100


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example",
        "ftp://x",
        "https://",
        "https://u:p@x.example",
        "nonsense",
        "https://x.example:99999/v1",
        "https://x.example:0",
        "https://x.example:port",
        "https://[::1/v1",
        "https://x.example/modèles",
        "https://x.example/my models",
    ],
)
def test_a_url_that_would_send_mail_unencrypted_or_nowhere_is_refused(url):
    with pytest.raises(ConfigError):
        check_url(url)
