"""Plugins: what loads, what is dropped and named, and that listing imports nothing."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pluggy
import pytest

from mailhelper_core import MailHelper, Settings, hookspecs
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import Classifier, Condition, Registry, SourceType
from mailhelper_core.model.rules.criteria import FIELDS
from mailhelper_core.plugins import collect
from mailhelper_core.plugins import load as plugins


def plugin(name: str, **hooks: object) -> ModuleType:
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))  # type: ignore[call-overload]
    return module


def classifier(name: str) -> Classifier:
    return Classifier(name, lambda messages: [None] * len(messages))


def load(*modules: object) -> Registry:
    return plugins.load({}, modules, allowed=())


def problems(registry: Registry) -> list[str]:
    return [problem for info in registry.plugins for problem in info.problems]


def test_a_plugin_contributes_by_name() -> None:
    registry = load(plugin("shop", register_classifiers=lambda: [classifier("totals")]))

    assert registry.classifiers["totals"].plugin == "shop"
    assert registry.plugins[0].provides == ("classifiers:totals",)
    assert problems(registry) == []


def test_a_taken_name_drops_the_later_one_and_says_whose_it_is() -> None:
    first = plugin("first", register_classifiers=lambda: [classifier("totals")])
    second = plugin("second", register_classifiers=lambda: [classifier("totals"), classifier("mine")])

    registry = load(first, second)

    assert registry.classifiers["totals"].plugin == "first"
    assert registry.classifiers["mine"].plugin == "second"
    assert problems(registry) == ["'totals' of its classifiers is already registered by first"]


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_field_of_queries_is_taken(name: str) -> None:
    registry = load(plugin("shop", register_conditions=lambda: [Condition(name, lambda m, a: True)]))

    assert name not in registry.conditions
    assert problems(registry) == [f"{name!r} of its conditions is already a field of queries"]


@pytest.mark.parametrize("name", ["owner", "extract"])
def test_no_classifier_speaks_in_the_name_of_the_owner(name: str) -> None:
    registry = load(plugin("shop", register_classifiers=lambda: [classifier(name), classifier("mine")]))

    assert list(registry.classifiers) == ["mine"]
    assert problems(registry) == [f"{name!r} of its classifiers is already what stands beside others' opinions"]


@pytest.mark.parametrize(
    ("hook", "problem"),
    [
        (lambda: 1 / 0, "register_conditions raised ZeroDivisionError"),
        (lambda: sys.exit(1), "register_conditions raised SystemExit"),
        (lambda: None, "register_conditions answered NoneType instead of a list"),
        (lambda: ["x"], "str among its conditions is not a Condition"),
        (lambda: [Condition("Bad Name", lambda m, a: True)], "'Bad Name' is no name for one of its conditions"),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_load(hook: object, problem: str) -> None:
    good = plugin("good", register_classifiers=lambda: [classifier("totals")])

    registry = load(plugin("bad", register_conditions=hook), good)

    assert "totals" in registry.classifiers
    assert len(problems(registry)) == 1
    assert problems(registry)[0].startswith(problem)


def test_a_misspelt_hook_is_reported() -> None:
    registry = load(plugin("shop", register_clasifiers=lambda: []))

    assert "register_clasifiers" in problems(registry)[0]
    assert problems(registry)[0].endswith("; did you mean register_classifiers?")


def test_a_hook_that_is_like_none_is_reported_as_it_is() -> None:
    registry = load(plugin("shop", sell_everything=lambda: []))

    assert problems(registry)[0].startswith("does not fit the hooks: unknown hook 'sell_everything'")
    assert "did you mean" not in problems(registry)[0]


def test_a_plugin_that_cannot_be_imported_is_listed_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("broken", "no_such_module_here", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])

    registry = plugins.load({})

    assert registry.plugins[0].problems == ("cannot be imported: there is no module 'no_such_module_here'",)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_package_here", "there is no module 'no_such_package_here'"),
        ("import json.nothing", "there is no module 'json.nothing'"),
        ("1 / 0", "ZeroDivisionError at broken_shop.py:1"),
        ("x = 1\ndef f(:\n    pass", "SyntaxError at broken_shop.py:2"),
        ("raise ImportError('the password is secret')", "ImportError at broken_shop.py:1"),
    ],
)
def test_what_is_missing_for_an_import_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    (tmp_path / "broken_shop.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_shop", raising=False)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [EntryPoint("shop", "broken_shop", plugins.GROUP)])

    assert problems(plugins.load({})) == [f"cannot be imported: {said}"]


def test_listing_imports_no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SimpleNamespace(
        name="shop", dist=SimpleNamespace(version="2.1", metadata={"Summary": "Shops"})
    )  # has no load()
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])

    assert [(info.name, info.version, info.summary) for info in plugins.installed_plugins()] == [
        ("shop", "2.1", "Shops")
    ]


def test_a_plugin_without_a_summary_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SimpleNamespace(name="shop", dist=SimpleNamespace(version="2.1", metadata={}))
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])

    assert [(info.name, info.summary) for info in plugins.installed_plugins()] == [("shop", "")]


def test_only_allowed_plugins_load(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint(name, "json", plugins.GROUP) for name in ("one", "two")]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points)

    registry = plugins.load({}, allowed=("two",))

    assert [info.name for info in registry.plugins] == ["two"]


def test_the_fingerprint_tells_plugin_sets_apart() -> None:
    one = load(plugin("shop", register_classifiers=lambda: [classifier("totals")]))
    two = load(plugin("shop", register_classifiers=lambda: [classifier("other")]))

    assert plugins.fingerprint(one) != plugins.fingerprint(two)
    assert plugins.fingerprint(one) == plugins.fingerprint(one)


def test_a_plugin_of_a_later_contract_is_left_out_and_named() -> None:
    later = plugin("later", register_classifiers=lambda: [classifier("totals")])
    later.MAILHELPER_CONTRACT = hookspecs.CONTRACT + 1  # type: ignore[attr-defined]

    registry = load(later)

    assert registry.classifiers == {}
    assert problems(registry) == [
        f"is written for contract {hookspecs.CONTRACT + 1}; this program speaks {hookspecs.CONTRACT}"
    ]


def test_a_hook_that_will_go_warns_and_names_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    old = ModuleType("hookspecs")
    vars(old).update(vars(hookspecs))

    def register_old() -> list[object]:
        return []

    old.register_old = pluggy.HookspecMarker(hookspecs.PROJECT)(  # type: ignore[attr-defined]
        register_old, warn_on_impl=DeprecationWarning("register_old will go; write register_conditions")
    )
    monkeypatch.setattr(collect, "hookspecs", old)

    with pytest.warns(DeprecationWarning, match="plugin shop: register_old will go"):
        registry = load(plugin("shop", register_old=lambda: []))

    assert registry.plugins[0].warnings == ("register_old will go; write register_conditions",)
    assert problems(registry) == []


class Leaving(BaseException):
    """What no plugin should raise."""


def leave() -> list[object]:
    raise Leaving


def test_whatever_a_hook_raises_is_named() -> None:
    registry = load(plugin("bad", register_conditions=leave), plugin("good", register_classifiers=lambda: []))

    line = leave.__code__.co_firstlineno + 1
    assert problems(registry) == [f"register_conditions raised Leaving at test_plugins.py:{line}"]


class Moody:
    """Answers for its name by raising."""

    @property
    def name(self) -> str:
        raise RuntimeError("secret")


class MoodyClassifier(Moody, Classifier):
    """A provider of that kind."""

    def __init__(self) -> None: ...


@pytest.mark.parametrize("provider", [Moody(), MoodyClassifier()])
def test_a_provider_that_raises_when_it_is_asked_for_its_name_costs_nothing_else(provider: object) -> None:
    registry = load(
        plugin("bad", register_classifiers=lambda: [provider, classifier("mine")]),
        plugin("good", register_classifiers=lambda: [classifier("totals")]),
    )

    assert list(registry.classifiers) == ["mine", "totals"]
    assert len(problems(registry)) == 1
    assert "secret" not in problems(registry)[0]


def test_a_module_that_raises_for_names_that_it_does_not_have_is_a_plugin() -> None:
    def answer(name: str) -> object:
        raise KeyError(name)  # where AttributeError is meant

    lazy = plugin("lazy", register_classifiers=lambda: [classifier("totals")])
    vars(lazy)["__getattr__"] = answer

    registry = load(lazy)

    assert (list(registry.classifiers), problems(registry)) == (["totals"], [])


def test_a_scheme_that_somebody_opens_already_drops_the_later_one_and_says_whose_it_is() -> None:
    def sources(name: str, *schemes: str) -> object:
        return plugin(name, register_sources=lambda: [SourceType(f"{name}-mail", schemes, print)])

    registry = load(sources("first", "eml", "emls"), sources("second", "imap", "emls"), sources("third", "imap"))

    assert list(registry.sources) == ["first-mail", "third-mail"]
    assert problems(registry) == [
        "'second-mail' of its sources is left out: the scheme 'emls' is opened by 'first-mail' of first already"
    ]


def test_of_two_installed_plugins_of_one_name_the_later_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("shop", value, plugins.GROUP) for value in ("json", "this_is_never_imported")]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points)

    found = plugins.load({}).plugins

    assert [one.name for one in found] == ["shop", "shop"]
    assert found[1].problems == ("is left out: the distribution json has a plugin of this name, too",)


def test_what_always_loads_is_known_without_importing_it() -> None:
    with MailHelper(Settings("sqlite:///never-opened.db", plugins=())) as helper:
        built_in = {one.name for one in helper.plugins if one.built_in}

    assert built_in == plugins.BUILT_IN_PLUGINS
