"""`mbox:///path`: one mbox file, or a directory of them, read only (RFC 4155; quoting of mboxrd).

A uid is made from the message itself without the fields in which mail programs keep its flags.
"""

from __future__ import annotations

import mmap
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, normalize_keywords
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.server.local import LocalFolder, LocalMessage, LocalSession, header_block, with_uids

INBOX = "INBOX"

# A separator stands at the start or behind an empty line, and holds a time: "From now on" does not.
_SEPARATOR = re.compile(rb"From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_DATE = re.compile(
    rb" (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d\d?) (\d\d):(\d\d)(?::(\d\d))?.* (\d{4})\s*$"
)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
# Where mail programs keep the state of a message.
_STATE_FIELD = re.compile(
    rb"^(status|x-status|x-keywords|x-uid|x-imap|x-imapbase|x-mozilla-status2?|x-mozilla-keys):(.*)\r?\n",
    re.IGNORECASE | re.MULTILINE,
)
_LETTERS = {
    b"status": {"R": SEEN},
    b"x-status": {"A": ANSWERED, "D": DELETED, "F": FLAGGED, "T": DRAFT},
}
_SUBFOLDERS = ".sbd"  # Thunderbird's directory of the mailboxes below a mailbox


def connect_mbox(endpoint: Endpoint) -> LocalSession:
    """Open an mbox file or directory; raises ServerError when there is none at this path."""
    root = Path(endpoint.path)
    if endpoint.host or not root.exists():
        raise ServerError("there is no mbox file or directory at this path", code="path")
    return LocalSession(lambda: _find(root), delimiter="/")


class _MboxFile:
    """One mbox file; its index lasts until size or time of the file change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = (-1, -1)
        self._index: Mapping[int, LocalMessage] = {}

    def messages(self) -> Mapping[int, LocalMessage]:
        with open(self._path, "rb") as file:
            state = os.fstat(file.fileno())
            if (state.st_size, state.st_mtime_ns) != self._stamp:
                self._index = _index(str(self._path), _mapped(file.fileno(), state.st_size))
                self._stamp = (state.st_size, state.st_mtime_ns)
        return self._index

    def read(self, message: LocalMessage) -> bytes:
        with open(self._path, "rb") as file:
            state = os.fstat(file.fileno())
            if (state.st_size, state.st_mtime_ns) != self._stamp:
                raise FileNotFoundError(message.path)  # the offsets may be others now
            file.seek(message.start)
            return _QUOTED.sub(rb"\1", file.read(message.length))

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        raw = self.read(message)
        moment = message.received_at or datetime.fromtimestamp(self._stamp[1] / 1e9, UTC)
        return header_block(raw), len(raw), moment


def _find(root: Path) -> Mapping[str, LocalFolder]:
    if root.is_file():
        if not _is_mbox(root):
            raise ServerError("this file is no mbox", code="path")
        return {INBOX: _MboxFile(root)}
    found: dict[str, LocalFolder] = {}
    for path, directories, files in os.walk(root):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        for file in sorted(files):
            whole = Path(path, file)
            if not file.startswith(".") and whole.is_file() and _is_mbox(whole):
                found.setdefault(_name(whole.relative_to(root)), _MboxFile(whole))
    return found


def _name(relative: Path) -> str:
    parts = [part.removesuffix(_SUBFOLDERS).removesuffix(".mbox") for part in relative.parts]
    name = "/".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return INBOX if name.upper() == INBOX else name


def _is_mbox(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(5) in (b"From ", b"")


def _mapped(descriptor: int, size: int) -> mmap.mmap | bytes:
    # An empty file cannot be mapped.
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) if size else b""


def _index(path: str, data: mmap.mmap | bytes) -> Mapping[int, LocalMessage]:
    seen: Counter[bytes] = Counter()
    rows: list[tuple[bytes, int, tuple[int, int, frozenset[str], datetime | None]]] = []
    for separator, start, end in _spans(data):
        raw = data[start:end]
        head = header_block(raw)
        digest = blake2b(_STATE_FIELD.sub(b"", head) + raw[len(head) :]).digest()
        moment = _moment(separator)
        identity = digest + seen[digest].to_bytes(8, "big")
        seen[digest] += 1
        seconds = int(moment.timestamp()) if moment else 0
        rows.append((identity, seconds, (start, end - start, _keywords(head), moment)))
    return {
        uid: LocalMessage(uid, path, keywords, start, length, received_at=moment)
        for uid, (start, length, keywords, moment) in with_uids(rows).items()
    }


def _spans(data: mmap.mmap | bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield (separator line, start, end) of each message, without the empty line before the next one."""
    previous: re.Match[bytes] | None = None
    for separator in _separators(data):
        if previous:
            yield previous[0], previous.end(), _before_empty_line(data, previous.end(), separator.start())
        previous = separator
    if previous:
        yield previous[0], previous.end(), _before_empty_line(data, previous.end(), len(data))


def _separators(data: mmap.mmap | bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while at >= 0:
        match = _SEPARATOR.match(data, at)
        if match and (at == 0 or data[max(0, at - 3) : at].endswith((b"\n\n", b"\n\r\n"))):
            yield match
        # An expression would look at every octet by itself.
        at = data.find(b"\nFrom ", at) + 1 or -1


def _before_empty_line(data: mmap.mmap | bytes, start: int, end: int) -> int:
    for line_end in (b"\r\n", b"\n"):
        if data[max(start, end - 2 * len(line_end)) : end] == 2 * line_end:
            return end - len(line_end)
    return end


def _moment(separator: bytes) -> datetime | None:
    match = _DATE.search(separator)
    if match is None:
        return None
    month, day, hour, minute, second, year = match.groups()
    try:
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None


def _keywords(head: bytes) -> frozenset[str]:
    names: set[str] = set()
    for field, value in _STATE_FIELD.findall(head):
        text = value.decode("utf-8", "replace")
        if field.lower() == b"x-keywords":
            names.update(text.split())
        letters = _LETTERS.get(field.lower(), {})
        names.update(keyword for letter, keyword in letters.items() if letter in text)
    return normalize_keywords(names)
