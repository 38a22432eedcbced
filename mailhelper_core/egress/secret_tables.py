"""Passwords and codes of tables: beside the word for them, or in the rows below it; pure.

`| Passwort | x |`, `Benutzer | Passwort` above `ada | x`, and the same without signs between, as HTML tables are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_WHO = re.compile(
    r"(?:benutzer|user|login|e-?mail|account|konto|server|host|rechner|name|url|adresse|address|kunde|zugang|anmelde"
    r"|ssid|netz|network|router)[\w-]{0,20}:?",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s|+:=-]*")
_CELL = {sign: re.compile(f"[^{sign}]+") for sign in "|;, "}
# What stands around a value and the word for it.
_AROUND = " \t*_:`\"'>"
# Words of a cell that says what stands below it, rows that are read, cells of a row without signs, a row.
_MOST_WORDS, _MOST_ROWS, _MOST_CELLS, _MOST_CHARACTERS = 4, 50, 6, 400
# In a list with commas, or where a value stands beside its word, longer ones are a sentence.
_FEW_WORDS = 2
Span = tuple[int, int]


def in_table(text: str, start: int, end: int) -> tuple[list[Span], list[Span]]:
    """Answer where values stand below a word for secrets and beside it, if the word has a table's cell for itself."""
    line = _line(text, start)
    if line[1] - line[0] > _MOST_CHARACTERS:
        return [], []
    for sign in "|;, ":
        cells = _cells(text, line, sign)
        at = next((at for at, (begins, ends) in enumerate(cells) if begins <= start and end <= ends), None)
        if at is None or (len(cells) == 1 and sign != " "):
            continue
        begins, ends = cells[at]
        if ends > end or text.count(" ", begins, end) >= _MOST_WORDS:
            return [], []
        return _unsigned(text, line, cells, at) if sign == " " else _signed(text, line, cells, at, sign)
    return [], []


def _signed(text: str, line: Span, cells: list[Span], at: int, sign: str) -> tuple[list[Span], list[Span]]:
    rows = _rows(text, line, len(cells), sign)
    is_listed = sign != "," or (_has_few_words(text, cells) and any(_WHO.fullmatch(text, *cell) for cell in cells))
    if rows and is_listed and (at or len(cells) > 2):  # a row of two that begins with the word is it and its value
        return [row[at] for row in rows], []
    beside = cells[at + 1 : at + 2]
    is_pair = sign != "," and " " not in text[slice(*cells[at])] and _has_few_words(text, beside)
    return [], beside if is_pair else []


def _has_few_words(text: str, cells: list[Span]) -> bool:
    return all(text.count(" ", *cell) < _FEW_WORDS for cell in cells)


def _unsigned(text: str, line: Span, cells: list[Span], at: int) -> tuple[list[Span], list[Span]]:
    """Answer the values of a table that has lost its signs: only where another cell says whose the secret is."""
    words = [text[begins:ends] for begins, ends in cells]
    if len(cells) == 1:
        labels = list(islice(_lines(text, line, -1), 2))
        is_list = len(labels) == 2 and _WHO.fullmatch(text[slice(*labels[1])])
        return [row[0] for row in _rows(text, line, 1, " ")[:1] if is_list], []
    is_head = len(cells) == 2 or not any(word[0].islower() for word in words)
    if len(cells) <= _MOST_CELLS and is_head and any(map(_WHO.fullmatch, words)):
        return [row[at] for row in _rows(text, line, len(cells), " ")], []
    near = [_cells(text, next(_lines(text, line, step), (0, 0)), " ") for step in (-1, 1)]
    is_told = any(len(row) > 1 and _WHO.fullmatch(text[slice(*row[0])]) for row in near)
    return [], cells[1:] if is_told and at == 0 and len(cells) == 2 else []


def _rows(text: str, line: Span, count: int, sign: str) -> list[list[Span]]:
    """Answer the cells of the rows below a line that have as many of them."""
    found = []
    for row in islice(_lines(text, line, 1), _MOST_ROWS):
        cells = _cells(text, row, sign)
        if len(cells) != count:
            break
        found.append(cells)
    return found


def _lines(text: str, line: Span, step: int) -> Iterator[Span]:
    """Yield the lines behind this one, or before it; empty ones and rules are left out."""
    while (line[1] < len(text)) if step > 0 else line[0] > 0:
        line = _line(text, line[1] + 1 if step > 0 else line[0] - 1)
        if line[1] - line[0] <= _MOST_CHARACTERS and not _RULE.fullmatch(text, *line):
            yield line


def _line(text: str, at: int) -> Span:
    ends = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if ends < 0 else ends


def _cells(text: str, line: Span, sign: str) -> list[Span]:
    """Answer the cells of a line without what stands around them; empty ones are none."""
    found = []
    for match in _CELL[sign].finditer(text, *line):
        begins, ends = match.span()
        while ends > begins and text[ends - 1] in _AROUND:
            ends -= 1
        while begins < ends and text[begins] in _AROUND:
            begins += 1
        if begins < ends:
            found.append((begins, ends))
    return found
