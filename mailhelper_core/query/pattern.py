"""Regular expressions of owners on google-re2: linear time whatever the pattern; the only module that imports it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

# Nobody writes longer ones by hand; RE2 itself bounds the compiled program.
MAX_PATTERN_LENGTH = 1_000
# Memory of one compiled pattern and its state cache; RE2's default of 8 MiB times 1,000 rules is too much.
_MAX_BYTES = 2**20

Search = Callable[[str], tuple[int, int] | None]
Groups = Callable[[str], tuple[str, ...] | None]


@lru_cache(maxsize=1_024)
def compile_pattern(pattern: str) -> Search:
    """Answer a function that finds the pattern in a text: (start, end) of the first hit in octets of UTF-8, or None.

    Raises ValueError with RE2's reason for a pattern that it cannot read.
    """
    compiled = _compile(pattern)

    def search(text: str) -> tuple[int, int] | None:
        found = compiled.search(text.encode("utf-8", "replace"))
        span: tuple[int, int] | None = found.span() if found else None
        return span

    return search


@lru_cache(maxsize=1_024)
def compile_groups(pattern: str) -> Groups:
    """Answer a function that finds the longest of the leftmost hits: the texts of its groups, the whole first, or None.

    A group that took no part is empty. Raises ValueError as `compile_pattern`.
    """
    compiled = _compile(pattern, longest=True)

    def groups(text: str) -> tuple[str, ...] | None:
        found = compiled.search(text.encode("utf-8", "replace"))
        return (
            tuple((part or b"").decode("utf-8", "replace") for part in (found[0], *found.groups())) if found else None
        )

    return groups


def _compile(pattern: str, *, longest: bool = False) -> Any:
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise ValueError(f"a regular expression has at most {MAX_PATTERN_LENGTH} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_BYTES
    options.longest_match = longest
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as exc:
        raise ValueError(_reason(exc)) from exc


def _reason(exc: Exception) -> str:
    reason = exc.args[0] if isinstance(exc, re2.error) and exc.args else "it is no Unicode text"
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
