"""Does a model provider, or a token provider, keep its contract? Each is asked at a service of the caller's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

from mailhelper_core.errors import LoginError, MailHelperError, ProviderError
from mailhelper_core.model.ai.provider import (
    Completion,
    CompletionRequest,
    EmbeddingAnswer,
    EmbeddingRequest,
    ModelInfo,
    Provider,
)
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.source.token import TokenProvider, TokenRequest
from mailhelper_core.testing.conformance.minds import check_vectors
from mailhelper_core.testing.conformance.patience import patiently
from mailhelper_core.testing.conformance.samples import ODD_TEXTS, silent

# What nobody writes by chance: it must not turn up in a log.
MARK = "a-mail-that-nobody-may-log-7c1f"
THREADS = 4
# A call may take twice its own time; a service that hangs holds up a worker for all of it.
TIMEOUT_SECONDS = 1.0
LATEST_SECONDS = 3.0


def check_provider(provider: Provider, *, away: Provider | None = None, slow: Provider | None = None) -> None:
    """Check a model provider, at a service that answers: a text, counts of tokens, vectors in order; nothing logged.

    away, slow: the same provider at a service that is not there, and at one that never ends its answer; both raise
    ProviderError, the latter within the time of the request.
    """
    for text in (MARK, *map(clean_text, ODD_TEXTS)):  # what is stored is clean
        _check_completion(silent(MARK, lambda text=text: _complete(provider, text)))  # type: ignore[misc]
    embed, models = provider.embed, provider.models
    if embed is not None:
        request = EmbeddingRequest(("one", "two"))
        said = patiently(f"{provider.name}: embed()", lambda: embed(request), seconds=2 * request.timeout_seconds)
        assert isinstance(said, EmbeddingAnswer), f"embed answered {type(said).__name__}, not an EmbeddingAnswer"
        check_vectors(said.vectors, 2, len(said.vectors[0]) if said.vectors else 0)
    if models is not None:
        _check_models(patiently(f"{provider.name}: models()", models))
    for broken in (away, slow):
        if broken is not None:
            _fails(broken)


def check_token_provider(
    provider: TokenProvider, request: TokenRequest, *, refused: TokenRequest | None = None
) -> None:
    """Check a token provider, at a service that answers: one word, asked again, anew and by many; nothing shows it.

    refused: a request whose consent has ended, which must raise LoginError.
    """

    def ask(request: TokenRequest) -> str:
        return patiently(f"{provider.name}: token()", lambda: provider.token(request))

    for asked in (request, request, replace(request, renew=True)):
        token = silent(request.secret, lambda asked=asked: ask(asked))  # type: ignore[misc]
        _check_token(token)
        assert token not in repr(provider), "its repr shows a token"
        silent(token, lambda asked=asked: ask(asked))  # type: ignore[misc]
    with ThreadPoolExecutor(THREADS) as pool:
        for token in pool.map(ask, [request] * THREADS):
            _check_token(token)
    if refused is not None:
        error = _raised(lambda: ask(refused))
        assert isinstance(error, LoginError), f"a consent that has ended raised {type(error).__name__}, not LoginError"
        assert not refused.secret or refused.secret not in str(error), "its error shows the secret"


def _complete(provider: Provider, text: str) -> Completion:
    return _patiently(provider, CompletionRequest("Answer with one word.", text, max_tokens=10))


def _patiently(provider: Provider, request: CompletionRequest) -> Completion:
    seconds = 2 * max(request.timeout_seconds, LATEST_SECONDS)
    return patiently(f"{provider.name}: complete()", lambda: provider.complete(request), seconds=seconds)


def _check_completion(answer: Completion) -> None:
    assert isinstance(answer, Completion), f"complete answered {type(answer).__name__}, not a Completion"
    assert isinstance(answer.text, str), f"complete answered a text that is {type(answer.text).__name__}"
    assert min(answer.tokens_in, answer.tokens_out) >= 0, "complete answered a negative count of tokens"


def _check_models(models: Sequence[ModelInfo]) -> None:
    for one in models:
        assert isinstance(one, ModelInfo), f"models answered {type(one).__name__}, not a ModelInfo"
        assert one.name, "models answered one without a name"


def _fails(provider: Provider) -> None:
    request, began = CompletionRequest("Answer.", MARK, timeout_seconds=TIMEOUT_SECONDS), monotonic()
    error = _raised(lambda: silent(MARK, lambda: _patiently(provider, request)))
    seconds = monotonic() - began
    assert isinstance(error, ProviderError), f"a service that fails raised {type(error).__name__}, not ProviderError"
    assert seconds <= LATEST_SECONDS, f"it took {seconds:.1f} s where {TIMEOUT_SECONDS:.0f} were given"
    assert MARK not in str(error), "its error shows the text"


def _check_token(token: object) -> None:
    assert isinstance(token, str), f"it answered {type(token).__name__}, not a token"
    assert token, "it answered an empty token"
    assert all("!" <= character <= "~" for character in token), "it answered a token that is not one word of ASCII"


def _raised(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except AssertionError:
        raise
    except MailHelperError as exc:
        return exc
    except Exception as exc:  # noqa: BLE001 - another's code; its type is what is told
        return exc
    return None
