"""Mail that is made up, the same at every run: words as frequent as in a language, senders, lists, dates, states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

# The newest message; ages in queries are counted from about here.
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
# Words of a vocabulary by rank: half of a text is made of the 100 first, as in a language (Zipf).
VOCABULARY = 30_000
# Median of a text of real mail.
WORDS_A_TEXT = 220
SENDERS = 2_000
CATEGORIES = ("people", "newsletter", "notification", "finance", "shopping", None)


@dataclass(frozen=True, slots=True)
class Made:
    """One message of made-up mail."""

    number: int
    subject: str
    sender: str
    domain: str
    list_id: str
    received_at: datetime
    size: int
    text: str
    has_attachments: bool
    seen: bool
    category: str | None
    archived: bool


def word(rank: int) -> str:
    """Answer the word of a rank: w0 is the commonest."""
    return f"w{rank:x}"


def messages(count: int, words: int = WORDS_A_TEXT, newest: datetime = NEWEST) -> Iterator[Made]:
    """Yield so many messages, oldest first, five minutes apart; their texts have about so many words."""
    random = Random(1)
    ranks = range(VOCABULARY)
    weights = list(accumulate(1 / (rank + 3) for rank in ranks))
    for number in range(count):
        text = random.choices(ranks, cum_weights=weights, k=random.randint(words * 2 // 11, words * 20 // 11))
        subject = random.choices(ranks, cum_weights=weights, k=6)
        sender = int(SENDERS * random.random() ** 2)
        yield Made(
            number=number,
            subject=" ".join(map(word, subject)),
            sender=f"sender{sender}@domain{sender % 400}.example",
            domain=f"domain{sender % 400}.example",
            list_id=f"list{sender}.example" if sender % 5 == 0 else "",
            received_at=newest - timedelta(minutes=5 * (count - number)),
            size=random.randint(1_000, 60_000),
            text=" ".join(map(word, text)),
            has_attachments=number % 9 == 0,
            seen=random.random() < 0.7,
            category=random.choice(CATEGORIES),
            archived=number % 3 == 0,
        )
