"""Setting: one value that an owner sets for a plugin, as the plugin declares it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

logger = logging.getLogger("mailhelper.plugins")


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a plugin: `parse` reads the text that the owner gave, a ValueError refuses it.

    A secret is sealed at rest, and never shown.
    """

    name: str
    parse: Callable[[str], object] = str
    default: object = ""
    help: str = ""
    secret: bool = False


def read_settings(plugin: str, schema: Iterable[Setting], texts: Mapping[str, str]) -> dict[str, object]:
    """Answer the values by name; what is not set, or cannot be read any more, has its default."""
    return {one.name: _value(plugin, one, texts.get(one.name)) for one in schema}


def _value(plugin: str, setting: Setting, text: str | None) -> object:
    if text is None:
        return setting.default
    try:
        return setting.parse(text)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # noqa: BLE001 - the plugin's own function
        logger.warning("plugin %s: its setting %s cannot be read: %s", plugin, setting.name, type(exc).__name__)
        return setting.default
