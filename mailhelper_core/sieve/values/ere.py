"""POSIX extended regular expressions (draft-murchison-sieve-regex) in the words of RE2, pure."""

from __future__ import annotations

import re

_ITEM = re.compile(
    r"""
    (?P<bracket>\[\^?\]?(?:\[:[a-z]+:\]|[^\]])*\])
    | \\(?P<escaped>.)
    | (?P<plain>[^\\\[]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
# What GNU adds, and people use.
_GNU = {"<": r"\b", ">": r"\b", "w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B"}


def translate(pattern: str, *, ignore_case: bool) -> str:
    """Answer the pattern for RE2: a dot is any character; a back-slash in brackets is one. Raises ValueError."""
    translated = "".join(map(_item, _ITEM.finditer(pattern)))
    return f"(?s{'i' if ignore_case else ''}){translated}"


def _item(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[found.lastgroup or 0]
    if kind == "bracket":
        head = 2 if text.startswith("[^") else 1
        return text[:head] + text[head:].replace("\\", "\\\\")
    if kind == "plain":
        return text
    if text.isdigit():
        raise ValueError("references to a group are not possible here")
    return _GNU.get(text) or re.escape(text)
