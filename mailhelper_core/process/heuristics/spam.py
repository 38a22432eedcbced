"""Whether it is spam, from header facts and shape: careful, for a false alarm costs more than a miss; pure."""

from __future__ import annotations

from collections.abc import Set

from mailhelper_core.model.mind.opinion import Opinion, Spam
from mailhelper_core.process.heuristics.evidence import Weights, logistic, reasons, total

# Between these we say nothing.
SPAM_FROM = 0.85
HAM_BELOW = 0.2
# Never spam by fewer signs than this, however the weights change.
LEAST_SIGNS = 2
# Log-odds without any sign: most mail that reaches a mailbox is wanted.
BIAS = -2.2

# What a mail server's filter found is as good as several signs of ours.
FILTER_SIGNS = frozenset({"server says spam", "high spam score"})

WEIGHTS: Weights = {
    "server says spam": 4.2, "high spam score": 1.6, "raised spam score": 0.6, "server says no spam": -1.2,
    "dmarc failed": 1.2, "spf failed": 0.9, "dkim failed": 0.7, "sender authenticated": -1.0,
    "reply goes elsewhere": 0.5, "sender names another address": 1.6, "digits in the sender's address": 0.6,
    "no recipient shown": 0.8, "not addressed to me": 0.6, "many recipients": 0.4, "absurd date": 0.6,
    "no Message-ID": 1.0, "html only": 0.7, "little text with a link": 0.8, "no text": 0.3,
    "shouted subject": 1.1, "exclamations": 0.5, "gappy subject": 1.6, "money in the subject": 0.4,
    "subject: scam": 1.6, "text: scam": 1.1, "text: much scam": 1.0, "subject: pills": 1.5, "text: pills": 0.9,
    "text: much pills": 0.9, "subject: quick-money": 1.1, "text: quick-money": 1.0, "text: much quick-money": 0.7,
    "subject: phish": 1.4, "text: phish": 1.0, "text: much phish": 0.6, "text: click": 1.0, "text: much click": 0.3,
    "subject: promotion": 0.3, "subject: urgent": 0.3, "text: urgent": 0.2,
    "answers nothing": 0.9, "greets an address": 1.0,
    "reply": -2.4, "mailing list": -1.6, "from me": -2.5, "to me": -0.2, "copied to me": -0.3,
    "calendar request": -0.8, "calendar answer": -1.5, "unsubscribe header": -0.6, "sent by a program": -0.3,
    "few recipients": -0.2, "closing: farewell": -0.3, "written in a mail program": -0.1, "flagged by the owner": -3.0,
    "you answer most mail of this sender": -1.5, "you answer this sender": -1.3, "you write to this sender": -1.3,
    "in a thread you wrote in": -1.0,
}  # fmt: skip


def judge_spam(facts: Set[str]) -> Opinion | None:
    """Answer spam on several signs, no spam where little speaks for it, and nothing between."""
    if facts.isdisjoint(WEIGHTS):
        return None
    chance = logistic(BIAS + total(facts, WEIGHTS))
    against = reasons(facts, WEIGHTS, sign=-1)
    if chance < HAM_BELOW:
        return Spam(False, 1 - chance, *against) if against else None
    signs = sum(WEIGHTS[fact] > 0 for fact in facts & WEIGHTS.keys())
    if chance < SPAM_FROM or (signs < LEAST_SIGNS and facts.isdisjoint(FILTER_SIGNS)):
        return None
    return Spam(True, chance, *reasons(facts, WEIGHTS))
