"""Examples for tests of the learner: two kinds of mail that a few words tell apart, and strategies of features."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
from hypothesis import strategies as st

from mailhelper_core.ai.learner.features import BUCKETS, VIEWS, Features, features_of
from mailhelper_core.ai.learner.learner import Example
from mailhelper_core.model.mail.message import Address, MessageDetail

WRITTEN_AT = datetime(2025, 11, 5, 9, 0, tzinfo=UTC)
OFFERS = "pills casino winner million transfer urgent prize cheap"
WORK = "meeting report budget draft agenda project review minutes"
COMMON = "please the and we have for you today about with"


def message(subject: str, text: str, sender: str = "grace@example.com") -> MessageDetail:
    """Make a message."""
    return MessageDetail(
        id=1, account_id=1, thread_id=1, subject=subject, from_=Address("Grace", sender), to=(), sent_at=WRITTEN_AT,
        received_at=WRITTEN_AT, size=1, snippet="", parse_status="ok", has_attachments=False, text=text,
        headers=(("Subject", subject), ("From", sender)),
    )  # fmt: skip


def offer(number: int) -> MessageDetail:
    """Make a mail that nobody asked for."""
    return _drawn(number, OFFERS, "win")


def letter(number: int) -> MessageDetail:
    """Make a mail from work."""
    return _drawn(number, WORK, "our")


def examples(count: int) -> list[Example]:
    """Answer examples, in turn of label 1 and 0."""
    return [
        Example(features_of(offer(number) if number % 2 else letter(number)), number % 2) for number in range(count)
    ]


def _drawn(number: int, words: str, first: str) -> MessageDetail:
    chosen = random.Random(number)
    told = chosen.choices(words.split(), k=6) + chosen.choices(COMMON.split(), k=10)
    chosen.shuffle(told)
    return message(f"{first} {told[0]}", " ".join(told))


@st.composite
def features(draw: st.DrawFn) -> Features:
    """Draw features with few buckets, so that examples share some."""
    numbers = st.lists(st.integers(0, 50), min_size=1, max_size=6)
    views = [np.unique(np.array(draw(numbers), dtype=np.uint32) * 5_003 % BUCKETS) for _ in range(VIEWS)]
    return Features(np.concatenate(views), tuple(map(len, views)))


def drawn_examples(labels: int) -> st.SearchStrategy[list[Example]]:
    """Draw examples with weights."""
    one = st.builds(Example, features(), st.integers(0, labels - 1), st.sampled_from([0.25, 0.5, 1.0]))
    return st.lists(one, min_size=1, max_size=12)
