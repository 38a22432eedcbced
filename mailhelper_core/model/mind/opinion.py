"""Opinions: what a classifier says about a message, with its confidence and reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal

# The built-in labels; owners and plugins add theirs.
CATEGORIES: tuple[str, ...] = (
    "people", "conversation", "newsletter", "notification", "finance",
    "shopping", "invitation", "social", "security", "other",
)  # fmt: skip

Kind = str

# The questions whose effective answers stand on the message itself; each is a field of queries under its own name.
EFFECTIVE_KINDS: tuple[Kind, ...] = ("spam", "category", "urgency", "importance", "language")
# What stands as `said_by` of the owner's own word.
OWNER = "owner"
# ... and of a summary that is a message's own sentences.
EXTRACT = "extract"
# Among a message's `provider_kinds`: a model suggests a tag for it, or a rule has tagged what a provider spoke about.
SUGGESTED = "suggested"
# Between this and its opposite nobody knows whether a mail is spam.
SPAM_IS_CLEAR = 0.1
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})", re.ASCII)

Light = Literal["red", "yellow", "green"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One answer: value as text (spam: "yes" or "no"; urgency and importance: "1".."3").

    confidence is the probability, 0..1, that the value is right. `combine` stamps said_by and version.
    """

    kind: Kind  # the question: `category`, `spam`, `urgency`, `importance`, `language`, or a plugin's own
    value: str  # the answer
    confidence: float  # see above
    reasons: tuple[str, ...] = ()  # a few words each, shown to the owner
    said_by: str = ""  # the classifier's name; `owner` for a correction
    version: str = ""  # the classifier's version


def Classification(category: str, confidence: float, *reasons: str) -> Opinion:
    """Say that a message belongs to a category."""
    return Opinion("category", category, confidence, reasons)


def Spam(is_spam: bool, confidence: float, *reasons: str) -> Opinion:  # noqa: FBT001
    """Say that a message is spam, or is not."""
    return Opinion("spam", "yes" if is_spam else "no", confidence, reasons)


def Urgency(level: int, confidence: float, *reasons: str) -> Opinion:
    """Say how urgent a message is, 1 to 3."""
    return Opinion("urgency", str(level), confidence, reasons)


def Importance(level: int, confidence: float, *reasons: str) -> Opinion:
    """Say how important a message is, 1 to 3."""
    return Opinion("importance", str(level), confidence, reasons)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The effective opinions of one message, after corrections; None where nobody was sure."""

    spam: float | None = None
    category: str | None = None
    urgency: int | None = None
    importance: int | None = None
    language: str | None = None
    provider_kinds: tuple[str, ...] = ()  # questions whose answer would be another without model providers


def is_open(verdict: Verdict) -> bool:
    """Say whether a question is left open that a model provider may be asked."""
    unsure = verdict.spam is None or SPAM_IS_CLEAR < verdict.spam < 1 - SPAM_IS_CLEAR
    return unsure or None in (verdict.category, verdict.urgency, verdict.importance)


def foremost(said: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Answer one opinion of each kind: the owner's word, else the surest, of equally sure ones the first by name."""
    first: dict[Kind, Opinion] = {}
    for opinion in sorted(said, key=lambda one: (one.said_by != OWNER, -one.confidence, one.said_by)):
        first.setdefault(opinion.kind, opinion)
    return tuple(first[kind] for kind in sorted(first))


def read_number(text: str) -> float | None:
    """Answer the number that a text is, such as `12` or `-0.5`; None for any other text."""
    return float(text) if _NUMBER.fullmatch(text) else None


def opinion_number(opinion: Opinion) -> float:
    """Answer what an opinion is compared by: its value where it is a number, else how sure it is; `no` is the rest."""
    number = read_number(opinion.value)
    if number is not None:
        return number
    return 1 - opinion.confidence if opinion.value == "no" else opinion.confidence


def provider_of(said_by: str) -> str:
    """Answer the model provider behind an opinion (`local` of `local:fast`), empty for every other source."""
    name, colon, _ = said_by.partition(":")  # names of classifiers have no colon
    return name if colon else ""


def is_of_model(opinion: Opinion, classifiers: Set[str]) -> bool:
    """Say whether a language model's word is behind an opinion: a provider's, or that of one of these classifiers."""
    return bool(provider_of(opinion.said_by)) or opinion.said_by in classifiers


def priority_score(urgency: int, importance: int) -> int:
    """Answer 2 * urgency + importance, 3..9."""
    return 2 * urgency + importance


def traffic_light(score: int) -> Light:
    """Answer the colour of a priority score: red from 8, yellow from 5, else green."""
    if score >= 8:
        return "red"
    return "yellow" if score >= 5 else "green"
