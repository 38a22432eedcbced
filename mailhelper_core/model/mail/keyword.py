"""Keywords of a message: IMAP flags and keywords as one set of strings (RFC 9051 2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

SEEN = "\\Seen"
ANSWERED = "\\Answered"
FLAGGED = "\\Flagged"
DELETED = "\\Deleted"
DRAFT = "\\Draft"
JUNK = "$Junk"
NOT_JUNK = "$NotJunk"

# The order is the bit number in the database: never reorder, only append.
SYSTEM_KEYWORDS: tuple[str, ...] = (SEEN, ANSWERED, FLAGGED, DELETED, DRAFT)

# What a mail program notes about its own deeds; setflag leaves it, or a reply would be forgotten.
FACTS = frozenset({ANSWERED, DRAFT, DELETED, "$Forwarded", "$MDNSent"})

_SYSTEM_BY_LOWER = {keyword.lower(): keyword for keyword in SYSTEM_KEYWORDS}
_KNOWN_BY_LOWER = {
    keyword.lower(): keyword for keyword in (JUNK, NOT_JUNK, "$Phishing", "$Forwarded", "$MDNSent", "$Important")
} | {"junk": JUNK, "nonjunk": NOT_JUNK, "notjunk": NOT_JUNK}
_BIT = {keyword: 1 << number for number, keyword in enumerate(SYSTEM_KEYWORDS)}
# RFC 9051 9 (atom): no blanks, controls or these specials.
_NOT_IN_ATOM = frozenset('(){%*"\\] ')
# Dovecot and Cyrus refuse longer names or many of them; a keyword is a name, not a text.
MAX_KEYWORD_LENGTH = 100


def normalize_keyword(name: str) -> str | None:
    """Answer the canonical spelling of a flag or keyword, or None for what is no keyword (\\Recent, \\*)."""
    lower = name.lower()
    if lower.startswith("\\"):
        return _SYSTEM_BY_LOWER.get(lower)
    return _KNOWN_BY_LOWER.get(lower, lower) if is_keyword(name) else None


def flag_meant(keyword: str) -> str:
    """Answer the IMAP flag that a keyword is but for its backslash, such as \\Seen for `seen`; empty for all others."""
    return _SYSTEM_BY_LOWER.get(f"\\{keyword.lower()}", "")


def normalize_keywords(names: Iterable[str]) -> frozenset[str]:
    """Answer the canonical set, without what is no keyword."""
    return frozenset(keyword for name in names if (keyword := normalize_keyword(name)))


def is_keyword(name: str) -> bool:
    """Say whether an IMAP server could store this name as a keyword."""
    return (
        0 < len(name) <= MAX_KEYWORD_LENGTH
        and name.isascii()
        and name.isprintable()
        and not _NOT_IN_ATOM.intersection(name)
    )


def pack_keywords(keywords: Iterable[str]) -> tuple[int, str]:
    """Answer (bits of the system keywords, the others sorted and joined by blanks) for the database."""
    bits = 0
    others = []
    for keyword in keywords:
        bit = _BIT.get(keyword)
        if bit:
            bits |= bit
        else:
            others.append(keyword)
    return bits, " ".join(sorted(others))


# A page of messages has few sets of keywords, and many pages have the same.
@lru_cache(maxsize=1_024)
def unpack_keywords(bits: int, others: str) -> frozenset[str]:
    """Answer the keywords that `pack_keywords` stored."""
    system = [keyword for keyword, bit in _BIT.items() if bits & bit]
    return frozenset(system + others.split())


def system_bit(keyword: str) -> int | None:
    """Answer the bit of a system keyword, None for any other."""
    return _BIT.get(keyword)
