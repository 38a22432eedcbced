"""Where commands put a mail, and which would end otherwise as rules of their own than in one script; pure.

A script says where a mail goes once it has ended; rules act one by one, each on the mail as the one before left it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mailhelper_core.rules.sieve.actions import FLAG_COMMANDS
from mailhelper_core.rules.sieve.extensions import has_references
from mailhelper_core.sieve.language.script import Argument, Command, Strings, Tag, Test, nodes

_CHAINED = ("if", "elsif", "else")
# A mailbox that is known when the script runs.
_ANY = "*"
_ARCHIVE = "\\Archive"
_INBOX = "INBOX"
# Deeds that are told apart; more of a kind are one of any mailbox.
_MANY = 40


class Deed(NamedTuple):
    """What becomes of a mail: its kind, and the mailbox where one is named."""

    # file copy keep discard; flag: sets some; late: sets some behind what put a mail there; own: gives one place flags;
    # asks: reads flags
    kind: str
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What commands may do, and what of that stands when they have come to their end; None where they never do."""

    acts: frozenset[Deed]
    leaves: frozenset[Deed] | None
    is_clear: bool  # whether each could be an action of a rule: none undoes another, and nothing stands behind a stop


def deeds(commands: Sequence[Command]) -> Deeds:
    """Answer what commands do."""
    walk = _Walk(has_references(commands))
    leaves = walk.through(commands, frozenset())
    return Deeds(frozenset(walk.acts), leaves, walk.is_clear)


def has_stop(commands: Sequence[Command]) -> bool:
    """Say whether a stop stands in commands."""
    return any(node.name == "stop" for node in nodes(tuple(commands)))


def spoils(before: Deed, deed: Deed) -> bool:
    """Say whether a deed of one rule ends otherwise than in a script, where another rule did one before."""
    match deed.kind, before.kind:
        case ("file", "file"):
            return deed.mailbox != before.mailbox or deed.mailbox == _ANY
        case ("file", "copy"):
            # A script that copies to INBOX, where mail comes in, leaves it there; a rule finds it there and moves it.
            return _may_be_one(deed.mailbox, before.mailbox) or before.mailbox.casefold() == "inbox"
        case ("file", "keep" | "discard") | ("copy", "discard"):
            return True
        case ("keep", "file" | "discard") | ("discard", "file" | "copy" | "keep"):
            return True
        case ("file" | "copy" | "keep", "late"):
            # To put a mail where it lies gives it the flags of now; a rule leaves it as it is there.
            return _may_be_one(deed.mailbox or _INBOX, before.mailbox)
        case (
            ("flag" | "own", "file" | "copy" | "keep")
            | ("own", "flag")
            | ("asks" | "file" | "copy" | "keep", "own")
            | ("asks closely", "flag")
        ):
            return True
    return False


def late(deed: Deed, before: Iterable[Deed]) -> Iterator[Deed]:
    """Yield a deed for each mailbox that flags come too late for: what was done before has put the mail there."""
    if deed.kind == "flag":
        yield from (Deed("late", one.mailbox or _INBOX) for one in before if one.kind in ("file", "copy", "keep"))


def _may_be_one(name: str, other: str) -> bool:
    return {_ANY, _ARCHIVE} & {name, other} != set() or name.casefold().rstrip("/.") == other.casefold().rstrip("/.")


@dataclass(slots=True)
class _Walk:
    """Goes through commands as an interpreter would, on all ways at once."""

    has_references: bool
    acts: set[Deed] = field(default_factory=set)
    is_clear: bool = True

    def through(self, commands: Sequence[Command], state: frozenset[Deed] | None) -> frozenset[Deed] | None:
        """Answer what may stand behind the commands; None where no way leads there."""
        ends: list[frozenset[Deed] | None] = []  # of the branches of a chain
        for number, command in enumerate(commands):
            if state is None:
                self.is_clear = False
                return None
            if command.name not in _CHAINED:
                state = None if command.name == "stop" else self.met(_deeds_of(command), state)
                continue
            if command.name == "if":
                ends = []
            for test in command.tests:
                self.met(_asks(test, self.has_references), state)
            ends.append(self.through(command.block or (), state))
            if number + 1 < len(commands) and commands[number + 1].name in _CHAINED[1:]:
                continue
            ways = [end for end in (*ends, *(() if command.name == "else" else (state,))) if end is not None]
            state = few(frozenset().union(*ways)) if ways else None
        return state

    def met(self, found: Iterator[Deed], state: frozenset[Deed]) -> frozenset[Deed]:
        for deed in found:
            if self.is_clear and any(spoils(before, deed) for before in state):
                self.is_clear = False
            self.acts.add(known(deed, self.acts))
            state |= {known(one, state) for one in (deed, *late(deed, state))}
        return state


def known(deed: Deed, others: Collection[Deed]) -> Deed:
    """Answer as what a deed is told apart beside others: where they are many already, by its kind alone."""
    return deed if deed in others or len(others) < _MANY else _of_any(deed)


def few(state: frozenset[Deed]) -> frozenset[Deed]:
    """Answer deeds that are not too many: of many only the kinds are told apart."""
    return state if len(state) < 2 * _MANY else frozenset(map(_of_any, state))


def _of_any(deed: Deed) -> Deed:
    return Deed(deed.kind, _ANY if deed.mailbox else "")


def _deeds_of(command: Command) -> Iterator[Deed]:
    tags = {one.name for one in command.arguments if isinstance(one, Tag)}
    strings = [one for one in command.arguments if isinstance(one, Strings)]
    if command.name in ("keep", "discard"):
        yield Deed(command.name)
    elif command.name == "fileinto":
        yield Deed("copy" if "copy" in tags else "file", _mailbox(command.arguments))
    elif command.name in FLAG_COMMANDS and len(strings) == 1:
        yield Deed("flag")
    if "flags" in tags:
        yield Deed("own")


def _mailbox(arguments: Sequence[Argument]) -> str:
    strings = [one for one in arguments if isinstance(one, Strings)]
    name = strings[-1].values[0] if strings else ""
    if any(isinstance(one, Tag) and one.name == "specialuse" for one in arguments):
        return _ARCHIVE if [one.values for one in strings] == [(_ARCHIVE,), ("Archive",)] else _ANY
    return _ANY if "${" in name or not name else name


def _asks(test: Test, has_references: bool) -> Iterator[Deed]:  # noqa: FBT001 - one of a recursion
    """A script knows its flags as they were written, and in their order; a message as a set of keywords."""
    if test.name == "hasflag":
        yield Deed("asks")
        tags = {one.name for one in test.arguments if isinstance(one, Tag)}
        has_case = any(isinstance(one, Strings) and one.values == ("i;octet",) for one in test.arguments)
        if has_case or (has_references and tags & {"matches", "regex"}):
            yield Deed("asks closely")
    for one in test.tests:
        yield from _asks(one, has_references)
