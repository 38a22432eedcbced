"""Collect what one plugin contributes: its hooks are asked, each answer is checked, what is wrong is noted."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy

from mailhelper_core import hookspecs
from mailhelper_core.dispatch import place_of
from mailhelper_core.errors import ConfigError
from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.ai.recognizer import Recognizer
from mailhelper_core.model.extension import (
    ActionType,
    Classifier,
    Condition,
    Observer,
    Provided,
    ReadyRule,
    SourceType,
    TagSuggester,
)
from mailhelper_core.model.mail.contents import BlobStoreType
from mailhelper_core.model.mind.opinion import EXTRACT, OWNER
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.rules.criteria import FIELDS
from mailhelper_core.model.setting import Setting
from mailhelper_core.model.source.token import TokenProvider
from mailhelper_core.model.work.news import HOOK_OF, News
from mailhelper_core.plugins.fields import MAX_WORD_CHARACTERS, shown, wrong_fields
from mailhelper_core.plugins.marks import asked, forgotten, is_no_plugin, meant

# hook -> (attribute of Registry, type of its providers)
PROVIDERS_OF: Mapping[str, tuple[str, type]] = MappingProxyType(
    {
        "register_sources": ("sources", SourceType),
        "register_classifiers": ("classifiers", Classifier),
        "register_tag_suggesters": ("suggesters", TagSuggester),
        "register_conditions": ("conditions", Condition),
        "register_actions": ("actions", ActionType),
        "register_rules": ("rules", ReadyRule),
        "register_tokens": ("tokens", TokenProvider),
        "register_providers": ("providers", Provider),
        "register_embedders": ("embedders", Embedder),
        "register_recognizers": ("recognizers", Recognizer),
        "register_blob_stores": ("contents", BlobStoreType),
        "register_settings": ("settings", Setting),
        "register_tables": ("tables", PluginTables),
    }
)
# What nobody registers and no plugin can be called: such a condition would never be asked, and such a classifier's
# opinions would pass for the owner's word.
_RESERVED: Mapping[type, tuple[frozenset[str], str]] = MappingProxyType(
    {
        Condition: (frozenset(FIELDS), "a field of queries"),
        Classifier: (frozenset((OWNER, EXTRACT)), "what stands beside others' opinions"),
    }
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*\Z")


@dataclass(slots=True)
class Found:
    """A plugin on its way into the registry."""

    name: str
    plugin: object | None
    version: str = ""
    summary: str = ""
    built_in: bool = False
    provides: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Collection:
    """What all plugins contribute, by attribute of Registry and name; observers by their hook."""

    providers: dict[str, dict[str, Provided[Any]]] = field(
        default_factory=lambda: {attribute: {} for attribute, _ in PROVIDERS_OF.values()}
    )
    observers: dict[str, tuple[Observer, ...]] = field(default_factory=lambda: defaultdict(tuple))
    ours: pluggy.PluginManager = field(default_factory=lambda: _new_manager())

    def take(self, found: Found) -> None:
        """Ask a plugin's hooks and keep what fits; what does not is noted, and stops nothing."""
        if problem := _unfit(found.plugin):
            found.problems.append(problem)
            return
        # To learn the hooks costs more than to look at a plugin: those that are built in share it. What others have
        # is anything, and each is looked at alone.
        manager = self.ours if found.built_in else _new_manager()
        implementations = list(_implementations(found, manager))
        if found.built_in:
            manager.unregister(name=found.name)
        if not found.problems:
            found.problems += forgotten(found.plugin)
        for hook, implementation in implementations:
            if hook not in PROVIDERS_OF:
                self.observers[hook] += (Observer(found.name, _telling(implementation)),)
                found.provides.append(f"events:{hook}")
                continue
            for provider in _call(found, hook, implementation.function):
                self._add(found, provider, *PROVIDERS_OF[hook])

    def _add(self, found: Found, provider: object, attribute: str, kind: type) -> None:
        if isinstance(provider, ConfigError):
            # In place of a provider: what has to be mended costs this one alone.
            found.problems.append(str(provider))
            return
        if not isinstance(provider, kind):
            found.problems.append(f"{type(provider).__name__} among its {attribute} is not a {kind.__name__}")
            return
        taken, name = self.providers[attribute], asked(provider, "name", None)
        # Settings are a plugin's own: two may use the same name.
        key = f"{found.name}/{name}" if kind is Setting else name
        if not isinstance(name, str) or not _NAME.match(name) or len(name) > MAX_WORD_CHARACTERS:
            rule = f"use lower case and hyphens, at most {MAX_WORD_CHARACTERS} characters"
            found.problems.append(f"{shown(name)} is no name for one of its {attribute}: {rule}")
        elif said := _whose(name, kind) or (f"registered by {taken[str(key)].plugin}" if key in taken else ""):
            found.problems.append(f"{name!r} of its {attribute} is already {said}")
        elif wrong := list(wrong_fields(provider, kind)):
            found.problems += [f"{name!r} of its {attribute} is left out: {one}" for one in wrong]
        elif said := _taken_schemes(provider, taken.values()):
            found.problems.append(f"{name!r} of its {attribute} is left out: {said}")
        elif strangers := provider.strangers() if isinstance(provider, PluginTables) else []:
            found.problems.append(f"its table {strangers[0]!r} must begin with {_prefix(provider)}")
        else:
            taken[str(key)] = Provided(found.name, provider, found.built_in)
            found.provides.append(f"{attribute}:{name}")


