"""An engine with plugins on each database, and a helper to write plugins in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mailhelper_core import hookimpl
from mailhelper_core.testing import Environment

Start = Callable[..., Environment]


def plugin(name: str, **hooks: Callable[..., Any]) -> ModuleType:
    """Answer a module with these hooks."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start an environment with plugins; it stops after the test."""
    with ExitStack() as stack:
        yield lambda *plugins: stack.enter_context(Environment.start(tmp_path, plugins=plugins, database=database_url))
