"""What to do about a provider that fails for want of something that its check was not given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.extension import ActionType, Condition, Context


class _Given(dict[str, Any]):
    """Settings that remember what was looked for in vain."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self.missing: list[str] = []

    def __missing__(self, name: str) -> NoReturn:
        self.missing.append(name)
        raise KeyError(name)


@contextmanager
def advised(context: Context) -> Iterator[Context]:
    """Answer the context to hand out; a failure after a setting was missing says how to give it."""
    given = _Given(context.settings)
    try:
        yield replace(context, settings=given)
    except Exception as exc:
        if not given.missing:
            raise
        name = given.missing[0]
        advice = f"declare it by register_settings, and give the check a value: settings={{{name!r}: ...}}"
        raise AssertionError(f"context.settings has no {name!r}: {advice}") from exc


def read_argument(provider: Condition | ActionType, argument: str) -> object:
    """Answer what a provider reads from its argument, which must be one that it can read."""
    try:
        return provider.argument(argument)
    except (ValueError, InvalidError) as exc:
        name = provider.name
        advice = f"give it one: check_plugin(..., arguments={{{name!r}: ...}}), or behind the provider itself"
        raise AssertionError(f"{name} cannot read {argument!r} as its argument; {advice}") from exc
