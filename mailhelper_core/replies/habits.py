"""What an owner's own sent mails say about how the owner begins and ends; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from mailhelper_core.egress.plain import plain
from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.ai.reply import WritingHabits
from mailhelper_core.model.mail.message import MessageDetail

# A habit is what at least a third of the mails do, and at least three of them.
_LEAST_SHARE = 1 / 3
_LEAST_MAILS = 3
_MAX_LINE = 80
_ENDS_SALUTATION = re.compile(r"[,!:]$|^(?:hi|hello|dear|hallo|liebe[rs]?|guten|sehr geehrte[rs]?|moin|servus)\b", re.I)
# Own sentences that a provider may be shown as examples.
EXAMPLES = 2
EXAMPLE_CHARACTERS = 600


def habits(sent: Sequence[MessageDetail]) -> WritingHabits:
    """Answer the salutation and closing that most of these mails have."""
    own = [(message, split_reply(message.text).own) for message in sent]
    own = [(message, text) for message, text in own if text]
    begins = Counter(_salutations(own))
    ends = Counter(_closings(text for _, text in own))
    return WritingHabits(_usual(begins, len(own)), _usual(ends, len(own)), len(own))


def examples(sent: Sequence[MessageDetail]) -> list[tuple[MessageDetail, str]]:
    """Answer the newest mails with the owner's own words in them, as examples of how the owner writes."""
    texts = [(message, split_reply(message.text).own) for message in sent]
    return [(message, plain(text, EXAMPLE_CHARACTERS)) for message, text in texts if text][:EXAMPLES]


def _salutations(own: Iterable[tuple[MessageDetail, str]]) -> Iterable[str]:
    for message, text in own:
        first = text.split("\n", 1)[0].strip()
        if not 1 < len(first) <= _MAX_LINE or not _ENDS_SALUTATION.search(first):
            continue
        names = [one.name for one in message.to if one.name]
        words = names[0].split() if names else []
        for mark, value in (
            ("{name}", " ".join(words)),
            ("{first}", words[0] if words else ""),
            ("{last}", words[-1] if words else ""),
        ):
            if value and value in first:
                first = first.replace(value, mark)
        if "{" in first:  # without a name it is somebody's, not anybody's
            yield first


def _closings(texts: Iterable[str]) -> Iterable[str]:
    """Yield the first line of each last paragraph, where a name follows it."""
    for text in texts:
        lines = [line.strip() for line in text.rsplit("\n\n", 1)[-1].split("\n") if line.strip()]
        if 2 <= len(lines) <= 4 and len(lines[0].split()) <= 5:
            yield lines[0].rstrip(",")


def _usual(counts: Counter[str], mails: int) -> str:
    found = counts.most_common(1)
    if not found or found[0][1] < max(_LEAST_MAILS, mails * _LEAST_SHARE):
        return ""
    return found[0][0]
