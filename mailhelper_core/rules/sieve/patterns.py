"""How Sieve's match types read as regular expressions of our queries, and back; pure.

Each of `:contains`, `:is` and `:matches` has one form here that no other has, so that both ways are exact.
"""

from __future__ import annotations

import re

from mailhelper_core.sieve.values.ere import translate

# (match type, key, whether case matters)
Key = tuple[str, str, bool]

_SPECIAL = re.compile(r"([\\.^$*+?()\[\]{}|])")
_LITERAL = re.compile(r"(?:[^\\.^$*+?()\[\]{}|]|\\[\\.^$*+?()\[\]{}|])*")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_GLOB_ITEM = re.compile(r"\\(.)|(\*)|(.)", re.DOTALL)
_GLOB_PIECE = re.compile(r"(\.\*)|\\([\\.^$*+?()\[\]{}|])|([^\\.^$*+?()\[\]{}|])", re.DOTALL)
_CLASS = r"\[:(?:alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit):\]"
# What POSIX and RE2 read the same way: no lazy or possessive marks, no classes of Perl, no flags in groups.
_PLAIN_REGEX = re.compile(
    rf"(?:[^\\(?*+}}\[\]]|\\[.^$*+?()\[\]{{}}|\\]|\((?!\?)|[?*+}}](?![?+])|\[(?:{_CLASS}|[^\\\[\]])+\])*"
)


def contains(key: str, *, has_case: bool) -> str:
    """Answer the pattern of `:contains`."""
    return f"(?{'s' if has_case else 'i'}){_escape(key)}"


def matches(key: str, *, has_case: bool) -> str:
    """Answer the pattern of `:matches`; of a key without `?`, which is one octet there and no character."""
    return f"(?s{'' if has_case else 'i'})^{''.join(map(_glob_item, _GLOB_ITEM.findall(key)))}$"


def regex(key: str, *, has_case: bool) -> str:
    """Answer the pattern of `:regex`. Raises ValueError for one that RE2 cannot do."""
    return translate(key, ignore_case=not has_case)


def whole(kind: str, key: str) -> str | None:
    """Answer the key of `:is` for a key of `:matches` without a star; None for any other."""
    if kind != "matches" or any(wildcard for _, wildcard, _ in _GLOB_ITEM.findall(key)):
        return None
    return _UNESCAPE.sub(r"\1", key)


def read(pattern: str) -> Key | None:
    """Answer what match type and key a pattern came from, or could have come from; None for any other."""
    return _read_contains(pattern) or _read_matches(pattern) or _read_regex(pattern)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _glob_item(item: tuple[str, str, str]) -> str:
    escaped, wildcard, plain = item
    return ".*" if wildcard else _escape(escaped or plain)


def _read_contains(pattern: str) -> Key | None:
    for head, has_case in (("(?i)", False), ("(?s)", True)):
        body = pattern[len(head) :]
        if pattern.startswith(head) and body and _LITERAL.fullmatch(body):
            return "contains", _UNESCAPE.sub(r"\1", body), has_case
    return None


def _read_matches(pattern: str) -> Key | None:
    for head, has_case in (("(?si)^", False), ("(?s)^", True)):
        if pattern.startswith(head) and pattern.endswith("$"):
            key = _read_glob(pattern[len(head) : -1])
            return None if key is None else ("matches", key, has_case)
    return None


def _read_glob(body: str) -> str | None:
    found = []
    at = 0
    while at < len(body):
        piece = _GLOB_PIECE.match(body, at)
        if piece is None:
            return None
        star, escaped, plain = piece.groups()
        literal = escaped or plain or ""
        found.append("*" if star else f"\\{literal}" if literal in ("*", "?", "\\") else literal)
        at = piece.end()
    return "".join(found)


def _read_regex(pattern: str) -> Key | None:
    for head, has_case in (("(?si)", False), ("(?s)", True)):
        body = pattern[len(head) :]
        if pattern.startswith(head) and _PLAIN_REGEX.fullmatch(body):
            return "regex", body, has_case
    return None
