"""Take one response off the stream, in pieces: text, literal, text ... each text with its line end."""

from __future__ import annotations

import re

from mailhelper_core.server.imap.stream import Stream

# The largest message that a big provider lets through (Exchange Online: 150 MB).
MAX_LITERAL_BYTES = 150_000_000

LITERAL = re.compile(rb".?[ (]~?\{(\d{1,20})\+?\}\r?\n", re.DOTALL)
_STATUS = re.compile(rb"\* (?:OK|NO|BAD|BYE|PREAUTH) ", re.IGNORECASE)


def read_pieces(stream: Stream, *, at_most: int = MAX_LITERAL_BYTES, keep: int = MAX_LITERAL_BYTES) -> list[bytes]:
    """Read one response of at most so many octets of literals; of each literal `keep` are kept, the rest is dropped."""
    line = stream.line()
    pieces = [line]
    total = 0
    while line[-3:] == b"}\r\n" or line[-2:] == b"}\n":
        # rfind, because an expression would look at the whole line.
        match = LITERAL.fullmatch(line, max(0, line.rfind(b"{") - 2))
        if match is None or _STATUS.match(pieces[0]):
            break
        size = int(match[1])
        total += size
        if total > at_most:
            stream.fail("too_much", "the mail server sends more than a message may hold")
        pieces.append(stream.exactly(min(size, keep)))
        if size > keep:
            stream.drop(size - keep)
        line = stream.line()
        pieces.append(line)
    return pieces
