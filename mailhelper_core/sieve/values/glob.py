"""The wildcards of `:matches` (RFC 5228 2.7.1): `*` any text, `?` one octet; each time the shortest text counts.

The comparators here know octets, not characters: an umlaut in UTF-8 is two of them, and `?` may stand for half of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from mailhelper_core.sieve.values.compare import COMPARATORS
from mailhelper_core.sieve.values.octets import from_octets, is_whole, to_octets

Groups = tuple[str, ...]
Glob = Callable[[str], Groups | None]
_ITEM = re.compile(r"\\(.)|([*?])|([^\\*?]+|\\)", re.DOTALL)


@lru_cache(maxsize=1_024)
def compile_glob(pattern: str, comparator: str) -> Glob:
    """Answer a function of a text: the whole and what each wildcard stands for, or None."""
    plain = _compile(pattern, comparator)
    if "?" not in pattern and is_whole(pattern):
        return plain
    by_octet = _compile(to_octets(pattern), comparator)

    def find(text: str) -> Groups | None:
        if text.isascii():
            return plain(text)
        groups = by_octet(to_octets(text))
        return groups and tuple(map(from_octets, groups))

    return find


def _compile(pattern: str, comparator: str) -> Glob:
    """Answer the same with `?` for one item of the text.

    Pieces between stars are looked for from left to right, so no pattern takes more than length times length.
    """
    fold = COMPARATORS[comparator].fold
    pieces = [re.compile(piece, re.DOTALL) for piece in _pieces(fold(pattern))]
    first, middle, last = pieces[0], pieces[1:-1], pieces[-1]
    last_length = len(_pieces_plain(pattern)[-1])

    def whole(text: str) -> Groups | None:
        found = first.fullmatch(fold(text))
        return (text, *_cut(text, found)) if found else None

    def starred(text: str) -> Groups | None:
        folded = fold(text)
        found = first.match(folded)
        if found is None:
            return None
        groups = [text, *_cut(text, found)]
        for piece in middle:
            before = found.end()
            found = piece.search(folded, before)
            if found is None:
                return None
            groups += [text[before : found.start()], *_cut(text, found)]
        begin = len(text) - last_length
        ending = last.match(folded, begin) if begin >= found.end() else None
        return (*groups, text[found.end() : begin], *_cut(text, ending)) if ending else None

    return starred if len(pieces) > 1 else whole


def _cut(text: str, found: re.Match[str]) -> list[str]:
    return [text[found.start(number) : found.end(number)] for number in range(1, found.re.groups + 1)]


def _pieces(pattern: str) -> list[str]:
    """Answer a regular expression of fixed length for each piece between stars; `?` is a group."""
    return ["".join("(.)" if is_any else re.escape(text) for text, is_any in piece) for piece in _split(pattern)]


def _pieces_plain(pattern: str) -> list[str]:
    return ["".join(text for text, _ in piece) for piece in _split(pattern)]


def _split(pattern: str) -> list[list[tuple[str, bool]]]:
    pieces: list[list[tuple[str, bool]]] = [[]]
    for escaped, wildcard, literal in _ITEM.findall(pattern):
        if wildcard == "*":
            pieces.append([])
        else:
            pieces[-1].append((escaped or wildcard or literal, wildcard == "?"))
    return pieces
