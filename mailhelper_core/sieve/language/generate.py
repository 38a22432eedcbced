"""The generator: a tree to canonical text; reading that text again answers the same tree."""

from __future__ import annotations

from mailhelper_core.sieve.language.script import Argument, Command, Number, Script, Strings, Tag, Test

_INDENT = "    "
_UNITS = (("G", 2**30), ("M", 2**20), ("K", 2**10))


def generate(script: Script) -> str:
    """Answer the text of a script, each command on its own line."""
    return "".join(map(write_command, script.commands))


def write_command(command: Command, *, depth: int = 0) -> str:
    """Answer the lines of a command with its block."""
    margin = _INDENT * depth
    head = margin + _call(command.name, command.arguments, command.tests, is_list=command.is_list)
    if command.block is None:
        return f"{head};\n"
    inner = "".join(write_command(one, depth=depth + 1) for one in command.block)
    return f"{head} {{\n{inner}{margin}}}\n"


def write_test(test: Test) -> str:
    """Answer the text of a test."""
    return _call(test.name, test.arguments, test.tests, is_list=test.is_list)


def quoted(value: str) -> str:
    """Answer a quoted string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _call(name: str, arguments: tuple[Argument, ...], tests: tuple[Test, ...], *, is_list: bool) -> str:
    parts = [name, *map(_argument, arguments)]
    written = [write_test(test) for test in tests]
    if is_list:
        parts.append(f"({', '.join(written)})")
    else:
        parts += written
    return " ".join(parts)


def _argument(argument: Argument) -> str:
    match argument:
        case Tag(name):
            return f":{name}"
        case Number(value):
            return _number(value)
        case Strings(values, is_list):
            listed = ", ".join(map(quoted, values))
            return f"[{listed}]" if is_list else listed


def _number(value: int) -> str:
    for unit, factor in _UNITS:
        if value and value % factor == 0:
            return f"{value // factor}{unit}"
    return str(value)
