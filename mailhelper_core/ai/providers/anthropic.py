"""Anthropic's API, by the `anthropic` client; it makes no vectors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mailhelper_core.ai.providers.http import check_key, check_url
from mailhelper_core.ai.providers.shape import count_of, text_of
from mailhelper_core.ai.providers.transport import http_client, keep_quiet, require, translated
from mailhelper_core.errors import ProviderError
from mailhelper_core.model.ai.provider import Completion, CompletionRequest, ModelInfo, Provider

DEFAULT_URL = "https://api.anthropic.com"
_LIST_SECONDS = 10.0


def anthropic_provider(
    name: str = "anthropic",
    url: str = DEFAULT_URL,
    *,
    key: str,
    model: str,
    strong_model: str = "",
    price_in: int = 0,
    price_out: int = 0,
    insecure: bool = False,
) -> Provider:
    """Make a provider of Anthropic's API (extra `anthropic`); the library loads at the first call.

    Prices: millionths of the host's currency for a million tokens. Raises ConfigError for an odd URL or key.
    """
    service = _Anthropic(check_url(url, insecure=insecure), check_key(key), model)
    return Provider(
        name, service.complete, models=service.models, model=model, strong_model=strong_model, price_in=price_in,
        price_out=price_out,
    )  # fmt: skip


@dataclass(slots=True)
class _Anthropic:
    url: str
    key: str = field(repr=False)
    model: str
    _client: Any = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, request: CompletionRequest) -> Completion:
        client = self._opened()
        with translated(*_errors()):
            answer = client.messages.create(
                model=request.model or self.model, max_tokens=request.max_tokens, system=request.instructions,
                messages=[{"role": "user", "content": request.text}], timeout=request.timeout_seconds,
            )  # fmt: skip
            if answer.stop_reason == "refusal":
                raise ProviderError("The model declined to answer.", code="refused", transient=False)
            text = "".join(text_of(block.text, "text") for block in answer.content if block.type == "text")
            usage = answer.usage
            return Completion(
                text, str(answer.model or ""), count_of(usage.input_tokens), count_of(usage.output_tokens)
            )

    def models(self) -> Sequence[ModelInfo]:
        client = self._opened()
        with translated(*_errors()):
            return [ModelInfo(text_of(one.id, "id")) for one in client.models.list(timeout=_LIST_SECONDS).data]

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                require("anthropic")
                keep_quiet("anthropic")
                self._client = import_module("anthropic").Anthropic(
                    api_key=self.key, base_url=self.url, max_retries=0, http_client=http_client()
                )
            return self._client


def _errors() -> tuple[type[Exception], ...]:
    return import_module("anthropic").AnthropicError, AttributeError, TypeError, IndexError, KeyError, ValueError
