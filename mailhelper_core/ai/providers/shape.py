"""Read services' answers: what is missing or of another type is a ProviderError, never a surprise; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from mailhelper_core.errors import ProviderError

# No answer takes more; what is more is no count.
_MOST_TOKENS = 1_000_000_000


def wrong(what: str) -> ProviderError:
    """Answer the error for an answer that is not what the protocol says."""
    return ProviderError(f"The service's answer has no {what}.", code="shape", transient=False)


def text_of(value: object, what: str) -> str:
    """Answer a text."""
    if not isinstance(value, str):
        raise wrong(what)
    return value


def count_of(value: object) -> int:
    """Answer a count of tokens, 0 where there is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else 0


def entries_of(value: object, what: str) -> Sequence[Mapping[str, object]]:
    """Answer a list of objects."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise wrong(what)
    return value


def vectors_of(value: object, count: int) -> list[list[float]]:
    """Answer vectors, as many as were asked for, all of one length."""
    if not isinstance(value, Sequence) or len(value) != count:
        raise wrong("vector for each text")
    vectors = [[_number(number) for number in one] if isinstance(one, Sequence) else [] for one in value]
    if len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
        raise wrong("vectors of one length")
    return vectors


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not isfinite(value):
        raise wrong("numbers in a vector")
    return float(value)
