"""Whether somebody waits for an answer: facts weighed; pure."""

from __future__ import annotations

from collections.abc import Set

from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process.heuristics.evidence import Weights, logistic, reasons, total

# Between these we say nothing: who is asked in vain answers too much.
YES_FROM = 0.7
NO_BELOW = 0.2
# Log-odds without any sign: most mail wants no answer.
BIAS = -1.2

WEIGHTS: Weights = {
    "question": 1.2, "text: request": 1.0, "subject: request": 0.6, "calendar request": 1.5, "to me": 0.4,
    "one recipient": 0.3, "few recipients": 0.1, "personal sender name": 0.3, "address spells the sender's name": 0.4,
    "opening: greeting": 0.3, "closing: farewell": 0.2, "reply": 0.2, "deadline within a day": 0.3,
    "deadline within a week": 0.3, "subject: invitation": 0.3, "copied to me": -1.0, "not addressed to me": -1.0,
    "many recipients": -1.0, "mailing list": -2.0, "unsubscribe header": -2.5, "bulk precedence": -1.5,
    "mass mailer": -1.5, "sent by a program": -2.5, "sender: robot": -3.0, "sender: role": -0.8, "from me": -4.0,
    "text: newsletter": -1.0, "text: promotion": -1.0, "subject: absence": -3.0, "delivery report": -3.0,
    "calendar answer": -2.0, "server says spam": -4.0, "text: scam": -2.0, "text: pills": -2.0,
    "text: quick-money": -2.0, "text: no-hurry": -0.3, "forwarded": -0.4, "many links": -1.0,
    "you answer most mail of this sender": 0.9, "you answer this sender": 0.5, "you write to this sender": 0.3,
    "in a thread you wrote in": 0.4, "you never answer this sender": -0.8,
    "you delete this sender's mail unread": -1.0,
}  # fmt: skip


def judge_reply(facts: Set[str]) -> Opinion | None:
    """Answer whether the sender waits for an answer, None between."""
    if facts.isdisjoint(WEIGHTS):
        return None
    chance = logistic(BIAS + total(facts, WEIGHTS))
    if chance >= YES_FROM:
        return Opinion("reply", "yes", chance, reasons(facts, WEIGHTS))
    against = reasons(facts, WEIGHTS, sign=-1)
    return Opinion("reply", "no", 1 - chance, against) if chance < NO_BELOW and against else None
