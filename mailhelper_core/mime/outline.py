"""A look at the octets of a message before a parser sees them: how many parts, how deep, and where to stop reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import merge

# Real mail nests forwarded messages two or three deep. The fast parser copies a message for each one it lies in.
MAX_NESTED = 5
# More than RFC 2046 5.1.1 allows.
_MAX_BOUNDARY_CHARS = 200
# Lines of two dashes and the like; each costs two microseconds, and no mail has so many.
_MAX_MARKS = 200_000
_CHUNK_BYTES = 1_000_000

_BOUNDARY = re.compile(rb'boundary\s{0,5}=\s{0,5}(?:"([^"\r\n]{1,200})|([^"\s;]{1,200}))', re.IGNORECASE)
# With a line feed alone where there is no other end of a line: that is twenty times as fast.
_DELIMITER = re.compile(rb"\n--([^\r\n]{1,202})")
_ANY_DELIMITER = re.compile(rb"[\r\n]--([^\r\n]{1,202})")
# What makes the fast parser look into a message; an encoded word can stand for it.
_NESTED = re.compile(rb"\n(?i:content-type:\s{0,20}(?:message/rfc822|multipart/digest|=\?))")
# Spellings in which a parser finds a boundary where `_BOUNDARY` does not (RFC 2231, escapes, encoded words).
_HIDDEN = re.compile(rb'boundary\*|boundary\s{0,5}=\s{0,5}"[^"\r\n]{0,200}\\|content-type:\s{0,20}=\?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """Where to stop reading, and what that cuts; at most `depth` boundaries are open at once.

    nested is how many messages lie in one another, at most.
    """

    end: int
    depth: int
    nested: int
    problems: tuple[str, ...] = ()


def read_outline(raw: bytes, start: int, end: int, boundary: bytes, *, parts: int, depth: int) -> Outline:
    """Look at a body with this boundary, and cut it where it has too many parts or nests too deep."""
    boundaries = 1 + _count(raw, b"boundary", start, end)
    nested = len(_NESTED.findall(raw, start, end))
    delimiters = raw.count(b"\n--", start, end) + raw.count(b"\r--", start, end)
    if boundaries <= depth and nested <= MAX_NESTED and delimiters <= parts:
        return Outline(end, boundaries, nested)
    walk = _Walk([_Open(boundary[:_MAX_BOUNDARY_CHARS])], parts, depth, hides=_HIDDEN.search(raw, 0, end) is not None)
    return walk.through(raw, start, end)


def _count(raw: bytes, word: bytes, start: int, end: int) -> int:
    """Count a word in any case; a piece at a time, for a large mail is not to be copied."""
    pieces = range(start, end, _CHUNK_BYTES)
    return sum(raw[at : min(end, at + _CHUNK_BYTES + len(word) - 1)].lower().count(word) for at in pieces)


@dataclass(frozen=True, slots=True)
class _Open:
    """A multipart under way, and how many messages it lies in."""

    boundary: bytes
    nested: int = 0


@dataclass(slots=True)
class _Walk:
    """Goes through the marks of a message in order; `hides` says that boundaries may be open which it cannot see."""

    open: list[_Open]
    most_parts: int
    most_open: int
    hides: bool
    parts: int = 0
    marks: int = 0
    nested: int = 0
    most_nested: int = 0
    depth: int = 1

    def through(self, raw: bytes, start: int, end: int) -> Outline:
        """Answer the outline, up to where the limits are passed."""
        is_usual = raw.count(b"\r") == raw.count(b"\r\n")
        delimiters = _DELIMITER if is_usual else _ANY_DELIMITER
        patterns = (delimiters, _BOUNDARY, _NESTED)
        for match in merge(*(one.finditer(raw, max(start - 1, 0), end) for one in patterns), key=re.Match.start):
            if problem := self._take(match):
                return self._outline(match.start(), problem)
        return self._outline(end)

    def _outline(self, end: int, *problems: str) -> Outline:
        return Outline(end, self.most_open if self.hides else self.depth, self.most_nested, problems)

    def _take(self, match: re.Match[bytes]) -> str:
        """Note one mark; answer which limit it passes, if any."""
        self.marks += 1
        if self.marks > _MAX_MARKS:
            return "parts-cut"
        if match.re is _BOUNDARY:
            return self._declare((match[1] or match[2])[:_MAX_BOUNDARY_CHARS])
        if match.re is _NESTED:
            self.nested += 1
            self.most_nested = max(self.most_nested, self.nested)
            return ""
        self._delimit(match[1].rstrip())
        return "parts-cut" if self.parts > self.most_parts else ""

    def _declare(self, boundary: bytes) -> str:
        # Mail about mail names the same few again and again; what lies in a multipart cannot open its boundary anew.
        if any(one.boundary == boundary for one in self.open):
            return ""
        if len(self.open) == self.most_open:
            return "depth-cut"
        self.open.append(_Open(boundary, self.nested))
        self.depth = max(self.depth, len(self.open))
        return ""

    def _delimit(self, line: bytes) -> None:
        """Begin a part, or end a multipart: whatever was open within is over."""
        open_ = [one.boundary for one in self.open]
        name = line if line in open_ else line.removesuffix(b"--")
        if name not in open_:
            # RFC 2046 5.1.1: that a line begins with a boundary is enough.
            self.parts += self.hides or line.startswith(tuple(open_))
            return
        at = len(open_) - 1 - open_[::-1].index(name)
        self.nested = self.open[at].nested
        is_end = name != line
        self.parts += not is_end
        del self.open[at if is_end else at + 1 :]
