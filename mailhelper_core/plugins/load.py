"""Find plugins, load them, and collect what they contribute into one Registry; a bad plugin never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from mailhelper_core.dispatch import place_of
from mailhelper_core.model.extension import PluginInfo, Registry
from mailhelper_core.plugins.collect import Collection, Found
from mailhelper_core.plugins.marks import name_of, require_plugins

GROUP = "mailhelper"
# What always loads. Said here too, so that listing plugins imports none of it.
BUILT_IN_PLUGINS = frozenset(
    (
        "classifiers", "directory", "embedders", "journal", "providers", "recognizers", "rules", "sieve", "sources",
        "suggesters",
    )
)  # fmt: skip


def installed_plugins() -> tuple[PluginInfo, ...]:
    """List installed plugins by entry point, without importing any."""
    return tuple(PluginInfo(point.name, _version(point), _summary(point)) for point in _entry_points())


def load(
    built_in: Mapping[str, object],
    extra: Sequence[object] = (),
    *,
    allowed: Sequence[str] | None = None,
    public_hosts_only: bool = False,
) -> Registry:
    """Load built-in plugins, then installed ones (all, or those allowed), then those given as objects.

    Raises ConfigError when something else than plugins is given.
    """
    require_plugins(extra)
    found = [Found(name, plugin, built_in=True) for name, plugin in built_in.items()]
    points = _entry_points()
    found += _imported([point for point in points if allowed is None or point.name in allowed])
    known = {*built_in, *(point.name for point in points)}
    found += [_absent(name) for name in allowed or () if name not in known]
    found += [Found(name_of(plugin), plugin) for plugin in extra]
    collected = Collection()
    for one in found:
        if one.plugin is not None:
            collected.take(one)
    return Registry(
        **{attribute: MappingProxyType(by_name) for attribute, by_name in collected.providers.items()},
        observers=MappingProxyType(dict(collected.observers)),
        plugins=tuple(_info(one) for one in found),
        public_hosts_only=public_hosts_only,
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
    # `in` first: asked for a field that is missing, importlib.metadata warns since Python 3.12 and will raise.
    if point.dist is None or "Summary" not in point.dist.metadata:
        return ""
    return str(point.dist.metadata["Summary"])


def _imported(points: Sequence[EntryPoint]) -> Iterator[Found]:
    """Import plugins; of two distributions that use one name the later is named: what owners set is kept by it."""
    owners: dict[str, str] = {}
    for point in points:
        found = Found(point.name, None, _version(point), _summary(point))
        if point.name in owners:
            found.problems.append(f"is left out: the distribution {owners[point.name]} has a plugin of this name, too")
        else:
            owners[point.name] = point.dist.name if point.dist else point.value
            _import(point, found)
        yield found


def _import(point: EntryPoint, found: Found) -> None:
    try:
        found.plugin = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # noqa: BLE001 - one plugin must not stop the others
        found.problems.append(f"cannot be imported: {_reason(exc)}")


def _reason(exc: BaseException) -> str:
    # These names were written in code; what else an exception says is anything.
    if isinstance(exc, ModuleNotFoundError) and exc.name:
        return f"there is no module {exc.name!r}"
    if isinstance(exc, ImportError) and exc.name and (missing := getattr(exc, "name_from", None)):
        return f"there is no {missing!r} in module {exc.name!r}"
    return f"{type(exc).__name__} at {place_of(exc)}"


def _absent(name: str) -> Found:
    return Found(name, None, problems=["is named in the settings, but not installed"])


def _info(found: Found) -> PluginInfo:
    return PluginInfo(
        found.name, found.version, found.summary, tuple(found.provides), tuple(found.problems),
        tuple(found.warnings), found.built_in,
    )  # fmt: skip
