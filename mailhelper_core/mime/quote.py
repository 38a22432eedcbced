"""Split a reply into what its author wrote, the quoted history and the signature; German and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A list shows one or two lines; what they are made of is rarely further down.
SNIPPET_CHARS = 200
_SNIPPET_SOURCES_CHARS = (1_500, 10_000)
_LINE_SOURCES_CHARS = (300, 600)

# Every pattern is matched against one line of at most this length, so the time stays linear.
_MAX_LINE_CHARS = 400
# How far an attribution ("On ... wrote:") may be wrapped, and a header block of Outlook be spread.
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 6
# Two dashes without the blank of RFC 3676 4.3 begin a signature only near the end; elsewhere they are a rule.
_SIGNATURE_LINES = 20

_QUOTE_MARKS = (">", " >", "|>")
# One of these is in every attribution, divider and header block: without them only > says what is quoted.
_HISTORY_WORDS = ("wrote", "writes", "schr", "original", "forward", "weitergeleitet", "reply message")
_FOREIGN_HISTORY_WORDS = ("écrit", "ursprünglich")
_FIELD_WORDS = (("from", "from:", "from :"), ("von", "von:", "von :"))
_DASHES = ("--", "__", "—")
_SIGNATURE = re.compile(r"--\s{0,3}|__+\s{0,3}|—\s{0,3}")
_SENT_FROM = re.compile(
    r"\s{0,3}(?:sent (?:from|with|via) |get outlook for |von mein\w{0,3} |gesendet (?:von|mit|aus|über) "
    r"|diese nachricht wurde von mein\w{0,3} |envoyé de )",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"\s{0,3}(?:-{2,}|_{2,}|={2,}|\*{2,})?\s{0,3}"
    r"(?:original[ -]?(?:message|nachricht)|ursprüngliche (?:nachricht|e-?mail)|forwarded message|reply message"
    r"|weitergeleitete (?:nachricht|e-?mail)|begin forwarded message"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail))\s{0,3}(?::|-{2,}|_{2,}|={2,}|\*{2,})",
    re.IGNORECASE,
)
_DIVIDER_ENDS = (":", "-", "_", "=", "*")
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|schreibt|hat geschrieben|geschrieben|a écrit)\b[^\n]{0,200}:", re.IGNORECASE
)
_ATTRIBUTION_FIRST = frozenset("OoAaLl0123456789")
_ATTRIBUTION_START = re.compile(r"(?:on|am|at|le|\d{1,4}[-./]\d{1,2}[-./]\d{1,4})\s", re.IGNORECASE)
_ADDRESS_OR_DATE = re.compile(r"[^\s@]@[^\s@]|\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}\.\d{1,2}\.")
_FROM = re.compile(r"[*\s]{0,4}(?:from|von)\s?:\s?[*\s]{0,4}\S", re.IGNORECASE)
_OTHER_FIELD = re.compile(r"[*\s]{0,4}(?:sent|date|to|subject|cc|gesendet|datum|an|betreff|kopie)\s?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """The three parts of a reply, each in the order of the text; any may be empty."""

    own: str
    quoted: str
    signature: str


def split_reply(text: str) -> ReplyParts:
    """Split plain text; below a divider or a header block all is quoted, elsewhere the lines that begin with >."""
    lines = text.split("\n")
    if _has_history_words(text.lower()):
        own, quoted = _split_history(lines)
    elif ">" not in text:
        own, quoted = lines, []
    else:
        own = [line for line in lines if not line.startswith(_QUOTE_MARKS)]
        quoted = [line for line in lines if line.startswith(_QUOTE_MARKS)] if len(own) < len(lines) else []
    end = _find_signature(own)
    return ReplyParts(
        own="\n".join(own[:end]).strip(),
        quoted="\n".join(quoted).strip(),
        signature="\n".join(own[end:]).strip(),
    )


def _has_history_words(lowered: str) -> bool:
    if any(map(lowered.__contains__, _HISTORY_WORDS)):
        return True
    if not lowered.isascii() and any(map(lowered.__contains__, _FOREIGN_HISTORY_WORDS)):
        return True
    return any(word in lowered and any(map(lowered.__contains__, fields)) for word, *fields in _FIELD_WORDS)


def snippet(text: str) -> str:
    """Answer the first readable characters in one line: the author's own words, else what is quoted."""
    for length in _SNIPPET_SOURCES_CHARS:
        parts = split_reply(text[:length])
        if parts.own or len(text) <= length:
            break
    source = parts.own or parts.quoted or parts.signature
    for length in _LINE_SOURCES_CHARS:
        line = " ".join(source[:length].split())
        if len(line) > SNIPPET_CHARS:
            break
    else:
        return line
    return line[:SNIPPET_CHARS].rpartition(" ")[0] or line[:SNIPPET_CHARS]


