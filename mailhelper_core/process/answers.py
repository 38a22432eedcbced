"""What a classifier answered, checked against its contract: opinions stamped with who said them, or a problem; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from mailhelper_core.model.extension import Classifier
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.mind.opinion import CATEGORIES, Opinion
from mailhelper_core.process.combine import CLOSED_VALUES

# A value is a label or a short summary, never a copy of the mail.
MAX_VALUE_CHARACTERS = 4_000
# Reasons that are kept of one opinion, and how long each may be: they are shown in one line.
MAX_REASONS = 8
MAX_REASON_CHARACTERS = 200

# Declared by a classifier whose categories are the owner's own words.
ANY_LABEL = "*"

Said = tuple[Opinion, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The opinions by message: empty where the classifier abstained, None where it broke its contract.

    Problems name no content.
    """

    opinions: tuple[Said | None, ...]
    problems: tuple[str, ...] = ()


def read_answers(classifier: Classifier, answer: object, count: int) -> Answers:
    """Check the answer to a batch of `count` messages; what is wrong costs that message's opinions, no others."""
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes):
        return Answers((None,) * count, (f"answered {type(answer).__name__}, not a sequence",))
    if len(answer) != count:
        return Answers((None,) * count, (f"answered {len(answer)} times for {count} messages",))
    opinions: list[Said | None] = []
    problems: dict[str, None] = {}
    for one in answer:
        said, problem = _read_one(classifier, one)
        opinions.append(said)
        if problem:
            problems[problem] = None
    return Answers(tuple(opinions), tuple(problems))


def _read_one(classifier: Classifier, answer: object) -> tuple[Said | None, str]:
    if answer is None:
        return (), ""
    surest: dict[str, Opinion] = {}
    for opinion in answer if isinstance(answer, tuple | list) else (answer,):
        if not isinstance(opinion, Opinion):
            return None, f"answered {type(opinion).__name__}, not an Opinion"
        if problem := _problem(classifier, opinion):
            return None, problem
        if opinion.kind not in surest or surest[opinion.kind].confidence < opinion.confidence:
            surest[opinion.kind] = _stamp(classifier, opinion)
    return tuple(surest.values()), ""


def _problem(classifier: Classifier, opinion: Opinion) -> str:
    if opinion.kind not in classifier.kinds:
        return "answered a kind that it did not declare by kinds=(...)"
    if not _is_text(opinion.value) or not 0 < len(opinion.value) <= MAX_VALUE_CHARACTERS:
        return f"answered a value that is no text of 1 to {MAX_VALUE_CHARACTERS} characters"
    if opinion.value not in _allowed(classifier, opinion):
        known = ", ".join(CLOSED_VALUES.get(opinion.kind, ()))
        advice = f"it is one of {known}" if known else "declare what is not built in by labels=(...)"
        return f"answered an unknown value of kind {opinion.kind}; {advice}"
    if not _is_probability(opinion.confidence):
        return "answered a confidence that is no number from 0 to 1"
    if not _are_texts(opinion.reasons):
        return "answered reasons that are no tuple of texts"
    return ""


def _allowed(classifier: Classifier, opinion: Opinion) -> tuple[str, ...]:
    if opinion.kind == "category" and ANY_LABEL not in classifier.labels:
        return (*CATEGORIES, *classifier.labels)
    return CLOSED_VALUES.get(opinion.kind, (opinion.value,))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple | list) and all(map(_is_text, value))


def _is_probability(value: object) -> bool:
    # Real, not float: numpy's float32 is none. NaN compares false with everything.
    return isinstance(value, Real) and 0 <= float(value) <= 1


def _stamp(classifier: Classifier, opinion: Opinion) -> Opinion:
    return Opinion(
        opinion.kind,
        clean_text(opinion.value),
        float(opinion.confidence),
        tuple([clean_text(reason)[:MAX_REASON_CHARACTERS] for reason in opinion.reasons[:MAX_REASONS]]),
        classifier.name,
        classifier.version,
    )
