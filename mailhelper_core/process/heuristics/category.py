"""What kind of mail it is: facts weighed for every label; pure."""

from __future__ import annotations

from collections.abc import Set

from mailhelper_core.model.mind.opinion import Classification, Opinion
from mailhelper_core.process.heuristics.evidence import Weights, reasons, shares, total
from mailhelper_core.process.heuristics.topics import KINDS, LETTERS

# A label must be likelier than all others together, else we say nothing.
SURE = 0.5
# Log-odds are divided by this. Measured: smaller is surer than right on wording never seen, larger less sure.
TEMPERATURE = 0.7
# Evidence for the best label below which its share only says that the others have even less.
LEAST_EVIDENCE = 1.0

# Mail from people is told by what it lacks; every other label needs evidence of its own.
BIAS = {
    "people": 0.0, "conversation": -0.7, "newsletter": -1.2, "notification": -1.2, "finance": -1.2, "shopping": -1.2,
    "invitation": -1.2, "social": -1.2, "security": -1.2, "other": -1.5,
}  # fmt: skip

_PERSONAL: Weights = {
    "address spells the sender's name": 1.4, "domain spells the sender's name": -1.6, "personal sender name": 0.4,
    "one recipient": 0.2, "few recipients": 0.4, "to me": 0.2, "copied to me": 0.3, "opening: greeting": 0.5,
    "closing: farewell": 0.5, "text: first-person": 0.3, "text: much first-person": 0.4, "text: request": 0.3,
    "written in a mail program": 0.4, "question": 0.3, "from me": 2.0, "forwarded": 0.6, "file attached": 0.2,
    "sender: robot": -2.5, "sender: role": -1.5, "sent by a program": -2.5, "unsubscribe header": -1.6,
    "bulk precedence": -0.8, "mass mailer": -0.8, "text: newsletter": -0.8, "text: much newsletter": -1.0,
    "opening: mass-greeting": -1.5, "many recipients": -1.0, "text: promotion": -0.4, "text: much promotion": -1.0,
    "delivery report": -3.0, "html only": -0.5, "many links": -0.8, "link": -0.6, "known domain: social": -2.0,
    "known domain: shopping": -2.0, "known domain: finance": -2.0, "known domain: notification": -2.0,
    "text: much finance": -0.4, "text: much shopping": -0.4, "text: click": -0.5, "no recipient shown": -0.8,
    "shouted subject": -0.5, "text: much notification": -0.5, "amount of money": -0.2, "bill attached": -0.5,
    "server says spam": -2.0, "text: scam": -0.8, "sender names another address": -1.5, "subject: absence": -2.0,
}  # fmt: skip

