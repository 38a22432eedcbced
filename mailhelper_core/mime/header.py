"""Header blocks and structured fields: a linear, tolerant reader (RFC 5322 2.2, 3.3, 3.4, 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, KeysView
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache
from itertools import islice

from mailhelper_core.mime.decode import decode_field
from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.quick import quick_to_make

# Mail with more is an attack or broken: real mail stays below 40 KB and 200 fields, and 2,000 recipients.
MAX_HEADER_BYTES = 1_000_000
MAX_FIELDS = 1_000
MAX_ADDRESSES = 2_000
MAX_ADDRESS_CHARS = 100_000
# RFC 5322 2.1.1: a line has at most 998 characters.
MAX_ID_CHARS = 998
# The first says how the thread began, the last what was answered; 20 as JWZ's advice for long threads.
MAX_REFERENCES = 20

_FOLD = re.compile(rb"\n[ \t]+")
_FIELD = re.compile(r"^([!-9;-~]{1,200}+)[ \t]*+:[ \t]*+((?:[^\n]*[^ \t\n])?+)", re.MULTILINE)
# Printable ASCII, and what ends lines.
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
_ID = re.compile(r"<([^<>]{1,2000})>")
_SPACE = re.compile(r"\s+")


@quick_to_make
@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of one header in order, values raw: unfolded, one character an octet."""

    fields: tuple[tuple[str, str], ...]
    body_start: int
    problems: tuple[str, ...]
    _first: dict[str, str] = field(repr=False)
    _repeated: dict[str, list[str]] = field(repr=False)

    @property
    def names(self) -> KeysView[str]:
        """The lower-case names of its fields."""
        return self._first.keys()

    @property
    def is_plain(self) -> bool:
        """Say whether nothing in the values needs decoding."""
        values = "\n".join([value for _, value in self.fields])
        return "=?" not in values and values.isascii() and not values.encode().translate(None, _PLAIN)

    def first(self, name: str) -> str:
        """Answer the topmost raw value of a field (lower-case name), empty when absent."""
        return self._first.get(name, "")

    def all(self, name: str) -> list[str]:
        """Answer all raw values of a field (lower-case name), topmost first."""
        return self._repeated.get(name) or [self._first[name]] if name in self._first else []

    def text(self, name: str) -> str:
        """Answer the topmost value of a field, decoded; empty when absent."""
        value = self._first.get(name)
        return decode_field(value) if value else ""


def header_end(raw: bytes, start: int = 0) -> tuple[int, int]:
    """Answer where the header ends and where the body starts: around the first empty line."""
    if raw.startswith((b"\n", b"\r\n"), start):
        return start, start + (1 if raw.startswith(b"\n", start) else 2)
    crlf = raw.find(b"\n\r\n", start)
    bare = raw.find(b"\n\n", start, crlf if crlf >= 0 else len(raw))
    if bare >= 0:
        return bare + 1, bare + 2
    return (crlf + 1, crlf + 3) if crlf >= 0 else (len(raw), len(raw))


def scan(raw: bytes, start: int = 0) -> HeaderBlock:
    """Read the header at `start`; lines that are no fields are skipped, a run of them at the end is body."""
    end, body_start = header_end(raw, start)
    problems = []
    if end - start > MAX_HEADER_BYTES:
        end = raw.rfind(b"\n", start, start + MAX_HEADER_BYTES) + 1 or start + MAX_HEADER_BYTES
        problems.append("header-cut")
    octets = raw[start:end].replace(b"\r\n", b"\n")
    lines = _FOLD.sub(b" ", octets).rstrip(b"\n").decode("latin-1")
    found: list[tuple[str, str]] = _FIELD.findall(lines)
    if len(found) > MAX_FIELDS:
        del found[MAX_FIELDS:]
        problems.append("fields-cut")
    elif not found:
        problems.append("header-missing")
        body_start = start
    elif len(found) <= lines.count("\n") and (fields_end := start + _end_of_fields(raw[start:end])) < end:
        problems.append("separator-missing")
        body_start = fields_end
    return HeaderBlock(tuple(found), body_start, tuple(problems), *_by_name(found))


