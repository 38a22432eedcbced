"""Code blocks of Markdown pages, and running them as their reader would: in order, one page one session."""

from __future__ import annotations

import ast
import re
import shlex
from codeop import CommandCompiler
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVE_IT = re.compile(r"\A\s*Save it as `(?P<name>[\w./]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its language, its text, the page's line that it begins on, and the file it is to be saved as."""

    language: str
    text: str
    line: int
    saved_as: str


def blocks(page: Path, language: str) -> list[Block]:
    """Answer the blocks of a language, in their order; `Save it as X` behind a block names its file."""
    text = page.read_text(encoding="utf-8")
    return [_block(text, match) for match in _BLOCK.finditer(text) if match["language"] == language]


def run_python(page: Path, folder: Path) -> dict[str, object]:
    """Run the page's Python in one session, save what is to be saved into the folder, and answer its names."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page, "python"):
        if block.saved_as:
            path = folder / block.saved_as
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        # Empty lines in front make a traceback point to the line of the page.
        code = compile("\n" * (block.line - 1) + block.text, page, "exec")
        exec(code, names)
    return names


def mistake_at_a_prompt(block: Block) -> str:
    """Answer what an interactive Python does not take of a block that is pasted into it; empty when it takes all.

    A statement of several lines ends at an empty line there, and at nothing else.
    """
    read, waiting = CommandCompiler(), list[str]()
    for number, line in enumerate([*block.text.splitlines(), ""], block.line):
        waiting.append(line)
        try:
            is_whole = read("\n".join(waiting), "<stdin>", "single") is not None
        except SyntaxError as exc:
            return f"line {number}, {line!r}: {exc.msg}"
        waiting = [] if is_whole else waiting
    return ""


def is_loud(block: Block) -> bool:
    """Say whether a prompt shows all mail that is generated here, as it shows what any statement answers."""
    statements = (node.value for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Expr))
    calls = (one.func for one in statements if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in ("fill", "mails") for one in calls)


def console_commands(page: Path, program: str) -> list[list[str]]:
    """Answer the arguments of each call of a program that the page shows behind a `$`."""
    lines = [line for block in blocks(page, "console") for line in block.text.splitlines() if line.startswith("$ ")]
    calls = [shlex.split(line[2:], comments=True) for line in lines]
    return [call[1:] for call in calls if call and call[0] == program]


def _block(page: str, match: re.Match[str]) -> Block:
    saved = _SAVE_IT.match(page[match.end() :])
    line = page.count("\n", 0, match.start("text")) + 1
    return Block(match["language"], match["text"], line, saved["name"] if saved else "")
