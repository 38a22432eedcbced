"""Subjects as threads see them: without Re: and Fwd:, and the gate for answers that name nothing they answer; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from mailhelper_core.model.mail.words import SUBJECT_WORDS, fold_address, words

# What mail programs put before an answer, in the languages of Europe; Fwd: makes no answer.
_PREFIX = re.compile(
    r"\s*(?:(re|aw|antw|sv|vs|rif|r|odp|ynt|res|回复|答复)|fwd?|wg|tr|vb|enc)(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.IGNORECASE,
)
# Whoever answers later than this begins anew.
GATE = timedelta(days=30)
# No subject has more; a text of nothing but Re: ends.
_MOST_PREFIXES = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """What the gate looks at: the words of the subject, whether it is an answer, who, to whom, and when."""

    base: tuple[str, ...]
    is_answer: bool
    sender: str
    recipients: frozenset[str]
    at: int  # microseconds since 1970

    @classmethod
    def of(cls, subject: str, sender: str, recipients: frozenset[str], at: int) -> Heading:
        """Read a subject; addresses in any case."""
        base, is_answer = read_subject(subject)
        return cls(base, is_answer, fold_address(sender), frozenset(map(fold_address, recipients)), at)


def read_subject(subject: str) -> tuple[tuple[str, ...], bool]:
    """Answer the words of a subject without its prefixes, and whether one of them says that it is an answer."""
    is_answer = False
    for _ in range(_MOST_PREFIXES):
        found = _PREFIX.match(subject)
        if not found:
            break
        is_answer = is_answer or found[1] is not None
        subject = subject[found.end() :]
    return tuple(words(subject, SUBJECT_WORDS)), is_answer


def says_answer(subject: str) -> bool:
    """Say whether a subject may begin with Re:; most need no closer look."""
    return _PREFIX.match(subject) is not None


def subject_hash(base: tuple[str, ...]) -> int:
    """Answer a signed 64-bit number for the words of a subject."""
    digest = blake2b(" ".join(base).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def answers(one: Heading, other: Heading) -> bool:
    """Say whether the one, which names nothing that it answers, may be taken for an answer to the other.

    It says Re:, has the same subject, comes within 30 days after the other, from one of its participants, and goes
    to its sender.
    """
    is_in_time = 0 <= one.at - other.at <= GATE // timedelta(microseconds=1)
    is_alike = one.is_answer and bool(one.base) and one.base == other.base
    return is_alike and is_in_time and one.sender in other.recipients and other.sender in one.recipients
