"""What makes a message the same message: its match key without the body, and the hashes that thread it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from mailhelper_core.mime.header import MAX_HEADER_BYTES, header_end

# The fields that FETCH must ask for: BODY.PEEK[HEADER.FIELDS (Message-ID Date From Subject)].
KEY_FIELDS = ("message-id", "date", "from", "subject")
_KEY_BYTES = 16
_FOLDS = (b" ", b"\t")
# White space and controls differ by folding and by server; 0x80 is what Dovecot sends for NUL.
_IGNORED = bytes(range(0x21)) + b"\x7f\x80"
_IGNORED_IN_LINES = _IGNORED.replace(b"\n", b"")


def header_fields(raw: bytes, names: tuple[str, ...] = KEY_FIELDS) -> tuple[bytes, ...]:
    """Answer the topmost unfolded value of each field (lower-case names), empty when absent.

    `raw` is a whole message, its header, or an IMAP answer of some header fields.
    """
    end = min(header_end(raw)[0], MAX_HEADER_BYTES)
    wanted = _positions(names)
    found: list[list[bytes]] = [[] for _ in names]
    current: list[bytes] | None = None
    for line in raw[:end].split(b"\n"):
        if line.startswith(_FOLDS):
            if current is not None:
                current.append(line)
            continue
        name, colon, value = line.partition(b":")
        position = wanted.get(name)
        if position is None:
            position = wanted.get(name.strip().lower())
        if not colon:
            position = None
        current = found[position] if position is not None and not found[position] else None
        if current is not None:
            current.append(value)
    return tuple(
        [parts[0].strip() if len(parts) == 1 else b" ".join([part.strip() for part in parts]) for parts in found]
    )


@lru_cache(maxsize=16)
def _positions(names: tuple[str, ...]) -> Mapping[bytes, int]:
    """Answer where the value of a field belongs, by its name in small letters and as nearly all mail writes it."""
    spelled = {name.title().replace("-Id", "-ID"): position for position, name in enumerate(names)}
    return {name.encode(): position for position, name in enumerate(names)} | {
        name.encode(): position for name, position in spelled.items()
    }


def match_key(fields: tuple[bytes, ...], internal_date: datetime | None) -> bytes:
    """Answer the 16 octets that a message keeps when it is moved or renumbered.

    `fields` are the values of KEY_FIELDS; INTERNALDATE counts in whole seconds.
    """
    # A line for each: they are unfolded, and what they hold of white space is ignored.
    values = b"\n".join([*fields, b""])
    if values.count(b"\n") == len(fields):
        values = values.translate(None, _IGNORED_IN_LINES)
    else:
        values = b"".join([value.translate(None, _IGNORED) + b"\n" for value in fields])
    digest = blake2b(values, digest_size=_KEY_BYTES)
    if internal_date is not None:
        digest.update(b"%d" % (internal_date.timestamp() // 1))
    return digest.digest()


def reference_hashes(message_id: str, in_reply_to: str, references: Iterable[str]) -> tuple[int, ...]:
    """Answer the distinct ids as signed 64-bit numbers: the own one first, then what it answers, nearest first.

    Missing ids are left out, so a message without a Message-ID begins with what it answers.
    """
    ids = [message_id, in_reply_to, *reversed(tuple(references))]
    return tuple(dict.fromkeys(_hash(value) for value in ids if value))


def thread_hash(thread: str) -> int:
    """Answer the number of a thread as its server names it (X-GM-THRID, THREADID): one that no Message-ID has."""
    data = thread.encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8, person=b"thread").digest(), "big", signed=True)


def _hash(message_id: str) -> int:
    data = "".join(message_id.split()).encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True)
