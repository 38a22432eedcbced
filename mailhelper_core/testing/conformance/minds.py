"""Does an embedder, or a recognizer, keep its contract?"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from mailhelper_core.egress.spans import checked
from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.recognizer import PersonalData, Recognizer
from mailhelper_core.testing.conformance.patience import patiently, promptly
from mailhelper_core.testing.conformance.samples import ODD_TEXTS, in_time, sample_messages


def check_embedder(embedder: Embedder, texts: Sequence[str] = ()) -> None:
    """Check an embedder: finite vectors of its dimension, one a text, in order, the same in any company and twice."""
    every = [*texts, *ODD_TEXTS, *(message.text for message in sample_messages())]
    fit = embedder.fit
    state = patiently(f"{embedder.name}: fit()", lambda: fit(every)) if fit is not None else b""
    assert isinstance(state, bytes), f"fit answered {type(state).__name__}, not bytes"

    def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return promptly(f"{embedder.name}: embed()", lambda: embedder.embed(texts, state), is_first=not texts)

    def made(texts: Sequence[str]) -> list[list[float]]:
        return check_vectors(embed(texts), len(texts), embedder.dimension)

    assert len(embed([])) == 0, "it answered vectors for no text"
    vectors = in_time(len(every), lambda: made(every))
    assert made(every) == vectors, "it is not repeatable"
    for text, vector in zip(every[:10], vectors, strict=False):
        alone = made([text])[0]
        assert max(abs(a - b) for a, b in zip(alone, vector, strict=True)) < 1e-4, "a vector depends on its company"


def check_recognizer(recognizer: Recognizer, *, finds: Sequence[str] = (), ignores: Sequence[str] = ()) -> None:
    """Check a recognizer: places within the text, a kind in lower case, the same twice, in time.

    finds: texts that hold personal data as a whole; ignores: texts that look like it and hold none.
    """

    def find(text: str) -> list[PersonalData]:
        return promptly(f"{recognizer.name}: find()", lambda: list(recognizer.find(text)))

    for text in (*finds, *ignores, *ODD_TEXTS, *(message.text for message in sample_messages())):
        found = in_time(1, lambda text=text: find(text))  # type: ignore[misc]
        try:
            checked(found, len(text))
        except ValueError as exc:
            raise AssertionError(f"it {exc}") from exc
        assert find(text) == found, "it answered otherwise when asked again"
    for text in finds:
        padded = f"before {text} after"
        places = [padded[one.start : one.end] for one in find(padded)]
        assert text in places, f"it does not find {text!r} as a whole"
    for text in ignores:
        assert not find(text), f"it finds something in {text!r}"


def check_vectors(answer: Sequence[Sequence[float]], count: int, dimension: int) -> list[list[float]]:
    """Check vectors and answer them as plain numbers."""
    assert len(answer) == count, f"{len(answer)} vectors for {count} texts"
    vectors = [[float(value) for value in vector] for vector in answer]
    assert all(len(vector) == dimension for vector in vectors), f"a vector does not have {dimension} numbers"
    assert all(isfinite(value) for vector in vectors for value in vector), "a vector holds what is no number"
    return vectors
