"""What is left of a message for learning once its text is erased: hashes of its words, by field."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from hashlib import blake2b

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words

# Octets of one hash: 4,294,967,296 values, so that a few thousand words of an owner's mail rarely meet.
HASH_BYTES = 4
# Words of a text that tell one kind of mail from another stand early.
TEXT_WORDS = 1_000


def fingerprint(message: MessageDetail) -> bytes:
    """Answer the sorted, distinct hashes of a message's words, four octets each, big-endian.

    A hash is BLAKE2b of `field:word`; fields are from, list, subject and text. Words cannot be read from it; who
    has a word can ask whether it was there.
    """
    hashes = {_hash(f"{field}:{word}") for field, found in _fields(message) for word in found}
    return struct.pack(f">{len(hashes)}I", *sorted(hashes))


def fingerprint_hashes(features: bytes) -> frozenset[int]:
    """Answer the hashes of a fingerprint."""
    return frozenset(struct.unpack(f">{len(features) // HASH_BYTES}I", features))


def _fields(message: MessageDetail) -> Iterable[tuple[str, list[str]]]:
    yield "from", [message.from_.addr_spec.lower(), message.from_.domain]
    yield "list", [message.facts.list_id] if message.facts.list_id else []
    yield "subject", words(message.subject)
    yield "text", words(message.text, TEXT_WORDS)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=HASH_BYTES).digest(), "big")
