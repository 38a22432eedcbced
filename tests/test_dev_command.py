"""`./dev NAME [NAME ...] [ARGS]`: which words are commands, and which are for the command."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DEV = runpy.run_path(str(Path(__file__).parent.parent / "dev"), run_name="dev")


@pytest.mark.parametrize(
    ("line", "commands", "rest"),
    [
        ("lint types", ["lint", "types"], []),
        ("test --full -k web", ["test"], ["--full", "-k", "web"]),
        ("test -- lint", ["test"], ["lint"]),
        ("bench web --write", ["bench"], ["web", "--write"]),  # a command has this name too
        ("bench", ["bench"], []),
        ("versions-3.12 -k web", ["versions-3.12"], ["-k", "web"]),  # as the list names it
        ("unheard-3.12", [], ["unheard-3.12"]),
        ("unheard of", [], ["unheard", "of"]),
    ],
)
def test_a_line_is_commands_and_what_is_for_the_last_of_them(line: str, commands: list[str], rest: list[str]) -> None:
    assert DEV["split"](line.split(), DEV["session_names"]()) == (commands, rest)
