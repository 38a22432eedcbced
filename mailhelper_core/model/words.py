"""The one tokenizer: text to searchable words, the same for search, rules and both databases."""

from __future__ import annotations

import re
import unicodedata

# Words of a text that can be found; PostgreSQL clamps positions at 16383, phrases beyond would never match.
SEARCHABLE_WORDS = 10_000
# PostgreSQL refuses lexemes above 2046 bytes; nobody searches longer words.
MAX_WORD_LENGTH = 200
# Characters looked at, so that a 30 MB text costs what a long letter costs.
SEARCHABLE_CHARACTERS = 120_000

# Scripts written without blanks: one word a character, found as a phrase.
_ALONE = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f]+")


def words(text: str, limit: int = SEARCHABLE_WORDS) -> list[str]:
    """Answer the words of a text in order: NFKC, case-folded, without marks; punctuation separates."""
    text = text[:SEARCHABLE_CHARACTERS]
    found = _ASCII_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(fold(text))
    if len(found) > limit:
        del found[limit:]
    if len(text) > MAX_WORD_LENGTH:
        return [word if len(word) <= MAX_WORD_LENGTH else word[:MAX_WORD_LENGTH] for word in found]
    return found


def fold(text: str) -> str:
    """Answer the text as words are compared: Größe and GROSSE are equal, é is e."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFKD", folded)))


def contains_phrase(haystack: list[str], needle: list[str], *, prefix: bool = False) -> bool:
    """Say whether needle stands in haystack, word after word; prefix frees the end of its last word."""
    if not needle:
        return False
    head, last = needle[:-1], needle[-1]
    size = len(head)
    for index in range(len(haystack) - size):
        if haystack[index : index + size] == head:
            word = haystack[index + size]
            if word == last or (prefix and word.startswith(last)):
                return True
    return False
