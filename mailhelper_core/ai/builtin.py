"""The built-in embedder: words and parts of words, on this machine, without weights."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from mailhelper_core.errors import ConfigError
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.ai.embedder import Embedder

NAME = "words"
# As in projection.py, which needs numpy to be imported.
DIMENSION = 384
VERSION = "1"
ADVICE = "Search by meaning needs numpy: install mailhelper[learn]."


@hookimpl
def register_embedders() -> Sequence[Embedder]:
    """Answer the embedder that needs no download."""
    return [Embedder(NAME, _embed, DIMENSION, VERSION, _fit)]


def require_numpy() -> None:
    """Raise ConfigError without numpy."""
    if not has_numpy():
        raise ConfigError(ADVICE, code="extra_missing")


def has_numpy() -> bool:
    """Say whether vectors can be reckoned with here."""
    return find_spec("numpy") is not None


def _embed(texts: Sequence[str], state: bytes) -> Sequence[Sequence[float]]:
    vectors: Sequence[Sequence[float]] = import_module("mailhelper_core.ai.embedding.projection").embed(texts, state)
    return vectors


def _fit(texts: Sequence[str]) -> bytes:
    state: bytes = import_module("mailhelper_core.ai.embedding.projection").fit(texts)
    return state
