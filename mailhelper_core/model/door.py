"""The doors of the public API: an argument of a wrong kind is named at once, with what came and what is expected.

What is checked is what annotations say, no deeper than the items of a list: the kinds that callers confuse (an id for
ids, None for a text, a number for a cursor). All else is the service's own to judge. No message quotes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from inspect import isfunction
from os import PathLike
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from mailhelper_core.errors import InvalidError

P = ParamSpec("P")
T = TypeVar("T")


def guarded(service: type[T]) -> type[T]:
    """Check the arguments of all public methods that a class defines; a decorator."""
    for name, function in list(vars(service).items()):
        if isfunction(function) and not name.startswith("_"):
            setattr(service, name, checked(function))
    return service


def checked(function: Callable[P, T], /) -> Callable[P, T]:
    """Check the arguments of a function by its annotations; raise InvalidError that names the wrong one."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        kinds = _kinds(function)
        for name, value in zip(names, args, strict=False):
            if name in kinds and not kinds[name].fits(value):
                raise _wrong(function, name, value, kinds[name])
        for name, value in kwargs.items():
            if name in kinds and not kinds[name].fits(value):
                raise _wrong(function, name, value, kinds[name])
        return function(*args, **kwargs)

    return call


def _wrong(function: Callable[..., object], name: str, value: object, kind: _Kind) -> InvalidError:
    where = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
    came = "None" if value is None else type(value).__name__
    return InvalidError(f"{where}: {name!r} takes {kind.said}, not {came}.", code="argument")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an argument may be: a test of it, and its name in a sentence."""

    said: str
    fits: Callable[[object], bool]


@cache
def _kinds(function: Callable[..., object]) -> Mapping[str, _Kind]:
    # Asked at the first call: importing a module must not look at every annotation in it.
    hints = get_type_hints(function)
    return {name: kind for name, hint in hints.items() if name != "return" and (kind := _kind(hint)) is not None}


def _kind(hint: Any) -> _Kind | None:
    """Answer the kind of an annotation, None for one that is not judged here."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _either([_kind(part) for part in get_args(hint)])
    if origin is Literal or hint is Any:
        return None
    if origin in _SEVERAL:
        return _several(origin, get_args(hint))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _Kind("a mapping", lambda value: isinstance(value, Mapping))
    if origin is Callable:
        return _Kind("a function", callable)
    if hint in _PLAIN:
        return _PLAIN[hint]
    return _instance(hint) if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__") else None


def _either(kinds: Sequence[_Kind | None]) -> _Kind | None:
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds):
        return None
    return _Kind(" or ".join(kind.said for kind in known), lambda value: any(kind.fits(value) for kind in known))


def _several(origin: Any, parts: tuple[Any, ...]) -> _Kind:
    inner = parts[0] if parts else None
    noun, example = _ITEMS.get(inner, ("values", "[one, two]"))
    item = _PLAIN[inner] if inner in _ITEMS else None
    # A mapping is none of those that keep an order: its keys would be taken for the values.
    refused: tuple[type, ...] = (str, bytes, Mapping) if origin is Sequence else (str, bytes)

    def fits(value: object) -> bool:
        if isinstance(value, refused) or not isinstance(value, Iterable):
            return False
        # What can be read only once is left to the service.
        is_held = item is not None and isinstance(value, list | tuple | set | frozenset)
        return not is_held or all(map(item.fits, value))  # type: ignore[union-attr]

    return _Kind(f"several {noun}, such as {example}", fits)


def _instance(kind: type) -> _Kind:
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    return _Kind(f"{article} {kind.__name__}", lambda value: isinstance(value, kind))


def _is_int(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


_SEVERAL = (Iterable, Collection, Sequence, tuple, list, frozenset)
_ITEMS: dict[Any, tuple[str, str]] = {int: ("ids", "[1, 2]"), str: ("texts", '["a", "b"]')}
_PLAIN: dict[Any, _Kind] = {
    int: _Kind("an int", _is_int),
    float: _Kind("a number", lambda value: _is_int(value) or hasattr(value, "__float__")),
    str: _Kind("a str", lambda value: isinstance(value, str)),
    bytes: _Kind("bytes", lambda value: isinstance(value, bytes)),
    datetime: _Kind("a datetime", lambda value: isinstance(value, datetime)),
    Path: _Kind("a path", lambda value: isinstance(value, PathLike)),
    NoneType: _Kind("None", lambda value: value is None),
}
