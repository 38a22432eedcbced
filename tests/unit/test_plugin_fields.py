"""Every field of every kind of provider is looked at when a plugin loads; a wrong one costs that provider alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial, wraps
from typing import Any

import pytest
from sqlalchemy import MetaData

from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.ai.recognizer import Recognizer
from mailhelper_core.model.extension import ActionType, Classifier, Condition, ReadyRule, SourceType, TagSuggester
from mailhelper_core.model.mail.contents import BlobStoreType
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.setting import Setting
from mailhelper_core.model.source.token import TokenProvider
from mailhelper_core.plugins.collect import PROVIDERS_OF
from mailhelper_core.plugins.fields import FIELDS
from tests.unit.test_plugins import load, plugin, problems

HOOK_OF = {kind: hook for hook, (_, kind) in PROVIDERS_OF.items()}
ATTRIBUTE_OF = {kind: attribute for attribute, kind in PROVIDERS_OF.values()}
# What a plugin writes, with everything that has no default.
SOUND: Mapping[type, dict[str, Any]] = {
    SourceType: {"schemes": ("shop",), "connect": print},
    Classifier: {"classify": print},
    TagSuggester: {"suggest": print},
    Condition: {"matches": print},
    ActionType: {"plan": print},
    ReadyRule: {"help": "Bills", "rule": Rule("bills", when="invoice", then=["keep"])},
    TokenProvider: {"token": print},
    Provider: {"complete": print},
    Embedder: {"embed": print, "dimension": 2},
    Recognizer: {"find": print},
    BlobStoreType: {"schemes": ("shop",), "open": print},
    Setting: {},
    PluginTables: {"metadata": MetaData(), "migrations": "shop:versions"},
}


async def late(first: object, second: object = None) -> None:
    """Not how mailhelper calls."""


# What each kind of value is mistaken for; a function of nothing at all takes too little everywhere but once.
NO_FUNCTION = (None, "print", late, lambda: None, lambda a, b, c, d: None)
NEITHER = ("print", 7, *NO_FUNCTION[2:])
NO_TEXT, NO_FLAG, NO_NAMES = (None, 7), (None, "yes", 1), ("eml", None, (1, 2), 7)
NO_AMOUNT = (None, "3", 2.5, -1, True)
WRONG: Mapping[type, Mapping[str, tuple[Any, ...]]] = {
    SourceType: {
        "schemes": (*NO_NAMES, (), ("EML",), ("e:ml",)), "connect": NO_FUNCTION, "needs_secret": NO_FLAG,
    },
    Classifier: {
        "classify": NO_FUNCTION, "kinds": (*NO_NAMES, (), ("",), {"urgency"}), "labels": (*NO_NAMES, ("",), ("a\0",)),
        "version": (*NO_TEXT, "1" * 5000), "cost": ("cheap", None, ["cpu"]), "train": NEITHER,
        "reliability": (-0.1, 1.1, True, "0.5", float("nan")),
    },
    TagSuggester: {"suggest": NO_FUNCTION, "version": NO_TEXT, "cost": ("cheap", None, ["cpu"])},
    Condition: {"matches": NO_FUNCTION, "argument": NO_FUNCTION, "narrows": NEITHER, "help": NO_TEXT},
    ActionType: {
        "plan": NO_FUNCTION, "argument": NO_FUNCTION, "deliver": NEITHER, "undo": NEITHER, "help": NO_TEXT,
        "max_characters": NO_AMOUNT,
    },
    ReadyRule: {"help": NO_TEXT, "rule": (None, "is:unread")},
    TokenProvider: {"token": NO_FUNCTION, "mechanism": ("basic", None)},
    Provider: {
        "complete": NO_FUNCTION, "embed": NEITHER, "models": (("fast",), 7, late, lambda a: a), "model": NO_TEXT,
        "strong_model": NO_TEXT, "embedding_model": NO_TEXT, "local": NO_FLAG, "price_in": NO_AMOUNT,
        "price_out": NO_AMOUNT,
    },
    Embedder: {"embed": NO_FUNCTION, "dimension": (*NO_AMOUNT, 0), "version": NO_TEXT, "fit": NEITHER},
    Recognizer: {"find": NO_FUNCTION, "strict": NO_FLAG},
    BlobStoreType: {"schemes": ("abc", None, ()), "open": NO_FUNCTION},
    Setting: {"parse": NO_FUNCTION, "help": NO_TEXT, "secret": NO_FLAG},
    PluginTables: {"metadata": (None, "nope", MetaData), "migrations": (None, "", 7)},
}  # fmt: skip
CASES = [
    pytest.param(kind, field, value, id=f"{kind.__name__}-{field}-{value!r:.12}")
    for kind, wrong in WRONG.items()
    for field, values in wrong.items()
    for value in values
]


def provider(kind: type, name: str, **changed: Any) -> Any:
    return kind(name, **SOUND[kind] | changed)


@pytest.mark.parametrize("kind", HOOK_OF)
def test_every_field_of_a_kind_is_looked_at(kind: type) -> None:
    names = {field.name for field in fields(kind)} - {"name"}

    assert FIELDS[kind].keys() == names
    assert WRONG[kind].keys() == names - {"default"}  # of a setting, which may be anything


@pytest.mark.parametrize("kind", HOOK_OF)
def test_what_is_written_as_the_page_says_has_no_problem(kind: type) -> None:
    registry = load(plugin("shop", **{HOOK_OF[kind]: lambda: [provider(kind, "sound")]}))

    assert problems(registry) == []
    assert registry.plugins[0].provides == (f"{ATTRIBUTE_OF[kind]}:sound",)


@pytest.mark.parametrize(("kind", "field", "value"), CASES)
def test_a_wrong_field_is_named_and_costs_that_provider_alone(kind: type, field: str, value: Any) -> None:
    both = lambda: [provider(kind, "wrong", **{field: value}), provider(kind, "sound")]  # noqa: E731

    registry = load(plugin("shop", **{HOOK_OF[kind]: both}))

    (problem,) = problems(registry)
    assert problem.startswith(f"'wrong' of its {ATTRIBUTE_OF[kind]} is left out: {field} must be ")
    assert registry.plugins[0].provides == (f"{ATTRIBUTE_OF[kind]}:sound",)


@pytest.mark.parametrize(
    ("matches", "came"),
    [
        (lambda message: True, "one of (message)"),
        (lambda message, argument, context, more: True, "one of (message, argument, context, more)"),
        (late, "an async one"),
        ("always", "'always'"),
    ],
)
def test_the_arguments_of_a_function_are_said_beside_those_it_takes(matches: Any, came: str) -> None:
    found = problems(load(plugin("shop", register_conditions=lambda: [Condition("long", matches)])))

    wanted = "a function of (message, argument) or (message, argument, context)"
    assert found == [f"'long' of its conditions is left out: matches must be {wanted}, not {came}"]


def with_a_service(function: Any) -> Any:
    @wraps(function)
    def called(*given: Any) -> Any:
        return function(*given, "service")

    return called


@pytest.mark.parametrize(
    "matches",
    [
        lambda message, argument: True,
        lambda message, argument, context: True,
        lambda message, argument, known=(): True,
        lambda message, *more: True,
        partial(lambda words, message, argument: True, ("lunch",)),
        with_a_service(lambda message, argument, context, service: True),
        str.startswith,
    ],
)
def test_what_can_be_called_has_no_problem(matches: Any) -> None:
    assert problems(load(plugin("shop", register_conditions=lambda: [Condition("long", matches)]))) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Classifier("a", print, cost="cheap"), "cost must be 'cpu' or 'network' or 'llm', not 'cheap'"),  # type: ignore[arg-type]
        (Classifier("a", print, kinds="urgency"), "kinds must be a tuple of at least one text, such as"),  # type: ignore[arg-type]
        (Classifier("a", print, labels=(1, 2)), 'a tuple of texts, such as ("invoice",), not (1, 2)'),  # type: ignore[arg-type]
        (Classifier("a", print, version=object()), "version must be a text of at most 100 characters, not object"),  # type: ignore[arg-type]
        (Classifier("a", print, reliability=1.5), "reliability must be a number from 0 to 1, or None, not 1.5"),
        (Classifier("a", print, reliability=float("nan")), "must be a number from 0 to 1, or None, not nan"),
        (Classifier("a", print, reliability="high"), "reliability must be a number from 0 to 1, or None, not 'high'"),  # type: ignore[arg-type]
        (Classifier("a", print, reliability=True), "reliability must be a number from 0 to 1, or None, not True"),
    ],
)  # fmt: skip
def test_what_is_wanted_is_said_beside_what_came(wrong: Classifier, said: str) -> None:
    found = problems(load(plugin("shop", register_classifiers=lambda: [wrong])))

    assert said in found[0]


def test_each_wrong_field_of_a_provider_is_named() -> None:
    wrong = Classifier("a", None, kinds=None, labels=None)  # type: ignore[arg-type]

    found = problems(load(plugin("shop", register_classifiers=lambda: [wrong])))

    assert [one.partition("left out: ")[2].split()[0] for one in found] == ["classify", "kinds", "labels"]


class Moody(Classifier):
    """A classifier that fails where its cost is read."""

    def __getattribute__(self, name: str) -> Any:
        if name == "cost":
            raise RuntimeError("secret")
        return super().__getattribute__(name)


def test_a_field_that_raises_is_named_by_its_kind_alone() -> None:
    found = problems(load(plugin("shop", register_classifiers=lambda: [Moody("moody", print)])))

    assert found == ["'moody' of its classifiers is left out: cost raised RuntimeError"]


def test_a_name_that_is_too_long_is_refused() -> None:
    found = problems(load(plugin("shop", register_classifiers=lambda: [Classifier("a" * 5000, print)])))

    assert len(found) == 1
    assert "at most 100 characters" in found[0]
    assert len(found[0]) < 200