def _by_name(fields: list[tuple[str, str]]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Answer the topmost value of each field, and all values of those that are repeated."""
    first: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    for name, value in fields:
        key = name.lower()
        if key not in first:
            first[key] = value
        elif key in repeated:
            repeated[key].append(value)
        else:
            repeated[key] = [first[key], value]
    return first, repeated


def _end_of_fields(octets: bytes) -> int:
    """Find where the body begins that follows the last field without an empty line."""
    end = position = 0
    in_field = False
    for line in octets.decode("latin-1").split("\n"):
        in_field = _FIELD.match(line) is not None or (in_field and line.startswith((" ", "\t")))
        position += len(line) + 1
        end = position if in_field else end
    return min(end, len(octets))


# ------------------------------------------------------------------------------------------ addresses

_ATOMS = r"[^\s<>,;:()@\[\]\"\\]++"
_SIMPLE = re.compile(
    rf'\s*+(?:(?:"([^"\\<>]*+)"|([^"<>,;:()@\[\]\\]*+))\s*+<({_ATOMS}@{_ATOMS})>|({_ATOMS}@{_ATOMS}))\s*+(?:,|$)'
)
_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*+"?)|<(?P<angle>[^<>]*+)>?|(?P<mark>[():]|[,;][,;\s]*+)|(?P<literal>\[[^\[\]]*+\]?)'
    r"|(?P<text>[^\"<>(),;:\[\]\\]++|\\.|.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_AROUND_DOT = re.compile(r"\s{0,9}\.\s{0,9}")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_PLAIN_ADDRESS = re.compile(r"[!#-'*-;A-~]++")


def read_addresses(raw: str) -> tuple[Address, ...]:
    """Answer the mailboxes of an address field; groups are flattened, comments serve as missing names."""
    if not raw:
        return ()
    return _read_few_addresses(raw) if len(raw) < _FEW_ADDRESSES_CHARS else _read_addresses(raw[:MAX_ADDRESS_CHARS])


def _read_addresses(raw: str) -> tuple[Address, ...]:
    found: list[Address] = []
    position = 0
    while position < len(raw) and len(found) < MAX_ADDRESSES:
        match = _SIMPLE.match(raw, position)
        if match is None:  # something that needs the whole grammar
            return tuple(islice(_read_mailboxes(raw), MAX_ADDRESSES))
        quoted, name, angle, bare = match.groups()
        found.append(_address(quoted or name, angle or bare))
        position = match.end()
    return tuple(found)


# The same few people and lists write to the same few.
_FEW_ADDRESSES_CHARS = 500
_read_few_addresses = lru_cache(maxsize=1024)(_read_addresses)


def _read_mailboxes(raw: str) -> Iterator[Address]:
    pieces: list[str] = []
    comment: list[str] = []
    angle: str | None = None
    depth = 0
    for match in _TOKEN.finditer(raw):
        piece, kind = match[0], match.lastgroup
        if kind == "mark" and piece in "()":
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif depth:
            comment.append(piece)
        elif kind == "angle":
            angle = match["angle"]
        elif kind != "mark":
            pieces.append(piece)
        elif piece == ":":
            pieces.clear()
        elif pieces or comment or angle:
            yield from _mailbox(pieces, comment, angle)
            pieces, comment, angle = [], [], None
    yield from _mailbox(pieces, comment, angle)


def _mailbox(pieces: list[str], comment: list[str], angle: str | None) -> Iterator[Address]:
    phrase = "".join(pieces).strip()
    if angle is None and "@" in phrase:
        phrase, angle = _split_bare(phrase)
    address = _address(_unquoted(phrase.strip() or "".join(comment)), angle or "")
    if address.name or address.addr_spec:
        yield address


def _split_bare(phrase: str) -> tuple[str, str]:
    """Split (name, address) where the address stands without angle brackets; its local part may be quoted."""
    head, _, tail = _AROUND_DOT.sub(".", phrase).partition("@")
    start = head.rfind('"', 0, len(head) - 1) if head.endswith('"') else max(map(head.rfind, " \t")) + 1
    domain = tail.split(maxsplit=1)
    start = max(start, 0)
    return head[:start] + " ".join(domain[1:]), f"{head[start:]}@{''.join(domain[:1])}".strip("<>")


def _unquoted(name: str) -> str:
    return _ESCAPED.sub(r"\1", name.replace('\\"', "\x00").replace('"', "").replace("\x00", '"'))


def _address(name: str, addr_spec: str) -> Address:
    if not _PLAIN_ADDRESS.fullmatch(addr_spec):
        addr_spec = decode_field(_COMMENT.sub("", addr_spec))
        addr_spec = addr_spec if '"' in addr_spec else _SPACE.sub("", addr_spec)
    if addr_spec.startswith("@") and ":" in addr_spec:  # RFC 5322 4.4: an obsolete route before the address
        addr_spec = addr_spec.rpartition(":")[2]
    return Address(decode_field(name)[:MAX_ID_CHARS] if name else "", addr_spec[:MAX_ID_CHARS])


# ------------------------------------------------------------------------------------------ ids and dates


def read_id(raw: str) -> str:
    """Answer the first message id without angle brackets, or an empty string."""
    if not raw:
        return ""
    match = _ID.search(raw)
    return _clean_id(match[1] if match else raw.strip("<> ").partition(" ")[0])


def _clean_id(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or " " in value or "=?" in value:
        value = _SPACE.sub("", decode_field(value))
    return value[:MAX_ID_CHARS]


def read_references(values: list[str]) -> tuple[str, ...]:
    """Answer the ids of References, newest last: the first and the last 19 distinct ones."""
    if not values:
        return ()
    raw = " ".join(values)
    ids = _ID.findall(raw) or [word for word in raw.split() if "@" in word]
    ids = ids[:1] + ids[1:][-10 * MAX_REFERENCES :]
    distinct = [value for value in dict.fromkeys(map(_clean_id, ids)) if value]
    return tuple(distinct if len(distinct) <= MAX_REFERENCES else distinct[:1] + distinct[1 - MAX_REFERENCES :])


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DATE = re.compile(
    r"(?:[A-Za-z]{3},?\s++)?(\d{1,2})\s++([A-Za-z]{3})\s++(\d{4})\s++(\d\d):(\d\d)(?::(\d\d))?\s++([+-]\d\d)(\d\d)\b"
)
_AROUND_COLON = re.compile(r"\s{0,9}:\s{0,9}")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def read_date(raw: str) -> datetime | None:
    """Answer the instant in UTC, None for no date and for one outside 1970..2100."""
    if not raw:
        return None
    try:
        match = _DATE.match(raw)
        found = _read_rfc_date(match) if match else _read_other_date(raw[:200])
    except (ValueError, OverflowError, IndexError, TypeError, AttributeError):  # what parsedate_tz is known for
        return None
    return found if _EARLIEST <= found < _LATEST else None


def _read_rfc_date(match: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, zone_hours, zone_minutes = match.groups()
    east = int(zone_hours) * 60 + int(zone_hours[0] + zone_minutes)
    date = int(year), _MONTHS.get(month.lower(), 0), int(day)
    # A leap second counts as the second before it.
    local = datetime(*date, int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC)
    return local - timedelta(minutes=east)


def _read_other_date(raw: str) -> datetime:
    parts = parsedate_tz(_AROUND_COLON.sub(":", _COMMENT.sub(" ", raw)))
    if parts is None:
        found = datetime.fromisoformat(raw.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    year = parts[0] + 1900 if 100 <= parts[0] < 1000 else parts[0]  # RFC 5322 4.3: a year of three digits
    local = datetime(year, *parts[1:5], min(parts[5], 59), tzinfo=UTC)
    return local - timedelta(seconds=parts[9] or 0)
