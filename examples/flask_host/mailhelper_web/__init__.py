"""A mail assistant in the browser: parse the request, make one call of mailhelper, render the answer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelper_web.app import create_app
    from mailhelper_web.config import Config

__all__ = ["Config", "create_app"]

_HOMES = {"Config": "mailhelper_web.config", "create_app": "mailhelper_web.app"}


def __getattr__(name: str) -> object:
    """Load what is asked for: the process that works on jobs (`apart`) needs no web framework, 50 MB of memory."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
