"""Model providers: what the core asks of one and what it answers. Only the egress gate calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal["classify", "summarize", "reply", "embed"]  # what text may leave for
PURPOSES: tuple[Purpose, ...] = ("classify", "summarize", "reply", "embed")


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One question to a model; its text has passed the egress gate."""

    instructions: str  # ours alone: no word of it comes from mail
    text: str = field(repr=False)  # the mail, fenced and as far replaced as its owner wants
    model: str = ""  # empty means the provider's own choice
    schema: Mapping[str, object] | None = None  # JSON Schema of the answer, where it must be JSON
    max_tokens: int = 500  # of the answer
    timeout_seconds: float = 60.0  # for everything: connecting, waiting, reading, trying again


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """Texts that are to become vectors; they have passed the egress gate."""

    texts: tuple[str, ...] = field(repr=False)  # as far replaced as their owner wants
    model: str = ""  # empty means the provider's own choice
    timeout_seconds: float = 60.0  # for everything


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered, and what it took."""

    text: str = field(repr=False)  # as it came
    model: str = ""  # which one answered
    tokens_in: int = 0  # of the question, as the provider counts
    tokens_out: int = 0  # of the answer


@dataclass(frozen=True, slots=True)
class EmbeddingAnswer:
    """Vectors in the order of the texts, and what they took."""

    vectors: Sequence[Sequence[float]] = field(repr=False)  # all of one length
    model: str = ""  # which one answered
    tokens_in: int = 0  # of the texts, as the provider counts


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that a provider offers."""

    name: str  # as the provider calls it
    embeds: bool = False  # whether it makes vectors instead of text


@dataclass(frozen=True, slots=True)
class Provider:
    """A model service: `complete(request)` answers a Completion or raises ProviderError.

    Prices are in millionths of the host's currency for a million tokens, so that sums are whole numbers.
    """

    name: str
    complete: Callable[[CompletionRequest], Completion]
    embed: Callable[[EmbeddingRequest], EmbeddingAnswer] | None = None
    models: Callable[[], Sequence[ModelInfo]] | None = None
    model: str = ""
    strong_model: str = ""
    embedding_model: str = ""
    local: bool = False
    price_in: int = 0
    price_out: int = 0
