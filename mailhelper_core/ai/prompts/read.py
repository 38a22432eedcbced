"""Read prompts: `<name>.toml` beside this file holds version, instructions and the schema of the answer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question; its instructions hold no word of mail."""

    name: str
    version: str
    instructions: str
    schema: Mapping[str, object]
    max_tokens: int


@cache
def prompt(name: str) -> Prompt:
    """Answer a prompt by its name."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Prompt(name, data["version"], data["instructions"].strip(), data["schema"], data["max_tokens"])