def _split_history(lines: list[str]) -> tuple[list[str], list[str]]:
    own: list[str] = []
    quoted: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number][:_MAX_LINE_CHARS].rstrip()
        if line.startswith(_QUOTE_MARKS):
            quoted.append(lines[number])
            number += 1
            continue
        # Most lines are empty, or like none that begins what is quoted.
        if not line or (":" not in line and line[0] not in _ATTRIBUTION_FIRST and not line.endswith(_DIVIDER_ENDS)):
            own.append(lines[number])
            number += 1
            continue
        attribution = _attribution_lines(lines, number, line)
        if _begins_history(lines, number, line) or (attribution and not _has_marks(lines, number + attribution)):
            return own, quoted + lines[number:]
        (quoted if attribution else own).extend(lines[number : number + (attribution or 1)])
        number += attribution or 1
    return own, quoted


def _begins_history(lines: list[str], number: int, line: str) -> bool:
    """Say whether all from here is quoted: a divider, or the header block that Outlook writes (From, Sent, To)."""
    if line.endswith(_DIVIDER_ENDS):
        if _DIVIDER.fullmatch(line):
            return True
        if not line.strip(" \t_-*=") and number + 1 < len(lines):  # a rule belongs to the header block below it
            number, line = number + 1, lines[number + 1][:_MAX_LINE_CHARS]
    if ":" not in line or not _FROM.match(line):
        return False
    following = lines[number + 1 : number + 1 + _HEADER_LINES]
    return sum(1 for other in following if _OTHER_FIELD.match(other[:_MAX_LINE_CHARS])) >= 2


def _attribution_lines(lines: list[str], number: int, line: str) -> int:
    """Answer how many lines "On Monday, Ada <ada@x> wrote:" takes here, 0 when it does not begin here."""
    if line.endswith(":"):
        return 1 if _is_attribution(line) else 0
    if line[0] not in _ATTRIBUTION_FIRST or not _ATTRIBUTION_START.match(line):
        return 0
    for count, other in enumerate(lines[number + 1 : number + _ATTRIBUTION_LINES], 2):
        if not other.strip():
            return 0
        line = f"{line} {other[:_MAX_LINE_CHARS].rstrip()}"
        if line.endswith(":"):
            return count if _is_attribution(line) else 0
    return 0


def _is_attribution(line: str) -> bool:
    match = _WROTE.search(line)
    return match is not None and match.end() == len(line) and _ADDRESS_OR_DATE.search(line) is not None


def _has_marks(lines: list[str], number: int) -> bool:
    """Say whether the next lines begin with >: then only those are quoted, and answers may stand between."""
    following = [line.lstrip() for line in lines[number : number + _HEADER_LINES] if line.strip()]
    return any(line.startswith(">") for line in following[:2])


def _find_signature(own: list[str]) -> int:
    """Find where the signature begins: a line of two dashes, or a "Sent from my ..." at the end."""
    near_end = max(0, len(own) - _SIGNATURE_LINES)
    if "-- " in own[:near_end]:
        return own.index("-- ")
    for number, line in enumerate(own[near_end:], near_end):
        if line.startswith(_DASHES) and _SIGNATURE.fullmatch(line):
            return number
    last = len(own) - 1
    while last >= 0 and not own[last].strip():
        last -= 1
    return last if last >= 0 and _SENT_FROM.match(own[last][:_MAX_LINE_CHARS]) else len(own)
