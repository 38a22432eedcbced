"""Ollama's own protocol, with nothing but the standard library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.ai.providers.http import check_url, exchange_json, is_local
from mailhelper_core.ai.providers.shape import count_of, entries_of, text_of, vectors_of, wrong
from mailhelper_core.model.ai.provider import (
    Completion,
    CompletionRequest,
    EmbeddingAnswer,
    EmbeddingRequest,
    ModelInfo,
    Provider,
)

DEFAULT_URL = "http://127.0.0.1:11434"
# Of the families that only make vectors, as Ollama names them.
_EMBEDDING_FAMILIES = ("bert", "nomic-bert")
_LIST_SECONDS = 10.0


def ollama_provider(
    name: str = "ollama",
    url: str = DEFAULT_URL,
    *,
    model: str,
    strong_model: str = "",
    embedding_model: str = "",
    insecure: bool = False,
) -> Provider:
    """Make a provider of an Ollama server; it costs no money. Raises ConfigError for a URL that cannot work."""
    service = _Ollama(check_url(url, insecure=insecure), model, embedding_model)
    return Provider(
        name, service.complete, service.embed if embedding_model else None, service.models, model=model,
        strong_model=strong_model, embedding_model=embedding_model, local=is_local(url),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ollama:
    url: str
    model: str
    embedding_model: str

    def complete(self, request: CompletionRequest) -> Completion:
        messages = [{"role": "system", "content": request.instructions}, {"role": "user", "content": request.text}]
        data: dict[str, object] = {
            "model": request.model or self.model, "messages": messages, "stream": False,
            "options": {"temperature": 0, "num_predict": request.max_tokens},
        }  # fmt: skip
        if request.schema is not None:
            data["format"] = request.schema
        answer = exchange_json("POST", f"{self.url}/api/chat", headers={}, data=data, seconds=request.timeout_seconds)
        message = answer.get("message")
        if not isinstance(message, Mapping):
            raise wrong("message")
        return Completion(
            text_of(message.get("content"), "content"), str(answer.get("model", "")),
            count_of(answer.get("prompt_eval_count")), count_of(answer.get("eval_count")),
        )  # fmt: skip

    def embed(self, request: EmbeddingRequest) -> EmbeddingAnswer:
        data = {"model": request.model or self.embedding_model, "input": list(request.texts)}
        answer = exchange_json("POST", f"{self.url}/api/embed", headers={}, data=data, seconds=request.timeout_seconds)
        vectors = vectors_of(answer.get("embeddings"), len(request.texts))
        return EmbeddingAnswer(vectors, str(answer.get("model", "")), count_of(answer.get("prompt_eval_count")))

    def models(self) -> Sequence[ModelInfo]:
        answer = exchange_json("GET", f"{self.url}/api/tags", headers={}, seconds=_LIST_SECONDS)
        return [
            ModelInfo(text_of(one.get("name"), "name"), embeds=_family(one) in _EMBEDDING_FAMILIES)
            for one in entries_of(answer.get("models"), "models")
        ]


def _family(model: Mapping[str, object]) -> str:
    details = model.get("details")
    return str(details.get("family", "")) if isinstance(details, Mapping) else ""
