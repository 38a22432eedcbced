"""The tree of a script: commands, tests and their arguments, known or unknown alike (RFC 5228 8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands in the text; a node that was not read stands nowhere."""

    start: int = 0
    end: int = 0


_NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged argument such as `:contains`, without the colon; the value of the tag, if any, is the next argument."""

    name: str
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, its quantifier multiplied in: 1K is 1024."""

    value: int
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Strings:
    """A string, or a list of strings in brackets."""

    values: tuple[str, ...]
    is_list: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


Argument = Tag | Number | Strings


@dataclass(frozen=True, slots=True)
class Test:
    """A test with its arguments; `tests` are those it combines, in parentheses when is_list."""

    __test__ = False  # pytest collects classes of this name

    name: str
    arguments: tuple[Argument, ...] = ()
    tests: tuple[Test, ...] = ()
    is_list: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its arguments, tests and block; block is None where it ends in a semicolon."""

    name: str
    arguments: tuple[Argument, ...] = ()
    tests: tuple[Test, ...] = ()
    is_list: bool = False
    block: tuple[Command, ...] | None = None
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script."""

    commands: tuple[Command, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The extensions that its `require` commands name, in their order."""
        return tuple(dict.fromkeys(name for one in self.commands for name in required(one)))


def required(command: Command) -> tuple[str, ...]:
    """Answer what a `require` command names; nothing for any other command."""
    if command.name != "require":
        return ()
    return tuple(value for one in command.arguments if isinstance(one, Strings) for value in one.values)


def nodes(commands: tuple[Command, ...]) -> Iterator[Command | Test]:
    """Yield every command and test, each before what it holds."""
    waiting: list[Command | Test] = list(reversed(commands))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Command):
            waiting.extend(reversed(node.block or ()))
        waiting.extend(reversed(node.tests))
