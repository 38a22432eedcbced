"""Every endpoint that speaks OpenAI's protocol (OpenAI, Mistral, vLLM, llama.cpp, Ollama), by the `openai` client."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mailhelper_core.ai.providers.http import check_key, check_url, is_local
from mailhelper_core.ai.providers.shape import count_of, text_of, vectors_of, wrong
from mailhelper_core.ai.providers.transport import http_client, keep_quiet, require, translated
from mailhelper_core.errors import ProviderError
from mailhelper_core.model.ai.provider import (
    Completion,
    CompletionRequest,
    EmbeddingAnswer,
    EmbeddingRequest,
    ModelInfo,
    Provider,
)

DEFAULT_URL = "https://api.openai.com/v1"
_LIST_SECONDS = 10.0


def openai_provider(
    name: str = "openai",
    url: str = DEFAULT_URL,
    *,
    key: str,
    model: str,
    strong_model: str = "",
    embedding_model: str = "",
    price_in: int = 0,
    price_out: int = 0,
    insecure: bool = False,
) -> Provider:
    """Make a provider of an OpenAI-compatible endpoint (extra `openai`); the library loads at the first call.

    Prices: millionths of the host's currency for a million tokens. Raises ConfigError for an odd URL or key.
    """
    service = _OpenAI(check_url(url, insecure=insecure), check_key(key), model, embedding_model)
    return Provider(
        name, service.complete, service.embed if embedding_model else None, service.models, model=model,
        strong_model=strong_model, embedding_model=embedding_model, local=is_local(url),
        price_in=price_in, price_out=price_out,
    )  # fmt: skip


@dataclass(slots=True)
class _OpenAI:
    url: str
    key: str = field(repr=False)
    model: str
    embedding_model: str
    _client: Any = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, request: CompletionRequest) -> Completion:
        # The public service renamed the field; those that copy it keep the old name.
        limit = "max_completion_tokens" if self.url == DEFAULT_URL else "max_tokens"
        options: dict[str, Any] = {limit: request.max_tokens}
        if request.schema is not None:
            options["response_format"] = {"type": "json_object"}
        client = self._opened()
        with translated(*_errors()):
            answer = client.chat.completions.create(
                model=request.model or self.model,
                messages=[
                    {"role": "system", "content": request.instructions},
                    {"role": "user", "content": request.text},
                ],
                timeout=request.timeout_seconds,
                **options,
            )
            choice = answer.choices[0]
            if choice.finish_reason == "content_filter" or choice.message.refusal:
                raise ProviderError("The model declined to answer.", code="refused", transient=False)
            usage = answer.usage
            tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
            return Completion(
                text_of(choice.message.content, "content"), str(answer.model or ""), *map(count_of, tokens)
            )

    def embed(self, request: EmbeddingRequest) -> EmbeddingAnswer:
        client = self._opened()
        with translated(*_errors()):
            answer = client.embeddings.create(
                model=request.model or self.embedding_model, input=list(request.texts), encoding_format="float",
                timeout=request.timeout_seconds,
            )  # fmt: skip
            ordered = sorted(answer.data, key=lambda one: one.index)
            vectors = vectors_of([one.embedding for one in ordered], len(request.texts))
            return EmbeddingAnswer(
                vectors, str(answer.model or ""), count_of(getattr(answer.usage, "prompt_tokens", 0))
            )

    def models(self) -> Sequence[ModelInfo]:
        client = self._opened()
        with translated(*_errors()):
            found = [one.id for one in client.models.list(timeout=_LIST_SECONDS).data]
        if not all(isinstance(one, str) for one in found):
            raise wrong("models")
        return [ModelInfo(one, embeds="embed" in one) for one in sorted(found)]

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                require("openai")
                keep_quiet("openai")
                self._client = import_module("openai").OpenAI(
                    api_key=self.key or "none", base_url=self.url, max_retries=0, http_client=http_client()
                )
            return self._client


def _errors() -> tuple[type[Exception], ...]:
    return import_module("openai").OpenAIError, AttributeError, TypeError, IndexError, KeyError, ValueError
