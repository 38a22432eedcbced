"""An engine with plugins on each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import Start


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start an environment with plugins; it stops after the test."""
    with ExitStack() as stack:

        def begin(*plugins: object, **settings: Any) -> Environment:
            return stack.enter_context(Environment.start(tmp_path, plugins=plugins, database=database_url, **settings))

        yield begin
