"""What was forgotten about a plugin: that it is a module or an object, and that its functions are marked @hookimpl."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType

from mailhelper_core import hookspecs
from mailhelper_core.errors import ConfigError

HOOK_NAMES = tuple(name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec"))
WANTED = "a list of modules or objects with functions marked @hookimpl, such as plugins=[shop_plugin]"
_UNKNOWN = re.compile(r"unknown hook '(\w+)'")
NOTHING = "has no function marked @hookimpl, so that it does nothing"


def require_plugins(plugins: object) -> None:
    """Raise ConfigError when something else than plugins was given to load."""
    if not isinstance(plugins, Iterable) or isinstance(plugins, str | bytes | Mapping):
        raise ConfigError(f"plugins: give {WANTED}, not {_said(plugins)}.")
    for number, plugin in enumerate(plugins if isinstance(plugins, Collection) else (), 1):
        if problem := is_no_plugin(plugin):
            raise ConfigError(f"plugins: number {number} {problem}; give {WANTED}.")


def is_no_plugin(plugin: object) -> str:
    """Say why an object cannot be a plugin, empty where it can."""
    if isinstance(plugin, type):
        # Functions of a class want an instance, those that are static do not.
        waiting = [hook for hook in HOOK_NAMES if inspect.isfunction(inspect.getattr_static(plugin, hook, None))]
        return f"is the class {plugin.__name__}: pass an instance, {plugin.__name__}()" if waiting else ""
    is_plain = type(plugin).__module__ == "builtins" and not isinstance(plugin, ModuleType)
    return f"is {_said(plugin)}, and no plugin" if is_plain else ""


def forgotten(plugin: object) -> list[str]:
    """Name the functions that were not marked: those with the name and the arguments of a hook, or all there are."""
    functions = {name: function for name in dir(plugin) if (function := _function(plugin, name)) is not None}
    marked = {name for name, function in functions.items() if hasattr(function, f"{hookspecs.PROJECT}_impl")}
    found = [hook for hook in HOOK_NAMES if hook in functions and hook not in marked]
    # With other arguments it is something else of that name, such as a function `metric` of the plugin's own.
    found = [hook for hook in found if _parameters(functions[hook]) <= _parameters(getattr(hookspecs, hook))]
    said = [f"{hook} is not marked @hookimpl, so that nobody calls it" for hook in found]
    return said if marked or said else [NOTHING]


def meant(said: str) -> str:
    """Answer the hook that a misspelt one was meant to be, as the end of what pluggy says of it; else nothing."""
    unknown = _UNKNOWN.search(said)
    close = get_close_matches(unknown[1][:100], HOOK_NAMES, 1) if unknown else []
    return f"; did you mean {close[0]}?" if close else ""


def name_of(plugin: object) -> str:
    """Answer the name of a plugin that is given as an object: of a module its last part."""
    return str(asked(plugin, "__name__", None) or type(plugin).__name__).rpartition(".")[2]


def asked(value: object, name: str, default: object) -> object:
    """Answer an attribute of another's object, the default where it has none or raises anything."""
    try:
        return getattr(value, name, default)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - a module, and a class, can answer for names by a function of its own
        return default


def _function(plugin: object, name: str) -> Callable[..., object] | None:
    # As pluggy looks: a property is no function, and is not asked.
    static = inspect.getattr_static(plugin, name, None)
    return getattr(plugin, name) if inspect.isroutine(getattr(static, "__func__", static)) else None


def _parameters(function: Callable[..., object]) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a function of C that does not say
        return frozenset(("",))


def _said(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, ModuleType):
        return "a module"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
