"""Find plugins, load them, and collect what they contribute into one Registry; a bad plugin never stops the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from mailhelper_core.model.extension import PluginInfo, Registry
from mailhelper_core.plugins.collect import Collection, Found
from mailhelper_core.plugins.marks import require_plugins

GROUP = "mailhelper"


def installed_plugins() -> tuple[PluginInfo, ...]:
    """List installed plugins by entry point, without importing any."""
    return tuple(PluginInfo(point.name, _version(point), _summary(point)) for point in _entry_points())


def load(
    built_in: Mapping[str, object], extra: Sequence[object] = (), *, allowed: Sequence[str] | None = None
) -> Registry:
    """Load built-in plugins, then installed ones (all, or those allowed), then those given as objects.

    Raises ConfigError when something else than plugins is given.
    """
    require_plugins(extra)
    found = [Found(name, plugin, built_in=True) for name, plugin in built_in.items()]
    points = _entry_points()
    found += [_import(point) for point in points if allowed is None or point.name in allowed]
    known = {*built_in, *(point.name for point in points)}
    found += [_absent(name) for name in allowed or () if name not in known]
    found += [Found(_name_of(plugin), plugin) for plugin in extra]
    collected = Collection()
    for one in found:
        if one.plugin is not None:
            collected.take(one)
    return Registry(
        **{attribute: MappingProxyType(by_name) for attribute, by_name in collected.providers.items()},
        observers=MappingProxyType(dict(collected.observers)),
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


def _summary(point: EntryPoint) -> str:
    return str(point.dist.metadata["Summary"] or "") if point.dist else ""


def _import(point: EntryPoint) -> Found:
    found = Found(point.name, None, _version(point), _summary(point))
    try:
        found.plugin = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # noqa: BLE001 - one plugin must not stop the others
        found.problems.append(f"cannot be imported: {_reason(exc)}")
    return found


def _reason(exc: BaseException) -> str:
    # These names were written in code; what else an exception says is anything.
    if isinstance(exc, ModuleNotFoundError) and exc.name:
        return f"there is no module {exc.name!r}"
    if isinstance(exc, ImportError) and exc.name and (missing := getattr(exc, "name_from", None)):
        return f"there is no {missing!r} in module {exc.name!r}"
    return type(exc).__name__


def _absent(name: str) -> Found:
    return Found(name, None, problems=["is named in the settings, but not installed"])


def _name_of(plugin: object) -> str:
    name = getattr(plugin, "__name__", None) or type(plugin).__name__
    return str(name).rpartition(".")[2]


def _info(found: Found) -> PluginInfo:
    return PluginInfo(
        found.name, found.version, found.summary, tuple(found.provides), tuple(found.problems),
        tuple(found.warnings), found.built_in,
    )  # fmt: skip
