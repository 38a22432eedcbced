"""Find plugins, load them, and collect what they contribute into one Registry; a bad plugin never stops the others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

import pluggy

from mailhelper_core import hookspecs
from mailhelper_core.model.embedder import Embedder
from mailhelper_core.model.extension import (
    ActionType,
    Classifier,
    Condition,
    Observer,
    PluginInfo,
    Provided,
    ReadyRule,
    Registry,
    SourceType,
)
from mailhelper_core.model.news import HOOK_OF, News
from mailhelper_core.model.provider import Provider
from mailhelper_core.model.recognizer import Recognizer
from mailhelper_core.model.token import TokenProvider

GROUP = "mailhelper"

# hook -> (attribute of Registry, type of its providers)
_HOOKS: Mapping[str, tuple[str, type]] = MappingProxyType(
    {
        "register_sources": ("sources", SourceType),
        "register_classifiers": ("classifiers", Classifier),
        "register_conditions": ("conditions", Condition),
        "register_actions": ("actions", ActionType),
        "register_rules": ("rules", ReadyRule),
        "register_tokens": ("tokens", TokenProvider),
        "register_providers": ("providers", Provider),
        "register_embedders": ("embedders", Embedder),
        "register_recognizers": ("recognizers", Recognizer),
    }
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*\Z")


@dataclass(slots=True)
class _Found:
    """A plugin on its way into the registry."""

    name: str
    plugin: object | None
    version: str = ""
    built_in: bool = False
    provides: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def installed() -> tuple[PluginInfo, ...]:
    """List installed plugins by entry point, without importing any."""
    return tuple(PluginInfo(point.name, _version(point)) for point in _entry_points())


def load(
    built_in: Mapping[str, object], extra: Sequence[object] = (), *, allowed: Sequence[str] | None = None
) -> Registry:
    """Load built-in plugins, then installed ones (all, or those allowed), then those given as objects."""
    found = [_Found(name, plugin, built_in=True) for name, plugin in built_in.items()]
    points = _entry_points()
    found += [_import(point) for point in points if allowed is None or point.name in allowed]
    known = {*built_in, *(point.name for point in points)}
    found += [_absent(name) for name in allowed or () if name not in known]
    found += [_Found(_name_of(plugin), plugin) for plugin in extra]
    providers: dict[str, dict[str, Provided[Any]]] = {attribute: {} for attribute, _ in _HOOKS.values()}
    observers: dict[str, tuple[Observer, ...]] = defaultdict(tuple)
    for one in found:
        if one.plugin is not None:
            _collect(one, providers, observers)
    return Registry(
        **{attribute: MappingProxyType(by_name) for attribute, by_name in providers.items()},
        observers=MappingProxyType(dict(observers)),
        plugins=tuple(_info(one) for one in found),
    )


def fingerprint(registry: Registry) -> str:
    """Answer a short digest of names and versions: two processes with the same plugins have the same."""
    lines = sorted(f"{plugin.name} {plugin.version} {' '.join(plugin.provides)}" for plugin in registry.plugins)
    return sha256("\n".join(lines).encode()).hexdigest()[:12]


def _entry_points() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else ""


def _import(point: EntryPoint) -> _Found:
    found = _Found(point.name, None, _version(point))
    try:
        found.plugin = point.load()
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - one plugin must not stop the others
        found.problems.append(f"cannot be imported: {type(exc).__name__}")
    return found


def _absent(name: str) -> _Found:
    return _Found(name, None, problems=["is named in the settings, but not installed"])


def _name_of(plugin: object) -> str:
    name = getattr(plugin, "__name__", None) or type(plugin).__name__
    return str(name).rpartition(".")[2]


def _collect(
    found: _Found, providers: dict[str, dict[str, Provided[Any]]], observers: dict[str, tuple[Observer, ...]]
) -> None:
    for hook, implementation in _implementations(found):
        if hook not in _HOOKS:
            observers[hook] += (Observer(found.name, _telling(implementation)),)
            found.provides.append(f"events:{hook}")
            continue
        attribute, kind = _HOOKS[hook]
        for provider in _call(found, hook, implementation.function):
            _add(found, provider, kind, attribute, providers[attribute])


def _telling(implementation: pluggy.HookImpl) -> Callable[[Sequence[News]], None]:
    """Answer the function behind an event hook as one of the news; pluggy lets it leave the argument out."""
    function, takes_news = implementation.function, bool(implementation.argnames)

    def tell(news: Sequence[News]) -> None:
        function(news) if takes_news else function()

    return tell


def _implementations(found: _Found) -> Iterable[tuple[str, pluggy.HookImpl]]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(found.plugin, found.name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as exc:
        found.problems.append(f"does not fit the hooks: {exc}")
    for hook in (*_HOOKS, *HOOK_OF.values()):
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            yield hook, implementation


def _call(found: _Found, hook: str, function: Any) -> Sequence[object]:
    try:
        answer = function()
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - one plugin must not stop the others
        found.problems.append(f"{hook} raised {type(exc).__name__}")
        return ()
    if not isinstance(answer, (list, tuple)):
        found.problems.append(f"{hook} answered {type(answer).__name__} instead of a list")
        return ()
    return answer


def _add(found: _Found, provider: object, kind: type, attribute: str, taken: dict[str, Provided[Any]]) -> None:
    name = getattr(provider, "name", None)
    if not isinstance(provider, kind):
        found.problems.append(f"{type(provider).__name__} among its {attribute} is not a {kind.__name__}")
    elif not isinstance(name, str) or not _NAME.match(name):
        found.problems.append(f"{name!r} is no name for one of its {attribute}: use lower case and hyphens")
    elif name in taken:
        found.problems.append(f"{name!r} of its {attribute} is already registered by {taken[name].plugin}")
    else:
        taken[name] = Provided(found.name, provider)
        found.provides.append(f"{attribute}:{name}")


def _info(found: _Found) -> PluginInfo:
    return PluginInfo(found.name, found.version, tuple(found.provides), tuple(found.problems), found.built_in)
