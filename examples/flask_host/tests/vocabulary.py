"""All that the engine says about a message, read from its sources: no text of its own can be forgotten here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import product
from types import ModuleType

from mailhelper_core.ai import tokens
from mailhelper_core.process.heuristics import category, facts, history, priority, reply, shape, spam, topics, traits
from mailhelper_core.process.reading.cues import CUES, KNOWN_DOMAINS
from mailhelper_core.process.reading.reading import read

WEIGHTS = (*category.WEIGHTS.values(), priority.URGENCY, priority.IMPORTANCE, spam.WEIGHTS, reply.WEIGHTS)
# Marks of tokens whose content is a fact or another plain text, told without words around it.
PLAIN = ("is", "fact")


def plain_facts() -> set[str]:
    """Answer the facts that are tested for, and those that are told where recipients and deadlines are looked at."""
    made = {*shape.FACTS, *history.FACTS, *(trait.name for trait in traits.TRAITS)}
    return {name for name, _ in facts._TESTS} | made | set(_yielded(facts, "_facts")) | _weighed()


def cue_facts() -> set[str]:
    """Answer the facts of every cue, wherever it stands, and of every company that is known."""
    zones = _zones()
    found = {f"{zone}: {much}{group}" for zone, much, group in product(zones, ("", "much "), CUES)}
    return found | {f"known domain: {group}" for group in KNOWN_DOMAINS.values()}


def topic_facts() -> set[str]:
    """Answer the facts of every kind of mail that one can be about."""
    return {f"{zone}: {much}{kind}" for zone, much, kind in product(("topic", "mainly"), ("", "much "), topics.KINDS)}


def shapes_of_facts() -> set[str]:
    """Answer the facts that are made of parts, with a star for each part."""
    return {_shape(one) for one in _nodes(facts, "_facts") if isinstance(one, ast.JoinedStr)} | {
        _shape(one) for one in ast.walk(_tree(facts.facts_of)) if isinstance(one, ast.JoinedStr)
    }


def told_otherwise() -> set[str]:
    """Answer what the judges say where no fact speaks for their answer."""
    calls = [one for one in ast.walk(_tree(priority)) if isinstance(one, ast.Call)]
    given = [word.value for call in calls for word in call.keywords if word.arg == "otherwise"]
    return {one.value for one in given if isinstance(one, ast.Constant)}


def learned_phrases() -> dict[str, str]:
    """Answer a phrase for each mark of a token that is told to a person, and the plain ones by their own text."""
    told = {mark: tokens.phrase(f"{mark}:invoice") for mark in tokens.PHRASES if mark not in PLAIN}
    found = {mark: text for mark, text in told.items() if text}
    found["a header"] = tokens.phrase("x-mailer:invoice")
    return found | {f"is:{name}": tokens.phrase(f"is:{name}") for name in _plain_tokens()}


def _zones() -> list[str]:
    keys = [key for one in ast.walk(_tree(read)) if isinstance(one, ast.Dict) for key in one.keys]
    return [key.value for key in keys if isinstance(key, ast.Constant)]


def _weighed() -> set[str]:
    """Answer the facts that weigh in a judgement and are no cue."""
    return {fact for weights in WEIGHTS for fact in weights if ": " not in fact}


def _plain_tokens() -> set[str]:
    constants = [one.value for one in ast.walk(_tree(tokens)) if isinstance(one, ast.Constant)]
    written = {text.removeprefix("is:") for text in constants if isinstance(text, str) and text.startswith("is:")}
    pairs = [one.elts for one in ast.walk(_tree(tokens._facts)) if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    named = {pair[1].value for pair in pairs if isinstance(pair[1], ast.Constant) and isinstance(pair[1].value, str)}
    return (written | named) - {""}


def _yielded(module: ModuleType, ending: str) -> Iterator[str]:
    for one in _nodes(module, ending):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _nodes(module: ModuleType, ending: str) -> Iterator[ast.expr]:
    """Yield what functions yield whose name ends so; both sides of a condition, not the condition."""
    functions = [
        one for one in ast.walk(_tree(module)) if isinstance(one, ast.FunctionDef) and one.name.endswith(ending)
    ]
    for function in functions:
        for one in ast.walk(function):
            if isinstance(one, ast.Yield) and one.value is not None:
                yield from _answers(one.value)


def _answers(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _answers(value.body)
        yield from _answers(value.orelse)
    else:
        yield value


def _shape(text: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in text.values)


def _tree(of: ModuleType | Callable[..., object]) -> ast.Module:
    return ast.parse(inspect.getsource(of))
