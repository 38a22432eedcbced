"""Engines of one process share what SQLAlchemy compiled: each test makes engines, and would compile every statement."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache

from mailhelper_core.store import engine as ours

# All statements of all tests are some thousands.
_STATEMENTS: LRUCache[Hashable, Any] = LRUCache(20_000)


class _Shared:
    """What an engine takes for its own cache: its keys begin with its dialect, here with what tells dialects apart."""

    def get(self, key: tuple[Any, ...]) -> Any:
        return _STATEMENTS.get(_common(key))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        _STATEMENTS[_common(key)] = compiled

    def clear(self) -> None:
        _STATEMENTS.clear()


def _common(key: tuple[Any, ...]) -> tuple[Hashable, ...]:
    dialect, *statement = key
    return (type(dialect), getattr(dialect, "server_version_info", None), *statement)


def _create_engine(*arguments: Any, **named: Any) -> Engine:
    engine = create_engine(*arguments, **named)
    engine._compiled_cache = _Shared()  # type: ignore[assignment]
    return engine


def share() -> None:
    """Let the engines share that `make_engine` makes from now on; those of hosts keep their own caches."""
    vars(ours)["create_engine"] = _create_engine