WEIGHTS: dict[str, Weights] = {
    "people": {
        **_PERSONAL, "mailing list": -2.0, "reply": -0.5, "reply subject": -0.5, "subject: invitation": -1.0,
        "subject: finance": -0.6, "subject: shopping": -0.6, "subject: security": -0.6, "subject: social": -0.6,
        "text: invitation": -0.3, "text: much invitation": -0.6, "calendar request": -2.5, "calendar answer": -2.5,
    },
    "conversation": {
        **{fact: weight * 0.7 for fact, weight in _PERSONAL.items()},
        "reply": 2.2, "reply subject": 1.7, "answers nothing": -1.5, "mailing list": 1.0, "unsubscribe header": -0.4,
        "bulk precedence": -0.2, "subject: invitation": -0.7, "calendar request": -2.5, "calendar answer": -2.5,
    },
    "newsletter": {
        "unsubscribe header": 1.3, "mailing list": 0.7, "bulk precedence": 0.6, "mass mailer": 0.7,
        "subject: newsletter": 1.8, "sender: newsletter": 1.8, "text: newsletter": 0.9, "text: much newsletter": 1.0,
        "subject: promotion": 1.8, "text: promotion": 1.0, "text: much promotion": 0.9, "sender: role": 0.5,
        "sender: promotion": 1.2, "opening: mass-greeting": 0.6, "many links": 0.7, "money in the subject": 0.4,
        "sent by a program": -0.4, "reply": -1.5, "reply subject": -1.2, "bill attached": -1.5, "link": 0.2,
        "calendar request": -2.0, "from me": -2.0, "address spells the sender's name": -1.2, "subject: social": -0.6,
        "text: social": -0.3, "subject: security": -0.5, "subject: notification": -0.5, "sender: robot": -0.4,
        "text: notification": -0.3, "text: survey": -0.4, "subject: survey": -0.8, "server says spam": -1.0,
    },
    "notification": {
        "sent by a program": 1.2, "sender: robot": 1.0, "subject: notification": 1.8, "subject: much notification": 0.5,
        "text: notification": 0.9, "text: much notification": 1.0, "sender: notification": 1.0, "subject: trouble": 0.8,
        "text: trouble": 0.3, "known domain: notification": 1.6, "sender: role": 0.1, "opening: greeting": -0.2,
        "unsubscribe header": -0.1, "text: promotion": -0.4, "text: much promotion": -0.8, "from me": -2.0,
        "closing: farewell": -0.3, "text: urgent": 0.2, "reply": -0.6, "delivery report": 0.5, "subject: absence": -1.0,
    },
    "finance": {
        "subject: finance": 2.2, "subject: much finance": 0.5, "text: finance": 0.9, "text: much finance": 1.2,
        "sender: finance": 1.4, "sender: serious": 0.5, "known domain: finance": 1.6, "bill attached": 1.6,
        "amount of money": 0.8, "subject: shopping": -0.5, "text: shopping": -0.2, "text: much shopping": -0.5,
        "reply": -0.8, "text: promotion": -0.2, "text: much promotion": -0.8, "unsubscribe header": -0.4,
        "subject: reminder": 0.4, "mailing list": -0.6, "sender: robot": 0.3, "sender: role": 0.4, "from me": -1.0,
        "domain spells the sender's name": 0.5, "address spells the sender's name": -0.8, "server says spam": -1.5,
        "text: serious": 0.2, "subject: serious": 0.2,
    },
    "shopping": {
        "subject: shopping": 2.2, "subject: much shopping": 0.5, "text: shopping": 0.9, "text: much shopping": 1.2,
        "sender: shopping": 1.2, "known domain: shopping": 1.6, "subject: finance": -0.4, "reply": -0.8,
        "amount of money": 0.3, "subject: promotion": -0.6, "text: much promotion": -0.6, "unsubscribe header": -0.3,
        "mailing list": -0.6, "sender: robot": 0.3, "sender: role": 0.4, "bill attached": -0.3, "from me": -1.0,
        "domain spells the sender's name": 0.5, "address spells the sender's name": -0.8, "server says spam": -1.5,
        "text: notification": -0.2, "subject: notification": -0.4, "text: survey": 0.2,
    },
    "invitation": {
        "calendar request": 4.5, "calendar answer": 4.0, "calendar file": 1.5, "subject: invitation": 2.8,
        "subject: much invitation": 0.8, "text: invitation": 1.1, "text: much invitation": 1.2, "reply": -0.7,
        "text: promotion": -0.3, "subject: social": -0.8, "text: social": -0.6, "subject: survey": -2.0,
        "text: survey": -1.0, "unsubscribe header": -0.4, "address spells the sender's name": 0.8,
        "personal sender name": 0.2, "opening: greeting": 0.2, "closing: farewell": 0.3, "mailing list": -0.3,
        "sender: robot": -0.4, "text: request": 0.2, "text: first-person": 0.2,
    },
    "social": {
        "known domain: social": 2.6, "subject: social": 2.4, "subject: much social": 0.6, "text: social": 1.1,
        "text: much social": 1.2, "sender: social": 1.2, "sender: robot": 0.5, "unsubscribe header": 0.4,
        "mass mailer": 0.2, "bulk precedence": 0.2, "mailing list": 0.2, "html only": 0.1, "link": 0.2,
        "reply": -1.0, "subject: finance": -0.6, "address spells the sender's name": -0.6,
    },
    "security": {
        "subject: security": 2.4, "subject: much security": 0.6, "text: security": 1.0, "text: much security": 1.2,
        "text: code": 1.0, "subject: code": 1.2, "code in the text": 0.3, "sender: security": 1.4, "sender: robot": 0.5,
        "sent by a program": 0.3, "reply": -1.0, "mailing list": -0.8, "unsubscribe header": -0.6,
        "text: promotion": -0.3, "text: much promotion": -0.6, "address spells the sender's name": -0.8,
        "domain spells the sender's name": 0.4, "server says spam": -1.5, "deadline within a day": 0.3,
    },
    "other": {
        "delivery report": 4.5, "subject: by-product": 2.2, "text: by-product": 0.7, "subject: absence": 3.5,
        "text: absence": 1.2, "subject: survey": 2.6, "text: survey": 1.0, "sender: survey": 1.5,
        "server says spam": 2.6, "high spam score": 0.8, "text: scam": 1.4, "subject: scam": 1.6, "text: pills": 0.8,
        "subject: pills": 1.4, "text: quick-money": 0.9, "subject: quick-money": 1.2, "subject: phish": 0.8,
        "text: phish": 0.8, "dmarc failed": 0.7, "spf failed": 0.5, "sender names another address": 1.2,
        "sender: by-product": 1.6, "reply": -0.3, "no text": 0.4,
    },
}  # fmt: skip


