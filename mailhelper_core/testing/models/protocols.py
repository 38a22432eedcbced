"""What a model service's answers look like in each protocol: OpenAI's, Ollama's, Anthropic's; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

Json = dict[str, Any]

DIMENSION = 16
MODELS = ("fast-model", "strong-model", "embed-model")


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks, whatever its protocol."""

    path: str  # of the URL
    model: str  # that is asked
    instructions: str  # the program's own words
    text: str  # the mail
    texts: tuple[str, ...] = ()  # those that are to become vectors


def read_question(path: str, data: Mapping[str, Any]) -> Question:
    """Answer what a request asks."""
    model = str(data.get("model", ""))
    if path.endswith(("/embeddings", "/api/embed")):
        given = data.get("input", [])
        return Question(path, model, "", "", tuple([given] if isinstance(given, str) else given))
    messages = data.get("messages", [])
    said = {str(one.get("role")): str(one.get("content")) for one in messages}
    return Question(path, model, str(data.get("system", said.get("system", ""))), said.get("user", ""))


def completion(question: Question, text: str) -> Json:
    """Answer a text in the protocol of the question."""
    tokens = (len(question.instructions + question.text) // 4 + 1, len(text) // 4 + 1)
    if question.path.endswith("/api/chat"):
        message = {"role": "assistant", "content": text}
        counts = {"prompt_eval_count": tokens[0], "eval_count": tokens[1]}
        return {"model": question.model, "message": message, "done": True, **counts}
    if question.path.endswith("/messages"):
        used = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
        shared = {"id": "msg_1", "type": "message", "role": "assistant", "model": question.model}
        return {**shared, "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "usage": used}
    choice: Json = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    about: Json = {"id": "chat-1", "object": "chat.completion", "created": 0, "model": question.model}
    return {**about, "choices": [choice], "usage": usage}


def vectors(question: Question, dimension: int) -> Json:
    """Answer a vector for each text: equal texts have equal ones."""
    made = [vector(text, dimension) for text in question.texts]
    tokens = sum(map(len, question.texts)) // 4 + 1
    if question.path.endswith("/api/embed"):
        return {"model": question.model, "embeddings": made, "prompt_eval_count": tokens}
    data = [{"object": "embedding", "index": number, "embedding": one} for number, one in enumerate(made)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": question.model, "usage": usage}


def models(path: str) -> Json:
    """Answer the list of models."""
    if path.endswith("/api/tags"):
        family = {name: {"family": "bert" if "embed" in name else "llama"} for name in MODELS}
        return {"models": [{"name": name, "details": family[name]} for name in MODELS]}
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in MODELS]
    if "anthropic" in path:
        data = []
    return {"object": "list", "data": data, "has_more": False}


def vector(text: str, dimension: int) -> Sequence[float]:
    """Answer numbers from -1 to 1 that depend on the words of a text."""
    sums = [0.0] * dimension
    for word in text.lower().split():
        digest = blake2b(word.encode(), digest_size=dimension).digest()
        sums = [total + (octet - 127.5) / 127.5 for total, octet in zip(sums, digest, strict=True)]
    return sums
