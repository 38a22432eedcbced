"""The lexer: script text to tokens that know where they stand (RFC 5228 8.1); linear in the text."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from mailhelper_core.errors import SieveError

# What servers accept: Dovecot's sieve_max_script_size is 1 MiB.
MAX_CHARACTERS = 2**20

Kind = Literal["identifier", "tag", "number", "string", "mark", "end"]


class Token(NamedTuple):
    """One token: its kind, its value (strings unescaped, names in lower case), and its span in the text."""

    kind: Kind
    value: str
    start: int
    end: int


_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*\*/)*")
_TOKEN = re.compile(
    r"""
    (?P<identifier>[A-Za-z_][A-Za-z0-9_]*)
    | :(?P<tag>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9]+[KkMmGg]?)
    | "(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"
    | (?P<mark>[\[\](){},;])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT = re.compile(r"text:[ \t]*(?:#[^\n]*)?\r?\n", re.IGNORECASE)
_TEXT_END = re.compile(r"^\.\r?(?:\n|\Z)", re.MULTILINE)
_STUFFED = re.compile(r"^\.\.", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def tokenize(text: str) -> list[Token]:
    """Answer the tokens of a script, the last one of kind `end`. Raises SieveError."""
    if len(text) > MAX_CHARACTERS:
        hint = f"at most {MAX_CHARACTERS} characters"
        raise SieveError("this script is too long", text=text, position=MAX_CHARACTERS, hint=hint)
    tokens: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        token = _next(text, at)
        tokens.append(token)
        at = _skip(text, token.end)
    tokens.append(Token("end", "", at, at))
    return tokens


def _skip(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    at = found.end() if found else at
    if text.startswith("/*", at):
        raise SieveError("this comment is never closed", text=text, position=at, hint="add '*/'")
    return at


def _next(text: str, at: int) -> Token:
    opened = _TEXT.match(text, at)
    if opened:
        return _multi_line(text, at, opened.end())
    found = _TOKEN.match(text, at)
    if found is None:
        raise _unreadable(text, at)
    kind: Kind = found.lastgroup  # type: ignore[assignment]  # every alternative is a named group
    value = found[kind]
    if kind == "string":
        value = _ESCAPE.sub(r"\1", value) if "\\" in value else value
    elif kind in ("identifier", "tag"):
        value = value.lower()
    return Token(kind, value, at, found.end())


def _multi_line(text: str, at: int, begin: int) -> Token:
    closed = _TEXT_END.search(text, begin)
    if closed is None:
        raise SieveError("this text is never closed", text=text, position=at, hint="end it with a line that holds '.'")
    return Token("string", _STUFFED.sub(".", text[begin : closed.start()]), at, closed.end())


def _unreadable(text: str, at: int) -> SieveError:
    if text[at] == '"':
        return SieveError("this string is never closed", text=text, position=at, hint="add '\"'")
    hint = "write strings in double quotes, tags as :name"
    return SieveError(f"{text[at]!r} has no meaning here", text=text, position=at, hint=hint)
