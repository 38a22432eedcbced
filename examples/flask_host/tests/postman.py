"""A plugin that asks its owner for something."""

from __future__ import annotations

from types import ModuleType

from mailhelper_core import Setting, hookimpl


def postman() -> ModuleType:
    """Answer a plugin with three settings: a number, lines, a secret."""
    module = ModuleType("postman")

    @hookimpl
    def register_settings() -> list[Setting]:
        return [
            Setting("limit", int, 5, "letters a day"),
            Setting("streets", str.splitlines, [], "a street a line"),
            Setting("key", help="opens the box", secret=True),
        ]

    module.register_settings = register_settings  # type: ignore[attr-defined]
    return module