def _unfit(plugin: object) -> str:
    """Say why a plugin cannot be asked at all, empty where it can."""
    wanted = asked(plugin, "MAILHELPER_CONTRACT", hookspecs.CONTRACT)
    if not isinstance(wanted, int) or wanted > hookspecs.CONTRACT:
        return f"is written for contract {wanted!r}; this program speaks {hookspecs.CONTRACT}"
    return is_no_plugin(plugin)


def _whose(name: str, kind: type) -> str:
    """Say what a name means to us already, empty where it is free."""
    names, meaning = _RESERVED.get(kind, (frozenset(), ""))
    return meaning if name in names else ""


def _taken_schemes(provider: object, others: Iterable[Provided[Any]]) -> str:
    """Say which URL scheme somebody else opens already, empty where none."""
    if not isinstance(provider, SourceType | BlobStoreType):
        return ""
    by_scheme = {scheme: other for other in others for scheme in other.provider.schemes}
    taken = next((scheme for scheme in provider.schemes if scheme in by_scheme), None)
    if taken is None:
        return ""
    other = by_scheme[taken]
    return f"the scheme {taken!r} is opened by {other.provider.name!r} of {other.plugin} already"


def _prefix(provider: object) -> str:
    return provider.prefix if isinstance(provider, PluginTables) else ""


def _telling(implementation: pluggy.HookImpl) -> Callable[[Sequence[News]], None]:
    """Answer the function behind an event hook as one of the news; pluggy lets it leave the argument out."""
    function, takes_news = implementation.function, bool(implementation.argnames)

    def tell(news: Sequence[News]) -> None:
        function(news) if takes_news else function()

    return tell


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    # The hooks alone: pluggy looks at each name of what it is given.
    mark, alone = f"{hookspecs.PROJECT}_spec", ModuleType("hooks")
    vars(alone).update((name, value) for name, value in vars(hookspecs).items() if hasattr(value, mark))
    manager.add_hookspecs(alone)
    return manager


def _implementations(found: Found, manager: pluggy.PluginManager) -> Iterable[tuple[str, pluggy.HookImpl]]:
    with warnings.catch_warnings(record=True) as said:
        # A hook that will go is marked by `@hookspec(warn_on_impl=...)`; pluggy does not say whose it is.
        warnings.simplefilter("always", DeprecationWarning)
        try:
            manager.register(found.plugin, found.name)
            manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as exc:
            found.problems.append(f"does not fit the hooks: {exc}{meant(str(exc))}")
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 - looking at what it has runs its properties
            found.problems.append(f"cannot be looked at: it raised {type(exc).__name__}")
    found.warnings += [str(one.message) for one in said]
    for warning in found.warnings:
        warnings.warn(f"plugin {found.name}: {warning}", DeprecationWarning, stacklevel=2)
    for hook in (*PROVIDERS_OF, *HOOK_OF.values()):
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            yield hook, implementation


def _call(found: Found, hook: str, function: Any) -> Sequence[object]:
    try:
        answer = function()
    except KeyboardInterrupt:
        raise
    except ConfigError as exc:
        # Ours, and for the host: what it says of the settings is what has to be mended.
        found.problems.append(f"{hook}: {exc}")
        return ()
    except BaseException as exc:  # noqa: BLE001 - one plugin must not stop the others
        found.problems.append(f"{hook} raised {type(exc).__name__} at {place_of(exc)}")
        return ()
    if not isinstance(answer, (list, tuple)):
        found.problems.append(f"{hook} answered {type(answer).__name__} instead of a list")
        return ()
    return answer
