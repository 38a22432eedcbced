"""What kind of mail it is: facts weighed for every label; pure."""

from __future__ import annotations

from collections.abc import Set

from mailhelper_core.model.opinion import Classification, Opinion
from mailhelper_core.process.evidence import Weights, reasons, shares, total

# A label must be likelier than all others together, else we say nothing.
SURE = 0.5
# Log-odds are divided by this: words that stand together say the same thing, which adding counts twice.
TEMPERATURE = 1.3
# Evidence for the best label below which its share only says that the others have even less.
LEAST_EVIDENCE = 1.0

_PERSONAL: Weights = {
    "personal sender name": 0.8, "one recipient": 0.2, "few recipients": 0.4, "to me": 0.2, "copied to me": 0.3,
    "opening: greeting": 0.7, "closing: farewell": 0.7, "text: first-person": 0.5, "text: much first-person": 0.5,
    "written in a mail program": 0.6, "question": 0.3, "from me": 2.0, "forwarded": 0.6, "text: request": 0.3,
    "sender: robot": -3.0, "sender: role": -1.5, "sent by a program": -3.0, "unsubscribe header": -2.5,
    "bulk precedence": -1.5, "mass mailer": -1.5, "text: newsletter": -0.8, "text: much newsletter": -1.0,
    "opening: mass-greeting": -1.5, "many recipients": -1.0, "text: promotion": -0.4, "text: much promotion": -1.0,
    "delivery report": -3.0, "html only": -0.4, "many links": -0.7, "known domain: social": -2.0,
    "known domain: shopping": -2.0, "known domain: finance": -2.0, "known domain: notification": -2.0,
    "text: much finance": -0.5, "text: much shopping": -0.5, "text: click": -0.5, "no recipient shown": -0.8,
    "digits in the sender's address": -0.4, "shouted subject": -0.5, "text: much notification": -0.5,
}  # fmt: skip

WEIGHTS: dict[str, Weights] = {
    "people": {
        **_PERSONAL, "mailing list": -2.0, "reply": -0.5, "reply subject": -0.5, "subject: invitation": -0.8,
        "subject: finance": -1.0, "subject: shopping": -1.0, "subject: security": -0.4, "subject: social": -0.5,
        "calendar request": -2.0, "calendar answer": -2.0,
    },
    "conversation": {
        **{fact: weight * 0.7 for fact, weight in _PERSONAL.items()},
        "reply": 2.0, "reply subject": 1.7, "mailing list": 0.3, "unsubscribe header": -0.5, "bulk precedence": -0.3,
        "calendar request": -2.0, "calendar answer": -2.0,
    },
    "newsletter": {
        "unsubscribe header": 1.6, "mailing list": 0.9, "bulk precedence": 0.8, "mass mailer": 1.0,
        "subject: newsletter": 1.6, "sender: newsletter": 1.6, "text: newsletter": 0.9, "text: much newsletter": 1.0,
        "subject: promotion": 1.2, "text: promotion": 0.7, "text: much promotion": 0.9, "sender: role": 0.3,
        "sender: promotion": 0.9, "opening: mass-greeting": 0.6, "many links": 0.5, "money in the subject": 0.3,
        "sent by a program": -0.3, "reply": -1.5, "reply subject": -1.2, "bill attached": -1.5,
        "calendar request": -2.0, "from me": -2.0, "question": -0.1,
    },
    "notification": {
        "sent by a program": 1.2, "sender: robot": 1.0, "subject: notification": 1.6, "subject: much notification": 0.5,
        "text: notification": 0.7, "text: much notification": 0.8, "sender: notification": 0.9,
        "known domain: notification": 1.6, "delivery report": 3.5, "sender: role": 0.1, "opening: greeting": -0.2,
        "unsubscribe header": -0.3, "text: promotion": -0.4, "text: much promotion": -0.8, "from me": -2.0,
        "closing: farewell": -0.4, "text: urgent": 0.2,
    },
    "finance": {
        "subject: finance": 2.0, "subject: much finance": 0.5, "text: finance": 0.7, "text: much finance": 1.3,
        "sender: finance": 1.4, "known domain: finance": 1.6, "bill attached": 1.6, "subject: shopping": -0.4,
        "reply": -0.8, "text: promotion": -0.2, "text: much promotion": -0.6, "unsubscribe header": -0.4,
        "subject: reminder": 0.2, "mailing list": -0.6, "sender: robot": 0.3, "sender: role": 0.3, "from me": -1.0,
    },
    "shopping": {
        "subject: shopping": 2.0, "subject: much shopping": 0.5, "text: shopping": 0.6, "text: much shopping": 1.2,
        "sender: shopping": 1.0, "known domain: shopping": 1.6, "subject: finance": -0.3, "reply": -0.8,
        "subject: promotion": -0.5, "text: much promotion": -0.6, "unsubscribe header": -0.3, "mailing list": -0.6,
        "sender: robot": 0.3, "sender: role": 0.3, "bill attached": -0.2, "from me": -1.0,
    },
    "invitation": {
        "calendar request": 4.0, "calendar answer": 3.0, "calendar file": 1.5, "subject: invitation": 2.6,
        "subject: much invitation": 0.5, "text: invitation": 0.7, "text: much invitation": 0.9, "reply": -0.5,
        "text: promotion": -0.3, "subject: social": -0.6, "unsubscribe header": -0.4, "personal sender name": 0.2,
        "deadline within two weeks": 0.1, "mailing list": -0.3,
    },
    "social": {
        "known domain: social": 2.6, "subject: social": 2.0, "subject: much social": 0.5, "text: social": 0.7,
        "text: much social": 1.0, "sender: social": 0.8, "sender: robot": 0.3, "unsubscribe header": 0.2,
        "reply": -1.0, "subject: finance": -0.6, "mailing list": -0.4,
    },
    "security": {
        "subject: security": 2.1, "subject: much security": 0.5, "text: security": 0.6, "text: much security": 1.0,
        "text: code": 0.7, "subject: code": 0.8, "code in the text": 0.2, "sender: security": 1.2, "sender: robot": 0.5,
        "sent by a program": 0.3, "reply": -1.0, "mailing list": -0.8, "unsubscribe header": -0.7,
        "text: promotion": -0.3, "text: much promotion": -0.6, "personal sender name": -0.3,
    },
}  # fmt: skip


def judge_category(facts: Set[str]) -> Opinion | None:
    """Answer the likeliest category, None when no label is likelier than the others together."""
    scores = {label: total(facts, weights) / TEMPERATURE for label, weights in WEIGHTS.items()}
    best = max(scores, key=lambda label: (scores[label], label))
    share = shares(scores)[best]
    if share < SURE or scores[best] * TEMPERATURE < LEAST_EVIDENCE:
        return None
    return Classification(best, share, *reasons(facts, WEIGHTS[best]))
