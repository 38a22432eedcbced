"""Providers from a file, for hosts that write no Python: one table each, in TOML."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailhelper_core.ai.providers.anthropic import anthropic_provider
from mailhelper_core.ai.providers.ollama import ollama_provider
from mailhelper_core.ai.providers.openai import openai_provider
from mailhelper_core.errors import ConfigError
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.ai.provider import Provider

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
    def register_providers(self) -> Sequence[Provider | ConfigError]:
        """Answer the file's providers, for one that cannot work the error; raise it for a file that cannot be read."""
        if not self.path:
            return []
        try:
            text = Path(self.path).read_text(encoding="utf-8")
        except (OSError, ValueError) as exc:
            raise ConfigError(f"The file of providers {self.path} cannot be read.") from exc
        return read_providers(text, os.environ)


def read_providers(text: str, environ: Mapping[str, str]) -> list[Provider | ConfigError]:
    """Answer the providers of a file's text, for one that cannot work the error that says what to mend.

    `key_variable` names the variable that holds a key.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"The file of providers is no TOML: {exc}.") from exc
    return [_read(name, table, environ) for name, table in tables.items()]


def _read(name: str, table: object, environ: Mapping[str, str]) -> Provider | ConfigError:
    try:
        if not isinstance(table, dict):
            raise TypeError
        return _provider(name, dict(table), environ)
    except ConfigError as exc:
        return ConfigError(f"Provider {name!r}: {exc}", code=exc.code)
    except (TypeError, ValueError):
        kinds, words = " or ".join(_KINDS), "url, model, key_variable and what the page of providers names"
        return ConfigError(f"Provider {name!r}: it is a table with kind ({kinds}), {words}.")


def _provider(name: str, table: dict[str, Any], environ: Mapping[str, str]) -> Provider:
    make = _KINDS.get(str(table.pop("kind", "")))
    if make is None:
        raise ConfigError(f"its kind is one of {', '.join(_KINDS)}.")
    variable = table.pop("key_variable", None)
    if variable is not None:
        table["key"] = environ.get(str(variable), "")
        if not table["key"]:
            raise ConfigError(f"set the variable {variable} to its key, or leave its table out.")
    return make(name, **table)
