"""What a page shows behind a prompt is understood: each line of our commands goes through its real parser."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import click
import pytest

from mailhelper_cli.main import cli
from mailhelper_core.__main__ import _parser
from mailhelper_web.commands import main as web
from tests.acceptance.pages import blocks

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/README.md")])
PROMPTS = ("$ ", "# ")


def parse(command: click.Command) -> Callable[[list[str]], object]:
    """Answer a function that reads arguments as the command does; nothing is carried out."""
    return lambda words: command.main(words, standalone_mode=False, obj=False)


PARSERS: dict[str, Callable[[list[str]], object]] = {
    "mailhelper": parse(cli),
    "mailhelper-web": parse(web),
    "mailhelper_core": lambda words: _parser().parse_args(words),
}


def called(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the calls of our programs in a line of a shell: by name, by path, by `python -m`, in a container."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    words = [*lexer, ";"]
    while words:
        end = next(place for place, word in enumerate(words) if set(word) <= set("();<>|&"))
        call, words = words[:end], words[end + 1 :]
        for place, word in enumerate(call):
            name, before = PurePosixPath(word).name, call[max(0, place - 2) : place]
            begins = place == 0 or "/bin/" in word or "exec" in before or before[-1:] == ["-m"]
            if name in PARSERS and begins:
                yield name, call[place + 1 :]
                break


def lines(page: Path) -> Iterator[str]:
    """Yield what stands behind a prompt."""
    for block in blocks(page, "console"):
        yield from (line[2:] for line in block.text.splitlines() if line.startswith(PROMPTS))


CALLS = [
    pytest.param(name, words, id=f"{page.stem}: {name} {' '.join(words)}"[:80])
    for page in PAGES
    for line in lines(page)
    for name, words in called(line)
]


@pytest.fixture
def nothing_done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let commands of click be read and not carried out; answer those that would be."""
    done: list[str] = []
    monkeypatch.setattr(click.Command, "invoke", lambda self, context: done.append(context.command_path))
    return done


@pytest.mark.parametrize(("name", "words"), CALLS)
def test_a_command_that_a_page_shows_is_understood(name: str, words: list[str], nothing_done: list[str]) -> None:
    PARSERS[name](words)

    assert name == "mailhelper_core" or len(nothing_done) >= 2  # the group, and what was asked of it


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mailhelper", ["rum"]),
        ("mailhelper", ["run", "--al"]),
        ("mailhelper-web", ["invite"]),
        ("mailhelper_core", ["x"]),
    ],
)
def test_a_slip_is_not(name: str, words: list[str], nothing_done: list[str]) -> None:
    with pytest.raises((click.UsageError, SystemExit)):
        PARSERS[name](words)


def test_each_program_is_found_in_each_way_that_a_page_calls_it() -> None:
    shown = [(name, *words[:1]) for page in PAGES for line in lines(page) for name, words in called(line)]

    assert set(shown) >= {
        ("mailhelper", "run"),
        ("mailhelper", "doctor"),  # in a container, and by its path
        ("mailhelper-web", "invite"),
        ("mailhelper-web", "copy-users"),
        ("mailhelper_core", "plugins"),
        ("mailhelper_core", "--database"),
    }
    assert shown.count(("mailhelper", "doctor")) >= 2
