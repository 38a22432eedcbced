"""The SpamAssassin corpus as labelled messages; a third of it is for tuning and never measured."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import corpus
from mailhelper_core.mime.parse import parse
from mailhelper_core.model.mail.message import Address, MessageDetail

# Constants were tuned on mails whose name hashes to this third; everything published is measured on the others.
TUNING_THIRD = 0
NOW = datetime(2003, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its file, octets, whether it is spam, and when the last server took it in."""

    path: Path
    raw: bytes
    is_spam: bool
    received_at: datetime
    message: MessageDetail


def measured() -> list[Mail]:
    """Answer the mails that nothing was tuned on."""
    return [_read(path) for path in corpus.paths() if _third(path) != TUNING_THIRD]


def truth(mails: Sequence[Mail]) -> NDArray[np.bool_]:
    """Answer which mails are spam."""
    return np.array([mail.is_spam for mail in mails])


def ordered(mails: list[Mail], order: str) -> list[Mail]:
    """Answer the mails by date, or shuffled by a number."""
    if order == "date":
        return sorted(mails, key=lambda mail: mail.received_at)
    return random.Random(int(order)).sample(mails, len(mails))


def read(raw: bytes, *, number: int = 1) -> MessageDetail:
    """Read a mail as sync stores it."""
    parsed = parse(raw)
    received_at = _received(parsed.headers) or parsed.sent_at or NOW
    return MessageDetail(
        id=number, account_id=1, thread_id=number, subject=parsed.subject,
        from_=next(iter(parsed.from_), Address("", "")), to=parsed.to, cc=parsed.cc, bcc=parsed.bcc,
        reply_to=parsed.reply_to, sent_at=parsed.sent_at, received_at=received_at, size=len(raw),
        snippet=parsed.snippet, parse_status=parsed.parse_status, has_attachments=bool(parsed.attachments),
        message_id=parsed.message_id, in_reply_to=parsed.in_reply_to, references=parsed.references,
        headers=parsed.headers, text=parsed.text, attachments=parsed.attachments, facts=parsed.facts,
    )  # fmt: skip


def _read(path: Path) -> Mail:
    raw = corpus.without_mbox_line(path.read_bytes())
    message = read(raw)
    return Mail(path, raw, path.parent.name.startswith("spam"), message.received_at, message)


def _third(path: Path) -> int:
    return hashlib.sha256(path.name.encode()).digest()[0] % 3


def _received(headers: tuple[tuple[str, str], ...]) -> datetime | None:
    for name, value in headers:
        if name.lower() == "received" and ";" in value:
            try:
                found = parsedate_to_datetime(value.rpartition(";")[2].strip())
            except ValueError:
                continue
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
