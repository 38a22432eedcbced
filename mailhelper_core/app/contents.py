"""Where raw messages lie: the blob store that the settings name, opened by the plugin that knows its scheme."""

from __future__ import annotations

from urllib.parse import urlsplit

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError
from mailhelper_core.model.extension import Registry
from mailhelper_core.store.contents.outside import Contents


def open_contents(url: str, registry: Registry, dispatcher: Dispatcher) -> Contents | None:
    """Open a blob store; None for an empty URL: the database.

    Raises ConfigError for a scheme that nobody knows, and what of ours the plugin raises; PluginError for all else.
    """
    if not url:
        return None
    scheme = urlsplit(url).scheme
    found = registry.content(scheme)
    if found is None:
        known = ", ".join(sorted({one for p in registry.contents.values() for one in p.provider.schemes}))
        raise ConfigError(f"No plugin keeps contents at {scheme}:; known are {known}.", code="contents")
    # As a source is: its own ConfigError says what the host has to set.
    store = dispatcher.call_source(found.plugin, found.provider.name, lambda: found.provider.open(url))
    return Contents(found.plugin, found.provider.name, store, dispatcher)
