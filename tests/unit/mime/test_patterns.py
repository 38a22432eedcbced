"""No pattern of the MIME layer takes more than linear time, whatever the mail repeats."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from mailhelper_core.mime import attached, decode, facts, header, outline, parse, quote, structure
from mailhelper_core.mime.html import bounds, safe, text

# Tried at one place only, or on one line of at most 400 characters.
ANCHORED = frozenset({"_SIMPLE", "_DIVIDER", "_DATE", "_FROM", "_OTHER_FIELD", "_SENT_FROM", "_ATTRIBUTION_START"})
PATTERNS = [
    pytest.param(value, name in ANCHORED, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in (attached, decode, facts, header, bounds, safe, text, outline, parse, quote, structure)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
]
REPEATED = (
    "a", "a ", " ", "=", "=?", "=?a?q?", "<", "<a", '"', '\\"', "(", "(a", ";", "; a", ';a="', ":", "@", "a@", " . ",
    "-", "\n", "\n ", "\n--a", "\n--a\nContent-", "From:", "On ", "wrote ", "font:", "font-size:1 ", "display : ",
    "height:0 ", "opacity : 0.", "0", "1.", "[", "<!--", "a=", "a='", "boundary =", "score = ", "dkim=a ", "&#0",
    "<br>", "*0", "cid:",
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "is_anchored"), PATTERNS)
def test_time_is_linear(pattern: re.Pattern[str] | re.Pattern[bytes], is_anchored: bool) -> None:
    read = re.match if is_anchored else re.findall
    for repeated in REPEATED:
        line = (repeated * 10_000)[:10_000] + "!"
        octets_or_line = line.encode() if isinstance(pattern.pattern, bytes) else line

        # Linear is some milliseconds; quadratic would be 100 million steps, half a second and more. The best of three:
        # a busy machine makes CPU seconds longer too.
        spent = (seconds(lambda: read(pattern.pattern, octets_or_line, pattern.flags)) for _ in range(3))  # noqa: B023
        assert any(one < 0.25 for one in spent), repeated


def seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started
