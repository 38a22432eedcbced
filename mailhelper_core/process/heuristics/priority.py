"""Urgency and importance, 1 to 3 each: facts weighed against two thresholds; pure."""

from __future__ import annotations

from collections.abc import Callable, Set

from mailhelper_core.model.mind.opinion import Importance, Opinion, Urgency
from mailhelper_core.process.heuristics.evidence import Weights, levels, reasons, total

# A level must be likelier than the two others together, else we say nothing.
SURE = 0.5
# From how much evidence on the second and the third level begin.
THRESHOLDS = (1.2, 3.6)
# Evidence is stretched by this before it is divided into levels; measured so that confidence is honest.
SHARPNESS = 1.3

URGENCY: Weights = {
    "deadline within a day": 2.4, "deadline within a week": 1.5, "deadline within two weeks": 0.7,
    "deadline far ahead": 0.2, "text: soon": 0.9, "subject: soon": 1.0, "subject: urgent": 1.4, "text: urgent": 0.9,
    "subject: reminder": 1.4, "text: reminder": 0.8, "text: request": 0.7, "subject: request": 0.6, "question": 0.7,
    "calendar request": 1.0, "calendar answer": 0.3, "subject: code": 1.6, "text: code": 1.5, "code in the text": 0.3,
    "subject: security": 1.8, "text: security": 0.5, "text: much security": 0.8, "marked important": 0.5,
    "marked unimportant": -0.5, "flagged by the owner": 0.5, "to me": 0.2, "one recipient": 0.1, "copied to me": -0.4,
    "not addressed to me": -0.3, "many recipients": -0.3, "mailing list": -1.6, "unsubscribe header": -1.6,
    "bulk precedence": -1.0, "mass mailer": -0.6, "subject: promotion": -0.8, "text: much promotion": -1.0,
    "text: newsletter": -0.6, "subject: newsletter": -0.8, "text: promotion": -0.4, "subject: social": -0.8,
    "known domain: social": -0.8, "text: no-hurry": -1.4, "subject: no-hurry": -1.4, "forwarded": -0.2,
    "from me": -1.5, "server says spam": -2.5, "sent by a program": -0.2, "text: scam": -1.0, "text: pills": -1.0,
    "text: quick-money": -0.8, "subject: finance": 0.3, "subject: absence": -2.5, "delivery report": 1.5,
    "subject: shopping": -0.6, "subject: survey": -1.0, "text: survey": -0.5, "subject: trouble": 1.3,
    "text: trouble": 0.5, "bill attached": 0.3, "you answer most mail of this sender": 0.3,
    "in a thread you wrote in": 0.3, "you delete this sender's mail unread": -0.6,
}  # fmt: skip

IMPORTANCE: Weights = {
    "to me": 0.7, "one recipient": 0.4, "few recipients": 0.3, "personal sender name": 0.5, "reply": 0.6,
    "reply subject": 0.4, "opening: greeting": 0.2, "closing: farewell": 0.2, "text: first-person": 0.2,
    "text: request": 0.6, "question": 0.2, "subject: finance": 0.6, "text: much finance": 0.3, "text: finance": 0.3,
    "bill attached": 0.4, "subject: security": 1.2, "text: much security": 0.5, "text: code": 0.4,
    "subject: serious": 1.2, "text: serious": 0.6, "text: much serious": 0.7, "calendar request": 0.7,
    "subject: invitation": 0.2, "deadline within a day": 0.5, "deadline within a week": 0.6,
    "deadline within two weeks": 0.5, "subject: urgent": 1.0, "text: urgent": 0.4, "subject: reminder": 0.4,
    "marked important": 0.4, "marked unimportant": -0.5, "flagged by the owner": 2.2, "file attached": 0.2,
    "copied to me": -0.3, "not addressed to me": -0.5, "many recipients": -0.6, "no recipient shown": -0.5,
    "mailing list": -1.6, "unsubscribe header": -1.5, "bulk precedence": -1.0, "mass mailer": -0.7,
    "subject: promotion": -0.9, "text: promotion": -0.4, "text: much promotion": -0.9, "subject: newsletter": -0.9,
    "text: newsletter": -0.5, "text: much newsletter": -0.6, "subject: social": -1.0, "known domain: social": -1.0,
    "text: social": -0.3, "sent by a program": -0.2, "subject: shopping": 0.3, "text: much shopping": 0.2,
    "text: no-hurry": -0.5, "server says spam": -3.0, "text: scam": -1.5, "text: pills": -1.5,
    "text: quick-money": -1.0, "text: click": -0.6, "opening: mass-greeting": -0.7, "delivery report": 0.3,
    "subject: absence": -2.0, "subject: survey": -1.5, "text: survey": -0.8, "subject: trouble": 1.0,
    "text: trouble": 0.2, "you answer most mail of this sender": 1.6, "you answer this sender": 1.0,
    "you write to this sender": 0.8, "you wrote to this sender lately": 0.3, "in a thread you wrote in": 0.9,
    "you never answer this sender": -0.4, "you delete this sender's mail unread": -1.5,
    "first mail of this sender": -0.2,
}  # fmt: skip


def judge_urgency(facts: Set[str], *, hours_left: float | None = None) -> Opinion | None:
    """Answer how soon something must happen; the hours to a deadline are named among the reasons."""
    first = () if hours_left is None else (f"deadline in {hours_left:.0f} h",)
    return _judge(facts, URGENCY, Urgency, first=first, otherwise="neither deadline nor request")


def judge_importance(facts: Set[str]) -> Opinion | None:
    """Answer how much it matters to this owner."""
    return _judge(facts, IMPORTANCE, Importance, otherwise="nothing that matters more")


def _judge(
    facts: Set[str],
    weights: Weights,
    opinion: Callable[..., Opinion],
    *,
    otherwise: str,
    first: tuple[str, ...] = (),
) -> Opinion | None:
    if facts.isdisjoint(weights):
        return None
    shares = levels(total(facts, weights) * SHARPNESS, [threshold * SHARPNESS for threshold in THRESHOLDS])
    level = max(range(3), key=shares.__getitem__)
    if shares[level] < SURE:
        return None
    why = reasons(facts, weights, sign=1 if level else -1, first=first) or (otherwise,)
    return opinion(level + 1, shares[level], *why)
