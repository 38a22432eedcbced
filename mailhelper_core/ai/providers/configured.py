"""Providers from a file, for hosts that write no Python: one table each, in TOML."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailhelper_core.ai.providers.anthropic import anthropic_provider
from mailhelper_core.ai.providers.ollama import ollama_provider
from mailhelper_core.ai.providers.openai import openai_provider
from mailhelper_core.errors import ConfigError
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.provider import Provider

_KINDS: Mapping[str, Callable[..., Provider]] = {
    "ollama": ollama_provider,
    "openai": openai_provider,
    "anthropic": anthropic_provider,
}


@dataclass(frozen=True)
class ConfiguredProviders:
    """The built-in plugin that contributes the providers of one file; none without a file."""

    path: str | Path | None

    @hookimpl
    def register_providers(self) -> Sequence[Provider]:
        """Answer the file's providers. Raises ConfigError for what cannot work."""
        if not self.path:
            return []
        try:
            text = Path(self.path).read_text(encoding="utf-8")
        except (OSError, ValueError) as exc:
            raise ConfigError(f"The file of providers {self.path} cannot be read.") from exc
        return read_providers(text, os.environ)


def read_providers(text: str, environ: Mapping[str, str]) -> list[Provider]:
    """Answer the providers of a file's text; `key_variable` names the variable that holds a key."""
    try:
        tables = tomllib.loads(text)
        return [_provider(name, dict(table), environ) for name, table in tables.items()]
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as exc:
        raise ConfigError("The file of providers cannot be read: each is a table with kind, url and model.") from exc


def _provider(name: str, table: dict[str, object], environ: Mapping[str, str]) -> Provider:
    make = _KINDS.get(str(table.pop("kind", "")))
    if make is None:
        raise ConfigError(f"Provider {name!r} has a kind of {', '.join(_KINDS)}.")
    variable = table.pop("key_variable", None)
    if variable is not None:
        table["key"] = environ.get(str(variable), "")
        if not table["key"]:
            raise ConfigError(f"Provider {name!r} needs its key in the variable {variable}.")
    return make(name, **table)
