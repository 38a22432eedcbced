"""What was forgotten about a plugin is said: the mark of its functions, or that it is to be an object."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mailhelper_core import ConfigError, MailHelper, hookimpl
from mailhelper_core.model.extension import Classifier
from mailhelper_core.plugins import load as plugins
from mailhelper_core.plugins.marks import NOTHING
from tests.unit.test_plugins import load, plugin, problems

URL = "sqlite:///never-opened.db"


def register_classifiers() -> list[Classifier]:
    return [Classifier("totals", print)]


class Shop:
    """A plugin as a class."""

    @hookimpl
    def register_classifiers(self) -> list[Classifier]:
        return register_classifiers()


class Still:
    """A plugin whose class does for itself."""

    @staticmethod
    @hookimpl
    def register_classifiers() -> list[Classifier]:
        return register_classifiers()


def unmarked(**functions: Any) -> ModuleType:
    module = ModuleType("shop")
    vars(module).update(functions)
    return module


def test_a_function_that_is_named_like_a_hook_and_not_marked_is_named() -> None:
    registry = load(unmarked(register_classifiers=register_classifiers))

    assert registry.classifiers == {}
    assert problems(registry) == ["register_classifiers is not marked @hookimpl, so that nobody calls it"]


def test_so_is_one_beside_others_that_are_marked() -> None:
    shop = plugin("shop", register_conditions=lambda: [])
    vars(shop)["register_classifiers"] = register_classifiers

    assert problems(load(shop)) == ["register_classifiers is not marked @hookimpl, so that nobody calls it"]


def test_so_is_one_that_would_be_told_what_happened() -> None:
    def message_stored(stored: object) -> None: ...

    assert problems(load(unmarked(message_stored=message_stored)))[0].startswith("message_stored is not marked")


def test_a_function_with_other_arguments_is_something_else() -> None:
    def metric(name: str, value: float) -> None: ...

    shop = plugin("shop", register_conditions=lambda: [])
    vars(shop)["metric"] = metric

    assert problems(load(shop)) == []


@pytest.mark.parametrize("empty", [unmarked(), unmarked(helper=print), SimpleNamespace()])
def test_a_plugin_that_implements_no_hook_is_named(empty: object) -> None:
    assert problems(load(empty)) == [NOTHING]


def test_a_plugin_that_has_nothing_to_give_today_is_none_of_these() -> None:
    assert problems(load(plugin("shop", register_providers=lambda: []))) == []


class Odd(Shop):
    """A plugin with a property that raises; pluggy asks it below 1.7."""

    @property
    def register_conditions(self) -> object:
        raise RuntimeError("secret")


class Hidden(Shop):
    """A plugin that does not say what it has."""

    def __dir__(self) -> list[str]:
        raise RuntimeError("secret")


def test_a_property_that_raises_costs_nothing_else() -> None:
    registry = load(Odd())

    assert "totals" in registry.classifiers
    assert "secret" not in repr(problems(registry))


def test_a_plugin_that_fails_to_be_looked_at_is_named() -> None:
    registry = load(Hidden(), plugin("good", register_classifiers=register_classifiers))

    assert problems(registry) == ["cannot be looked at: it raised RuntimeError"]
    assert registry.classifiers["totals"].plugin == "good"


@pytest.mark.parametrize("given", ["x", None, 3, [Shop()], register_classifiers, print])
def test_what_is_no_plugin_is_refused(given: object) -> None:
    with pytest.raises(ConfigError, match=r"plugins: number 2 is .* no plugin; give a list of modules or objects"):
        MailHelper(URL, plugins=[Shop(), given])


@pytest.mark.parametrize(
    ("given", "said"), [(plugin("shop"), "a module"), ("shop", "a str"), (None, "None"), (Shop(), "a Shop")]
)
def test_what_is_no_list_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=rf"plugins: give a list of .*, not {said}"):
        MailHelper(URL, plugins=given)


def test_a_class_is_refused_and_an_instance_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"is the class Shop: pass an instance, Shop\(\)"):
        MailHelper(URL, plugins=[Shop])


def test_a_class_that_an_entry_point_names_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("shop", f"{__name__}:Shop", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])

    assert problems(plugins.load({})) == ["is the class Shop: pass an instance, Shop()"]


def test_a_class_that_needs_no_instance_is_a_plugin() -> None:
    registry = load(Still)

    assert problems(registry) == []
    assert "totals" in registry.classifiers
