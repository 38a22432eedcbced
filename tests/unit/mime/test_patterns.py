"""No pattern of the MIME layer takes more than linear time, whatever the mail repeats."""

from __future__ import annotations

import re
import time

import pytest

from mailhelper_core.mime import decode, facts, header, html, parse, quote, structure

# Tried at one place only, or on one line of at most 400 characters.
ANCHORED = frozenset({"_SIMPLE", "_DIVIDER", "_DATE", "_FROM", "_OTHER_FIELD", "_SENT_FROM", "_ATTRIBUTION_START"})
PATTERNS = [
    pytest.param(value, name in ANCHORED, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in (decode, facts, header, html, parse, quote, structure)
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
        text = (repeated * 10_000)[:10_000] + "!"
        started = time.process_time()
        if isinstance(pattern.pattern, bytes):
            read(pattern.pattern, text.encode(), pattern.flags)
        else:
            read(pattern.pattern, text, pattern.flags)

        # Linear is some milliseconds; quadratic would be 100 million steps, half a second and more.
        assert time.process_time() - started < 0.25, repeated
