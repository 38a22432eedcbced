"""A model's answer becomes data: JSON is found in whatever stands around it, and checked against its schema; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Data = dict[str, object]

# Answers are a few hundred tokens; what is longer is broken.
MAX_CHARACTERS = 100_000
# Places where an object may begin; a text full of braces is no answer.
_MAX_BEGINNINGS = 50
_THOUGHT = re.compile(r"<(/?)(think|thinking|reasoning)>", re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am)? (?:sorry|cannot|can't|unable|not able)|as an ai|es tut mir leid"
    r"|ich kann (?:das|dabei|hier) nicht)\b",
    re.IGNORECASE,
)


class AnswerError(ValueError):
    """This is not the JSON that was asked for."""


def read_answer(text: str, schema: Mapping[str, object]) -> Data:
    """Answer the first JSON object that meets the schema.

    Raises AnswerError with what is wrong in words that quote nothing of the answer.
    """
    if len(text) > MAX_CHARACTERS:
        raise AnswerError("The answer is far too long.")
    problem = "The answer holds no JSON object."
    for found in _objects(_without_thoughts(text)):
        problem = mismatch(found, schema)
        if not problem:
            return found
    raise AnswerError(problem)


def is_refusal(text: str) -> bool:
    """Say whether the model declined instead of answering."""
    return "{" not in text and _REFUSAL.search(text[:400]) is not None


def mismatch(value: object, schema: Mapping[str, object], name: str = "answer") -> str:
    """Answer how a value differs from a JSON Schema (the part of it that our prompts use); empty when it does not."""
    if "enum" in schema:
        allowed = schema["enum"]
        fits = isinstance(allowed, Sequence) and any(value == one and type(value) is type(one) for one in allowed)
        return "" if fits else f"{name} must be one of {allowed}."
    match schema.get("type"):
        case "object":
            return _object_mismatch(value, schema, name)
        case "string":
            return _string_mismatch(value, schema, name)
        case "number":
            return _number_mismatch(value, schema, name)
    return ""


def _object_mismatch(value: object, schema: Mapping[str, object], name: str) -> str:
    if not isinstance(value, dict):
        return f"{name} must be an object."
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    if not isinstance(properties, Mapping) or not isinstance(required, Sequence):
        return ""
    missing = [key for key in required if key not in value]
    if missing:
        return f"{name} lacks {', '.join(missing)}."
    for key, wanted in properties.items():
        if key in value and (problem := mismatch(value[key], wanted, key)):
            return problem
    return ""


def _string_mismatch(value: object, schema: Mapping[str, object], name: str) -> str:
    low, high = schema.get("minLength", 0), schema.get("maxLength", MAX_CHARACTERS)
    if isinstance(value, str) and isinstance(low, int) and isinstance(high, int) and low <= len(value.strip()) <= high:
        return ""
    return f"{name} must be a text of {low} to {high} characters."


def _number_mismatch(value: object, schema: Mapping[str, object], name: str) -> str:
    low, high = _number(schema.get("minimum", 0)), _number(schema.get("maximum", 1))
    number = _number(value)
    if number is not None and low is not None and high is not None and low <= number <= high:
        return ""
    return f"{name} must be a number from {low} to {high}."


def _number(value: object) -> float | None:
    # As it is: a whole number of 400 digits is no float, and compares with one all the same.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _without_thoughts(text: str) -> str:
    """Answer a text without what stands between a tag of thoughts and its end; one that never ends stays."""
    kept: list[str] = []
    at, begun = 0, None
    for tag in _THOUGHT.finditer(text):  # one look at each: a pattern for both would look for every end anew
        if begun is None and not tag[1]:
            begun = tag
        elif begun is not None and tag[1] and tag[2].lower() == begun[2].lower():
            kept.append(text[at : begun.start()])
            at, begun = tag.end(), None
    return "".join([*kept, text[at:]])


def _objects(text: str) -> Iterator[Data]:
    """Yield the JSON objects of a text: in code fences, after thoughts, with trailing commas."""
    decoder = json.JSONDecoder()
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        for start in [match.start() for match in re.finditer(r"\{", candidate)][:_MAX_BEGINNINGS]:
            try:
                value, _ = decoder.raw_decode(candidate, start)
            except (ValueError, RecursionError):  # a number of more than 4,300 digits is a ValueError of its own
                continue
            if isinstance(value, dict):
                yield value
