"""Plugins in a few lines, and mail for them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from mailhelper_core import hookimpl
from mailhelper_core.testing import Environment

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
