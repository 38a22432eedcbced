"""What an owner's own sent mails say about how the owner begins and ends; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.egress.plain import plain
from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.ai.reply import WritingHabits
from mailhelper_core.model.mail.message import MessageDetail

FORMAL_TONES = ("formal", "decline")
# A habit is what at least a third of the mails of its kind do, and at least three of them.
_LEAST_SHARE = 1 / 3
_LEAST_MAILS = 3
_MAX_LINE = 80
_GREETS = re.compile(r"(?:hi|hello|hey|dear|hallo|liebe[rs]?|guten|sehr geehrte[rs]?|moin|servus)\b", re.I)
_ENDS_SALUTATION = re.compile(rf"[,!:]$|^{_GREETS.pattern}", re.I)
_IS_FORMAL = re.compile(r"geehrt|\{(?:last|name)\}|\b(?:herrn?|frau|mr|mrs|ms|sir|madam|dr|prof)\b", re.I)
# Right for one person, wrong for the next: it says who is a man and who a woman.
_IS_FOR_ONE = re.compile(r"\b(?:geehrte[rs]?|liebe[rs]?|herrn?|frau|mr|mrs|ms|miss|sir|madam)\b", re.I)
# Own sentences that a provider may be shown as examples.
EXAMPLES = 2
EXAMPLE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class _Own:
    """What the owner wrote in a mail, and how it greets; empty where it does not."""

    message: MessageDetail
    text: str
    greeting: str

    @property
    def is_formal(self) -> bool:
        return bool(_IS_FORMAL.search(self.greeting))


def habits(sent: Sequence[MessageDetail], *, tone: str = "", person: str = "") -> WritingHabits:
    """Answer how most of these mails begin and end, newest first; with a tone, those that are as formal as it is.

    A salutation is one that suits anybody, with {first}, {last} or {name}. A person, named by address, is greeted as in
    the newest of these mails to them, if there is one.
    """
    written = [_read(message) for message in sent]
    own = [one for one in written if one.text and (not tone or one.is_formal == (tone in FORMAL_TONES))]
    begins = Counter(one.greeting for one in own if "{" in one.greeting and not _IS_FOR_ONE.search(one.greeting))
    ends = Counter(_closings(one.text for one in own))
    salutation = _greeting_of(own, person) or _usual(begins, len(own))
    return WritingHabits(salutation, _usual(ends, len(own)), len(own))


def _read(message: MessageDetail) -> _Own:
    text = split_reply(message.text).own
    return _Own(message, text, _greeting(message, text))


def _greeting_of(own: Iterable[_Own], person: str) -> str:
    """Answer how a person was greeted last: with marks, or by a name that the header does not know."""
    if not person:
        return ""
    known = (one.greeting for one in own if [to.addr_spec.lower() for to in one.message.to] == [person.lower()])
    return next((one for one in known if "{" in one or _GREETS.match(one)), "")


def examples(sent: Sequence[MessageDetail]) -> list[tuple[MessageDetail, str]]:
    """Answer the newest mails with the owner's own words in them, as examples of how the owner writes."""
    texts = [(message, split_reply(message.text).own) for message in sent]
    return [(message, plain(text, EXAMPLE_CHARACTERS)) for message, text in texts if text][:EXAMPLES]


def _greeting(message: MessageDetail, text: str) -> str:
    """Answer the first line if it greets, with marks in place of the name it says."""
    first = text.split("\n", 1)[0].strip()
    if not 1 < len(first) <= _MAX_LINE or not _ENDS_SALUTATION.search(first):
        return ""
    words = next((one.name.split() for one in message.to if one.name), [])
    values = (("{name}", " ".join(words)), ("{first}", words[0]), ("{last}", words[-1])) if words else ()
    for mark, value in values:
        first = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", mark, first)
    return first


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
