"""An owner with an account, and a model service on a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhelper_core import MailHelper
from mailhelper_core.testing import ModelServer
from tests.contract.models.desk import Desk

GOOD = json.dumps({"category": "finance", "spam": "no", "urgency": 3, "importance": 2, "confidence": 0.9})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda _: GOOD) as running:
        yield running


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database: SQLite, or what a test marked `everywhere` asks for."""
    return str(request.getfixturevalue(getattr(request, "param", "sqlite_database")))


@pytest.fixture
def desk(url: str, server: ModelServer, tmp_path: Path) -> Iterator[Desk]:
    clock = datetime(2026, 3, 2, 9, tzinfo=UTC)
    desk = Desk(server, tmp_path)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin], clock=lambda: clock) as helper:
        desk.open(helper)
        yield desk
