"""What docs/reference/cli.md says of options is true of the commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from mailhelper_cli.main import cli as program

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def test_the_commands_with_pages_are_those_of_the_reference() -> None:
    sentence = PAGE.split("`--limit` and `--after` page through ", 1)[1].split(":", 1)[0]

    paging = {name for name, options in _commands(program) if {"--limit", "--after"} <= options}

    assert set(re.findall(r"`([^`]+)`", sentence)) == paging


def _commands(command: click.Command, *path: str) -> Iterator[tuple[str, set[str]]]:
    """Answer each command with its options."""
    if not isinstance(command, click.Group):
        yield " ".join(path), {option for one in command.params for option in one.opts}
        return
    context = click.Context(command)
    for name in command.list_commands(context):  # by name: the groups import a command when it is asked for
        one = command.get_command(context, name)
        assert one is not None
        yield from _commands(one, *path, name)