def _added(one: Weights, other: Weights) -> Weights:
    return {fact: one.get(fact, 0.0) + other.get(fact, 0.0) for fact in (*one, *other)}


def _about(kind: str, factor: float = 1.0) -> Weights:
    """Answer the weights of the facts about topics for the kind of mail that they speak for: the same for each kind."""
    weights = {f"topic: {kind}": 0.5, f"topic: much {kind}": 0.5, f"mainly: {kind}": 0.8, f"mainly: much {kind}": 0.7}
    return {fact: weight * factor for fact, weight in weights.items()} | {"topic: much letters": -0.2}


# Whoever writes by hand may write about an order or a bill, and it is none.
_BY_HAND: Weights = {"a person writes": -2.0, "from me": -2.0}
_OF_PEOPLE: Weights = {
    "a person writes": 1.4, "topic: letters": 0.2, "topic: much letters": 0.2,
    **{f"{how}: much {kind}": -0.3 for how in ("topic", "mainly") for kind in KINDS if kind != LETTERS},
    "mainly: much invitation": -0.15,
}  # fmt: skip
# Weights of what a mail is about. They are few and the same for all kinds: measured on halves of the generator's
# teaching templates, with a part of the cues, since those of the tables above were made with these templates in sight.
ABOUT: dict[str, Weights] = {
    "people": _OF_PEOPLE, "conversation": _OF_PEOPLE,
    # A person invites too, and speaks of coming together without inviting.
    "invitation": {
        **_about("invitation", 0.6), "topic: much letters": 0.0, "a person writes": 1.0,
        "a person names a day and a time": 2.2,
    },
    "newsletter": {
        **_about("newsletter"), "a person writes": -1.0, "trade: press": 0.5, "trade: association": 0.5,
        "tells what a person did": -0.5,
    },
    "notification": {**_about("notification"), **_BY_HAND, "trade: software": 0.3, "a number in the subject": 0.2},
    "finance": {
        **_about("finance"), **_BY_HAND, "a bank account": 1.0, "trade: bank": 0.5, "trade: insurer": 0.5,
        "trade: authority": 0.8, "trade: utility": 0.6, "trade: telecom": 0.4,
    },
    "shopping": {
        **_about("shopping"), **_BY_HAND, "trade: shop": 0.5, "trade: carrier": 0.9, "trade: travel": 0.6,
        "a number in the subject": 0.2,
    },
    "social": {
        **_about("social"), **_BY_HAND, "trade: network": 0.6, "tells what a person did": 1.4,
        "tells of a person": 0.5, "tells what somebody said": 0.7,
    },
    "security": {**_about("security"), **_BY_HAND, "minutes": 0.6, "trade: bank": 0.1},
    "other": _about("other"),
}  # fmt: skip
_WEIGHTS = {label: _added(weights, ABOUT[label]) for label, weights in WEIGHTS.items()}


def judge_category(facts: Set[str]) -> Opinion | None:
    """Answer the likeliest category, None when no label is likelier than the others together."""
    scores = {label: (BIAS[label] + total(facts, weights)) / TEMPERATURE for label, weights in _WEIGHTS.items()}
    best = max(scores, key=lambda label: (scores[label], label))
    share = shares(scores)[best]
    if share < SURE or total(facts, _WEIGHTS[best]) < LEAST_EVIDENCE:
        return None
    return Classification(best, share, *reasons(facts, _WEIGHTS[best]))
