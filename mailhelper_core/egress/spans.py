"""Places of personal data in a text: checked, and merged where they overlap; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailhelper_core.model.ai.recognizer import PersonalData

_KIND = re.compile(r"[a-z][a-z_-]{0,30}\Z")


def checked(found: object, length: int) -> list[PersonalData]:
    """Answer what a recognizer found; raise ValueError for what is no place in a text of this length."""
    if not isinstance(found, Sequence) or isinstance(found, str | bytes):
        raise ValueError("answered no sequence")
    spans = []
    for one in found:
        if not isinstance(one, PersonalData):
            raise ValueError(f"answered {type(one).__name__}, not PersonalData")
        kind = str(one.kind)  # whatever a plugin has written there
        if not _KIND.match(kind):
            raise ValueError("answered a kind that is not of lower case letters, _ and -")
        if not 0 <= one.start < one.end <= length:
            raise ValueError("answered a place outside of the text")
        spans.append(replace(one, kind=kind.replace("-", "_")))  # as the marks in a text have it
    return spans


def merged(spans: Iterable[PersonalData]) -> list[PersonalData]:
    """Answer places that do not overlap, in order: what overlaps becomes one, with the kind of its longest."""
    ordered = sorted(spans, key=lambda one: (one.start, -one.end))
    result: list[PersonalData] = []
    longest = 0
    for one in ordered:
        if result and one.start < result[-1].end:
            last = result[-1]
            kind = one.kind if one.end - one.start > longest else last.kind
            longest = max(longest, one.end - one.start)
            result[-1] = PersonalData(kind, last.start, max(last.end, one.end))
        else:
            result.append(one)
            longest = one.end - one.start
    return result
