"""Does a plugin as a whole keep the contract? It is loaded, its providers are checked, and it makes a journey."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mailhelper_core.model.extension import Classifier, Context, ContextOf, Registry, TagSuggester
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.report import RunReport
from mailhelper_core.plugins.marks import name_of
from mailhelper_core.query.write import write_test
from mailhelper_core.testing.conformance.minds import check_embedder, check_recognizer
from mailhelper_core.testing.conformance.observers import observers_keep
from mailhelper_core.testing.conformance.opinions import classifier_keeps, suggester_keeps
from mailhelper_core.testing.conformance.patience import Patience, patiently
from mailhelper_core.testing.conformance.rules import action_keeps, condition_keeps, refuses
from mailhelper_core.testing.conformance.tables import check_made
from mailhelper_core.testing.environment import Environment
from mailhelper_core.testing.generator.generator import MailboxGenerator

MAILS = 40


def check_plugin(
    plugin: object,
    *,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    database: str = "",
) -> tuple[str, ...]:
    """Check a whole plugin, on a SQLite file or the database of a URL; answer what was left out, with its own suite.

    It loads without problems; its providers pass their own checks; observers hear all that there is to hear; tables
    are made; and a journey of generated mail, with its rules and a rule for each of its conditions and actions, ends
    without an error. Left out is what needs somebody who answers: sources, blob stores, token and model providers,
    what an action delivers, and whether classifiers and tag suggesters that are not "cpu" say the same twice.

    arguments: texts for its conditions and actions by name; settings: what the owner sets.
    """

    def start(folder: str) -> Environment:
        made = partial(Environment.start, Path(folder), plugins=(plugin,), database=database)
        return patiently("one of its hooks or revisions", made)

    with TemporaryDirectory() as folder, start(folder) as env:
        registry = env.helper._wiring.registry
        (found,) = [one for one in env.helper.plugins if not one.built_in and one.name == name_of(plugin)]
        assert not found.problems, f"{found.name} {found.problems[0]}"
        for setting in registry.settings_of(found.name):
            refuses(setting.parse, f"{setting.name}: parse()")
        if settings:
            env.ada.plugins.set(found.name, dict(settings))
        for tables in registry.tables_of(found.name):
            check_made(env, tables)
        observers_keep(registry, found.name)
        _check_providers(registry, found.name, arguments or {}, context_of(env, registry, found.name))
        _make_journey(env, registry, found.name, arguments or {})
        return tuple(_left_out(registry, found.name))


def context_of(env: Environment, registry: Registry, plugin: str) -> Context:
    """Answer what the plugin's providers are handed: the owner's settings, transactions for its tables."""
    # Loaded on demand, as all that needs SQLAlchemy: the kit imports without it.
    contexts: Callable[..., ContextOf] = import_module("mailhelper_core.store.plugins.settings").contexts
    owner = env.helper._wiring.store.for_owner("ada")
    with owner.read() as uow:
        return contexts(owner, uow, registry)(plugin)


def _check_providers(registry: Registry, plugin: str, arguments: Mapping[str, str], context: Context) -> None:
    """Check the providers that need nobody else to answer."""
    checks: Mapping[str, Callable[[Any], None]] = {
        "classifiers": lambda one: None if _needs_others(one) else classifier_keeps(one, (), context),
        "suggesters": lambda one: None if _needs_others(one) else suggester_keeps(one, (), context),
        "conditions": lambda one: condition_keeps(one, arguments.get(one.name, ""), (), context),
        "actions": lambda one: action_keeps(one, arguments.get(one.name, ""), (), context),
        "embedders": check_embedder,
        "recognizers": check_recognizer,
    }
    for attribute, check in checks.items():
        for provided in getattr(registry, attribute).values():
            if provided.plugin == plugin:
                _check_named(attribute, provided.provider, check)


def _needs_others(one: Classifier | TagSuggester) -> bool:
    return one.cost != "cpu"


# The suites of what needs somebody who answers.
_ELSEWHERE: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "sources": ("check_source", lambda one: True),
    "contents": ("check_blob_store", lambda one: True),
    "tokens": ("check_token_provider", lambda one: True),
    "providers": ("check_provider", lambda one: True),
    "classifiers": ("check_classifier", _needs_others),
    "suggesters": ("check_tag_suggester", _needs_others),
    "actions": ("check_delivery", lambda one: one.deliver is not None),
}


def _left_out(registry: Registry, plugin: str) -> Iterator[str]:
    for attribute, (suite, is_left_out) in _ELSEWHERE.items():
        for provided in getattr(registry, attribute).values():
            if provided.plugin == plugin and is_left_out(provided.provider):
                yield f"{provided.provider.name} of its {attribute}: {suite}"


def _check_named(attribute: str, provider: Any, check: Callable[[Any], None]) -> None:
    try:
        check(provider)
    except AssertionError as exc:
        if str(exc).startswith(provider.name):
            raise
        raise AssertionError(f"{provider.name} of its {attribute}: {exc}") from exc


def _make_journey(env: Environment, registry: Registry, plugin: str, arguments: Mapping[str, str]) -> None:
    MailboxGenerator(seed=2).fill(env.server.store.user("ada"), count=MAILS)
    for ready in registry.rules.values():
        if ready.plugin == plugin:
            env.ada.rules.save(ready.provider.rule)
    for name, condition in registry.conditions.items():
        if condition.plugin == plugin:
            when = write_test(Is(name, ":", arguments.get(name, "")))
            env.ada.rules.save(Rule(f"when-{name}", when=when, then=["keep"]))
    for name, action in registry.actions.items():
        if action.plugin == plugin and action.provider.deliver is None:
            env.ada.rules.save(Rule(f"then-{name}", when="", then=[(name, arguments.get(name, ""))]))
    failed = _heard(env, plugin)
    patience: Patience[RunReport] = Patience("a journey")
    report = patience.run(lambda: env.ada.run(env.account.id, progress=lambda _: patience.about("a journey")))
    assert not report.errors, f"a journey noted {report.errors[0].code} at {report.errors[0].where}"
    assert not failed, f"{failed[0]} failed on a journey; the log of mailhelper.plugins says where"


def _heard(env: Environment, plugin: str) -> list[str]:
    """Answer a list of what fails of a plugin from now on: observers are named in no report."""
    dispatcher, failed = env.helper._wiring.dispatcher, list[str]()
    tell = dispatcher.notice

    def notice(of: str, provider: str, code: str) -> None:
        failed.extend([provider] if of == plugin else [])
        if tell is not None:
            tell(of, provider, code)

    dispatcher.notice = notice
    return failed
