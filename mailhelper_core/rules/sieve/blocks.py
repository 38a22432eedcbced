"""A script cut into blocks that can become rules: each with its text, its comments, and what the comments say; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.sieve.language.script import Command, Script

# What filter editors write before a rule: Roundcube and ours; Nextcloud and others; Open-Xchange.
NAME = re.compile(
    r"^[ \t]*#+[ \t]*(?:rule:\[(?P<bracket>[^\n]*)\]|(?:Rule|Filter|Name)[ \t]*:[ \t]*(?P<plain>[^\n]+)"
    r"|[^\n]*\|Rulename:[ \t]*(?P<last>[^\n]+))[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
NOTE_LINE = re.compile(r"^# mailhelper (\{.*\})[ \t]*\r?$", re.MULTILINE)
NOTE = "# mailhelper "
# What stands behind a command on its line.
_REST = re.compile(r"[ \t]*(?:/\*[^*]*(?:\*(?!/)[^*]*)*\*/[ \t]*)*(?:#[^\n]*)?\n")
_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Top-level commands that belong together; text is theirs with all that stands before."""

    commands: tuple[Command, ...]
    text: str
    name: str  # from a comment; empty without one
    notes: tuple[Rule, ...]  # rules that an export left in comments before it
    line: int
    position: int  # of the first command in the script


def cut(text: str, script: Script) -> Iterator[Block]:
    """Yield the blocks, each with the comment behind it on its line.

    What follows the last command belongs to it, notes there are a block without commands.
    """
    begin = line = at = 0
    group: list[Command] = []
    for command in script.commands:
        if command.name == "require":
            continue
        end = _line_end(text, group[-1].span.end, command.span.start) if group else 0
        if group and _begins_block(command, group[-1], text[end : command.span.start]):
            yield _block(text, begin, end, group, line)
            begin, group = end, []
        if not group:
            line, at = line + text.count("\n", at, command.span.start), command.span.start
        group.append(command)
    end = _line_end(text, group[-1].span.end, len(text)) if group else 0
    if group and NOTE_LINE.search(text, end):
        yield _block(text, begin, end, group, line)
        begin, group = end, []
    line = line if group else text.count("\n")
    yield _block(text, begin, len(text), group, line)


def _line_end(text: str, end: int, limit: int) -> int:
    """Answer where the line of a command ends, if nothing but comments follows there."""
    found = _REST.match(text, end, limit)
    return found.end() if found else end


def _begins_block(command: Command, last: Command, between: str) -> bool:
    if command.name in ("elsif", "else"):
        return False
    has_comment = bool(NAME.search(between) or NOTE_LINE.search(between))
    return command.block is not None or last.block is not None or has_comment


def _block(text: str, begin: int, end: int, group: Sequence[Command], line: int) -> Block:
    start = group[0].span.start if group else end
    head = text[begin:start]
    notes = [rule for rule in map(_read_note, NOTE_LINE.findall(head)) if rule]
    return Block(tuple(group), text[begin:end], _name(head), tuple(notes), line + 1, start)


def branch_names(text: str, commands: Sequence[Command]) -> dict[int, str]:
    """Answer the names that comments give to branches behind the first, by where each begins."""
    heads = ((one.span.start, text[before.span.end : one.span.start]) for before, one in pairwise(commands))
    return {start: name for start, head in heads if (name := _name(head))}


def _name(head: str) -> str:
    """Answer the name in the last comment that gives one; empty without."""
    names = [found["bracket"] or found["plain"] or found["last"] or "" for found in NAME.finditer(head)]
    return (names[-1] if names else "").strip()[:_MAX_NAME]


def write_note(rule: Rule) -> str:
    """Answer the comment from which an import reads the whole rule."""
    then = [[one.name, one.argument, dict(one.arguments)] for one in rule.then]
    value = {"name": rule.name, "when": rule.when, "then": then, "account": rule.account_id, "enabled": rule.enabled}
    value |= {"otherwise": rule.otherwise, "delay": rule.delay, "propose": rule.propose}
    value |= {"schedule": rule.schedule} if rule.schedule else {}
    return f"{NOTE}{json.dumps(value)}\n"


def _read_note(text: str) -> Rule | None:
    """Answer the rule of a comment; None for a comment that somebody has changed beyond reading."""
    try:
        value = json.loads(text)
        then = [Action(str(name), str(argument), **named) for name, argument, named in value["then"]]
        return Rule(
            str(value["name"]),
            str(value["when"]),
            then,
            account_id=value["account"],
            enabled=value["enabled"] is True,
            otherwise=value["otherwise"] is True,
            delay=str(value["delay"]),
            propose=value["propose"] is True,
            schedule=str(value.get("schedule", "")),
        )
    except (ValueError, KeyError, TypeError, InvalidError, RecursionError):
        return None
