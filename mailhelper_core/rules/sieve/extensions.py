"""Which extensions commands need, read from their words alone; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.language.check import Checker
from mailhelper_core.sieve.language.script import Command, Strings, Tag, Test, nodes
from mailhelper_core.sieve.language.vocabulary import COMMANDS, EXTENSIONS, TESTS

_COMPARATOR = "i;ascii-numeric"
_FLAG_WORDS = frozenset({"setflag", "addflag", "removeflag", "hasflag"})


def needed(commands: Sequence[Command]) -> tuple[str, ...]:
    """Answer the extensions to require, sorted; "variables" where a command or test of theirs stands."""
    return tuple(sorted({name for node in nodes(tuple(commands)) for name in _of(node)}))


def has_references(commands: Sequence[Command]) -> bool:
    """Say whether a string holds what is a reference where variables are required."""
    return any(
        "${" in value
        for node in nodes(tuple(commands))
        for one in node.arguments
        if isinstance(one, Strings)
        for value in one.values
    )


def _names_variable(node: Command | Test) -> bool:
    """Say whether a flag word speaks of a variable and not of the mail."""
    checker = Checker("", EXTENSIONS)
    try:
        call = checker.test(node) if isinstance(node, Test) else checker.command(node)
    except SieveError:
        return False
    return call.name in _FLAG_WORDS and call.places[0] is not None


def _of(node: Command | Test) -> Iterator[str]:
    word = (TESTS if isinstance(node, Test) else COMMANDS).get(node.name)
    if word is None:
        return
    if word.extension:
        yield word.extension
    if node.name in _FLAG_WORDS and _names_variable(node):
        yield "variables"
    for argument in node.arguments:
        if isinstance(argument, Tag) and argument.name in word.tags and word.tags[argument.name].extension:
            yield word.tags[argument.name].extension
        if isinstance(argument, Strings) and argument.values == (_COMPARATOR,):
            yield f"comparator-{_COMPARATOR}"
