"""What the level `strict` replaces besides: every number, and every run of words that may be a name; pure."""

from __future__ import annotations

import re

from mailhelper_core.model.ai.recognizer import PersonalData

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_CAP = r"[^\W\d_a-zß-ÿ][^\W_]*"
_RUN = re.compile(rf"\b{_CAP}(?:[ '’&.-]{{1,2}}{_CAP})+")
_ALONE = re.compile(rf"(?<=[a-zß-ÿ,;] ){_CAP}")


def numbers(text: str) -> list[PersonalData]:
    """Find every number: dates, amounts and times too."""
    return [PersonalData("number", match.start(), match.end()) for match in _NUMBER.finditer(text)]


def capitals(text: str) -> list[PersonalData]:
    """Find capitalized words within sentences: names, places, companies, and in German all nouns."""
    return [
        PersonalData("word", match.start(), match.end())
        for pattern in (_RUN, _ALONE)
        for match in pattern.finditer(text)
    ]
