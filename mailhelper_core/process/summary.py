"""Summaries: the sentences that say most, chosen on this machine; or a model provider's own words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from mailhelper_core.ai.prompts.read import prompt
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.egress.outgoing import outgoing
from mailhelper_core.egress.thread import message_in_thread
from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words
from mailhelper_core.model.mind.opinion import EXTRACT, Opinion
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.unit_of_work import OwnerStore

KIND = "summary"
# Raise it when the same mail would get another summary.
VERSION = "2"
SENTENCES = 2
MAX_CHARACTERS = 400
_LOOKED_AT = 12_000
_MAX_SENTENCES = 120
_LEAST_WORDS = 4
# A sentence ends at its mark before a capital or a new line; a line of its own is one too.
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-zß-ÿ]|\d)|\n\s*\n|\n(?=[-*•] )")
_SAYS_WHAT = re.compile(
    r"\?|\b\d{1,2}[.:]\d{2}\b|\d\s?(?:€|\$|£|EUR|USD|Euro)|\b(?:please|bitte|until|by|bis|deadline|frist|due|fällig"
    r"|monday|tuesday|wednesday|thursday|friday|montag|dienstag|mittwoch|donnerstag|freitag|tomorrow|morgen)\b",
    re.IGNORECASE,
)
# What stands at the foot of a newsletter: how to leave it, and where else it can be read.
_AT_FOOT = re.compile(
    r"\b(?:unsubscribe|opt[ -]out|abbestell\w*|abmeld\w*|austragen|ab(?:bestellt|gemeldet)|nicht (?:mehr|länger)"
    r" (?:erhalten|möchte\w*|beziehen|bekommen)|no longer (?:wish|want)\w*|(?:in|with) (?:your|a) browser"
    r"|im browser)\b",
    re.IGNORECASE,
)
_GREETS = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|kind regards|best|viele grüße"
    r"|mit freundlichen|cheers|thanks|danke)\b[^.!?]{0,60}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SummaryService:
    """Summaries of one owner's messages, kept as opinions."""

    owner: OwnerStore
    gate: EgressGate

    def summarize(self, message_id: int, *, provider: bool = False) -> Opinion | None:
        """Say in a few sentences what a message says, and keep it as an opinion of kind `summary`.

        Without `provider` they are the message's own sentences; None where it has none. With it, a model writes them:
        raises ConsentError, BudgetError or ProviderError, and then nothing changes. Raises NotFoundError.
        """
        message, thread = message_in_thread(self.owner, message_id)
        if provider:
            answer = self.gate.ask(outgoing(message, "summarize", prompt("summarize"), thread=thread))
            found = Opinion(KIND, str(answer.data["summary"]).strip(), 0.7, (), answer.said_by, answer.version)
        elif text := extract(message):
            found = Opinion(KIND, text, 0.5, ("the message's own sentences",), EXTRACT, VERSION)
        else:
            return None
        with self.owner.begin() as uow:
            opinions.hold(uow, [message_id])  # somebody else may ask for the same
            messages.require(uow, [message_id])  # it may be erased since a model was asked
            earlier = opinions.of(uow, [message_id]).get(message_id, ())
            same = [one for one in earlier if one.said_by == found.said_by]
            opinions.strike(uow, {(message_id, one.said_by) for one in same})
            kept = [one for one in same if one.kind != KIND]
            opinions.add(uow, message.account_id, {message_id: [*kept, found]})
        return found


def extract(message: MessageDetail) -> str:
    """Answer the sentences of a message that say most, in their order; empty where there is none; pure."""
    own = split_reply(message.text[:_LOOKED_AT]).own
    sentences = [" ".join(one.split()) for one in _ENDS.split(own)[:_MAX_SENTENCES]]
    sentences = [one for one in sentences if one and not _GREETS.match(one)]
    known = [(one, _words(one)) for one in sentences]
    counts = Counter(word for _, found in known for word in set(found) if len(word) > 3)
    subject = set(words(message.subject))
    scores = [_score(one, found, place, counts, subject) for place, (one, found) in enumerate(known)]
    best = sorted(sorted(range(len(known)), key=lambda place: -scores[place])[:SENTENCES])
    text = ""
    for place in best:
        sentence = known[place][0][:MAX_CHARACTERS]
        if len(text) + len(sentence) <= MAX_CHARACTERS or not text:
            text = f"{text} {sentence}".strip()
    return text


def _words(sentence: str) -> list[str]:
    """Answer the words; those of a URL say nothing."""
    return words(" ".join([one for one in sentence.split() if "://" not in one and "www." not in one.lower()]))


def _score(sentence: str, found: list[str], place: int, counts: Counter[str], subject: set[str]) -> float:
    if len(found) < _LEAST_WORDS:
        return -1.0
    shared = sum(counts[word] - 1 for word in set(found)) / len(found)
    named = len(subject.intersection(found)) / (len(subject) or 1)
    says_what = 1.0 if _SAYS_WHAT.search(sentence) else 0.0
    at_foot = 3.0 if _AT_FOOT.search(sentence) else 0.0
    return shared + named + 1 / (place + 1) + says_what - at_foot - max(0, len(found) - 40) / 40
