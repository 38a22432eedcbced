"""Places of personal data in a text: checked, and merged where they overlap; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailhelper_core.model.ai.recognizer import PersonalData

_KIND = re.compile(r"[a-z][a-z_]{0,30}\Z")


def checked(found: object, length: int) -> list[PersonalData]:
    """Answer what a recognizer found; raise ValueError for what is no place in a text of this length."""
    if not isinstance(found, Sequence) or isinstance(found, str | bytes):
        raise ValueError("answered no sequence")
    spans = []
    for one in found:
        if not isinstance(one, PersonalData) or not _KIND.match(one.kind):
            raise ValueError("answered what is no PersonalData with a kind in lower case")
        if not 0 <= one.start < one.end <= length:
            raise ValueError("answered a place outside the text")
        spans.append(one)
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
