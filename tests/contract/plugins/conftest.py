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
from tests.contract.jobs.conftest import postgres_database, shared_database  # noqa: F401 - fixtures

Start = Callable[..., Environment]
MAIL = b"From: bob@example.org\r\nMessage-ID: <%d@example.org>\r\nSubject: Lunch?\r\n\r\nAt one?\r\n"


def plugin(name: str, **hooks: Callable[..., Any]) -> ModuleType:
    """Answer a module with these hooks."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module


def fill(env: Environment, count: int = 3, mail: bytes = MAIL) -> None:
    """Put mails into the inbox of the environment's server."""
    inbox = env.server.store.user("ada").mailbox("INBOX")
    for number in range(count):
        inbox.append(mail.replace(b"%d", b"%d" % number))


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start an environment with plugins; it stops after the test."""
    with ExitStack() as stack:

        def begin(*plugins: object, **settings: Any) -> Environment:
            return stack.enter_context(Environment.start(tmp_path, plugins=plugins, database=database_url, **settings))

        yield begin
