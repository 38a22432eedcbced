"""Expressions that hang engines which try one way after the other: the dearest of them, beside Python's own `re`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from bench.gauge import tell
from mailhelper_core.query.pattern import compile_pattern

TRIES = 5
# Each with a text on which Python's `re` takes from a second up to hours; the last takes it about one.
HANGING = (
    ("(a+)+$", "a" * 29 + "!"),
    ("(a|aa)+$", "a" * 40 + "!"),
    ("(.*a){12}$", "a" * 30 + "!"),
    ("([a-zA-Z0-9._-]+)*@x", "a" * 26),
    (r"(\s*,\s*)*$", " " * 20_000 + "x"),
)


def main() -> None:
    """Search each text with its expression."""
    dearest = max(_cpu(compile_pattern(pattern), text) for _ in range(TRIES) for pattern, text in HANGING)
    pattern, text = HANGING[-1]
    tell({"dearest": dearest, "re": _cpu(re.compile(pattern).search, text)})


def _cpu(search: Callable[[str], object], text: str) -> float:
    before = time.thread_time()
    search(text)
    return time.thread_time() - before


if __name__ == "__main__":
    main()
