"""What the command line says before a command is imported: whose mail, where, and in which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Request:
    """The options that every command shares."""

    database: str | None
    key_file: str | None
    owner: str
    as_json: bool


class _TakesJson(click.Command):
    """Accepts --json too, so that it may stand before or behind a command's name."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Answer the parameters with --json, whose value `wants_json` reads."""
        option = click.Option(["--json"], is_flag=True, expose_value=False, help="Print one JSON object.")
        return [option, *super().get_params(ctx)]


class Command(_TakesJson):
    """A command of the command line."""


class Group(_TakesJson, click.Group):
    """A group of commands."""

    command_class = Command
    group_class = type


def wants_json(words: Sequence[str]) -> bool:
    """Say whether --json is among the options; what follows `--` are arguments.

    Asked before anything is parsed: wrong usage is reported as JSON too.
    """
    options = words[: words.index("--")] if "--" in words else words
    return "--json" in options
