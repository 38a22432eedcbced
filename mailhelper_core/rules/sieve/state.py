"""Whether commands leave variables behind that later ones read: those cannot be rules of their own; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailhelper_core.rules.sieve.extensions import needed
from mailhelper_core.sieve.language.script import Argument, Command, Strings, Tag, Test, nodes

_GROUP = re.compile(r"\$\{[0-9]")
_NAMED = re.compile(r"\$\{[^0-9]")
_SETS_GROUPS = frozenset({"matches", "regex"})
# Tests that set groups whenever they hold by `:matches` or `:regex`.
_SURE = frozenset({"header", "address"})


@dataclass(frozen=True, slots=True)
class Reads:
    """What commands read that earlier ones may have set."""

    names: bool = False
    groups: bool = False


def read_later(parts: Sequence[Sequence[Command]]) -> list[Reads]:
    """Answer for each part of a script what those behind it read."""
    found = [Reads()]
    for commands in reversed(parts[1:]):
        names = found[-1].names or "variables" in needed(commands) or _says(_NAMED, commands)
        found.append(Reads(names, found[-1].groups or _reads_groups(commands)))
    return found[::-1]


def leaves_state(commands: Sequence[Command], later: Reads) -> bool:
    """Say whether commands set a variable, or a group of a match, that later ones may read."""
    if later.names and "variables" in needed(commands):
        return True
    return later.groups and any(_matches(node.arguments) for node in nodes(tuple(commands)))


def _reads_groups(commands: Sequence[Command], *, own: bool = False) -> bool:
    """Say whether a group is read that may be an earlier command's: not of the match that its branch asks for."""
    for command in commands:
        tests = [node for node in nodes((command,)) if isinstance(node, Test)]
        if any(_holds(_GROUP, test.arguments) for test in tests) or (not own and _holds(_GROUP, command.arguments)):
            return True
        matched = own or any(_is_sure(test) for one in command.tests for test in _all_of(one))
        if _reads_groups(command.block or (), own=matched):
            return True
    return False


def _all_of(test: Test) -> Iterator[Test]:
    """Yield the tests that hold whenever this one does."""
    yield test
    if test.name == "allof":
        for one in test.tests:
            yield from _all_of(one)


def _is_sure(test: Test) -> bool:
    return test.name in _SURE and _matches(test.arguments)


def _matches(arguments: Sequence[Argument]) -> bool:
    return any(isinstance(one, Tag) and one.name in _SETS_GROUPS for one in arguments)


def _says(reference: re.Pattern[str], commands: Sequence[Command]) -> bool:
    return any(_holds(reference, node.arguments) for node in nodes(tuple(commands)))


def _holds(reference: re.Pattern[str], arguments: Sequence[Argument]) -> bool:
    return any(reference.search(value) for one in arguments if isinstance(one, Strings) for value in one.values)
