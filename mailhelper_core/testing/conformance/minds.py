"""Does an embedder, a recognizer, a model provider or a token provider keep its contract?"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from mailhelper_core.model.embedder import Embedder
from mailhelper_core.model.provider import Completion, CompletionRequest, EmbeddingAnswer, EmbeddingRequest, Provider
from mailhelper_core.model.recognizer import PersonalData, Recognizer
from mailhelper_core.model.token import TokenProvider, TokenRequest
from mailhelper_core.testing.conformance.samples import ODD_TEXTS, in_time, sample_messages


def check_embedder(embedder: Embedder, texts: Sequence[str] = ()) -> None:
    """Check an embedder: finite vectors of its dimension, one a text, in order, the same in any company and twice."""
    every = [*texts, *ODD_TEXTS, *(message.text for message in sample_messages())]
    state = embedder.fit(every) if embedder.fit is not None else b""
    assert isinstance(state, bytes), f"fit answered {type(state).__name__}, not bytes"
    assert len(embedder.embed([], state)) == 0, "it answered vectors for no text"
    vectors = in_time(len(every), lambda: _vectors(embedder.embed(every, state), len(every), embedder.dimension))
    assert _vectors(embedder.embed(every, state), len(every), embedder.dimension) == vectors, "it is not repeatable"
    for text, vector in zip(every[:10], vectors, strict=False):
        alone = _vectors(embedder.embed([text], state), 1, embedder.dimension)[0]
        assert max(abs(a - b) for a, b in zip(alone, vector, strict=True)) < 1e-4, "a vector depends on its company"


def check_recognizer(recognizer: Recognizer, *, finds: Sequence[str] = (), ignores: Sequence[str] = ()) -> None:
    """Check a recognizer: places within the text, a kind in lower case, the same twice, in time.

    finds: texts that hold personal data as a whole; ignores: texts that look like it and hold none.
    """
    texts = [*finds, *ignores, *ODD_TEXTS, *(message.text for message in sample_messages())]
    for text in texts:
        found = in_time(1, lambda text=text: list(recognizer.find(text)))  # type: ignore[misc]
        for one in found:
            assert isinstance(one, PersonalData), f"it answered {type(one).__name__}, not PersonalData"
            assert 0 <= one.start < one.end <= len(text), "it answered a place outside of the text"
            assert one.kind == one.kind.lower() != "", "a kind is written in lower case"
        assert list(recognizer.find(text)) == found, "it answered otherwise when asked again"
    for text in finds:
        padded = f"before {text} after"
        places = [padded[one.start : one.end] for one in recognizer.find(padded)]
        assert text in places, f"it does not find {text!r} as a whole"
    for text in ignores:
        assert not list(recognizer.find(text)), f"it finds something in {text!r}"


def check_provider(provider: Provider) -> None:
    """Check a model provider, at a service that answers: a text, counts of tokens, vectors in order."""
    answer = provider.complete(CompletionRequest("Answer with one word.", "Hello", max_tokens=10))
    assert isinstance(answer, Completion), f"complete answered {type(answer).__name__}, not a Completion"
    assert isinstance(answer.text, str), f"complete answered a text that is {type(answer.text).__name__}"
    assert min(answer.tokens_in, answer.tokens_out) >= 0, "complete answered a negative count of tokens"
    if provider.embed is not None:
        said = provider.embed(EmbeddingRequest(("one", "two")))
        assert isinstance(said, EmbeddingAnswer), f"embed answered {type(said).__name__}, not an EmbeddingAnswer"
        _vectors(said.vectors, 2, len(said.vectors[0]) if said.vectors else 0)


def check_token_provider(provider: TokenProvider, request: TokenRequest) -> None:
    """Check a token provider, at a service that answers: a token that is a text, and not empty."""
    token = provider.token(request)
    assert isinstance(token, str), f"it answered {type(token).__name__}, not a token"
    assert token, "it answered an empty token"
    assert token not in repr(request), "a request shows its secret"


def _vectors(answer: Sequence[Sequence[float]], count: int, dimension: int) -> list[list[float]]:
    assert len(answer) == count, f"{len(answer)} vectors for {count} texts"
    vectors = [[float(value) for value in vector] for vector in answer]
    assert all(len(vector) == dimension for vector in vectors), f"a vector does not have {dimension} numbers"
    assert all(isfinite(value) for vector in vectors for value in vector), "a vector holds what is no number"
    return vectors
