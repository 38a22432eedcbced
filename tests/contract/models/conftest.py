"""An owner with an account, and a model service on a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhelper_core import MailHelper
from mailhelper_core.testing import ModelServer
from tests.contract.models.desk import Desk

OpenDesk = Callable[..., Desk]
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOOD = json.dumps({"category": "finance", "spam": "no", "urgency": 3, "importance": 2, "confidence": 0.9})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda _: GOOD) as running:
        yield running


@pytest.fixture(params=["sqlite_database", pytest.param("postgres_database", marks=pytest.mark.servers)])
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind, or what a test asks for."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def open_desk(url: str, server: ModelServer, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a desk in the morning, with these plugins in place of its own."""
    with ExitStack() as stack:

        def opened(*plugins: object) -> Desk:
            desk = Desk(server, tmp_path)
            chosen = plugins or (desk.plugin,)
            desk.open(stack.enter_context(MailHelper(url, key=b"k" * 32, plugins=chosen, clock=lambda: MORNING)))
            return desk

        yield opened


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk()
