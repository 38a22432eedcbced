"""Flag lists (RFC 5232): strings that hold flags between blanks, each flag once whatever its case."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelper_core.sieve.values.compare import fold_ascii

_SYSTEM = frozenset((r"\answered", r"\flagged", r"\deleted", r"\seen", r"\draft"))
# RFC 9051 9 (atom)
_NOT_IN_ATOM = frozenset('(){%*"\\]')


def read_flags(texts: Iterable[str]) -> list[str]:
    """Answer the flags in these strings, without what is no flag."""
    found: dict[str, str] = {}
    for text in texts:
        for flag in text.split(" "):
            folded = fold_ascii(flag)
            if folded not in found and _is_flag(folded):
                found[folded] = flag
    return list(found.values())


def added(flags: Iterable[str], more: Iterable[str]) -> list[str]:
    """Answer the flags with more of them."""
    return read_flags((*flags, *more))


def removed(flags: Iterable[str], gone: Iterable[str]) -> list[str]:
    """Answer the flags without some of them."""
    names = {fold_ascii(flag) for flag in read_flags(gone)}
    return [flag for flag in flags if fold_ascii(flag) not in names]


def _is_flag(folded: str) -> bool:
    if folded.startswith("\\"):
        return folded in _SYSTEM
    return bool(folded) and folded.isascii() and folded.isprintable() and not _NOT_IN_ATOM.intersection(folded)
