"""The one door to the local learner: values in, values out, numpy imported behind it, so that the core works without.

Every function but `installed` raises ConfigError "extra_missing" where numpy is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from types import MappingProxyType

from mailhelper_core.ai.tokens import NOTHING, Noticed
from mailhelper_core.errors import ConfigError
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.learning import Quality
from mailhelper_core.model.mind.opinion import Opinion

# What the heuristics notice about a message, by name: features that hold for wording never seen.
ReadFacts = Callable[[MessageDetail], Noticed]
ADVICE = "Learning needs numpy: install mailhelper[learn]."


@dataclass(frozen=True, slots=True)
class Lesson:
    """One example: features at rest, the owner's answer, and how much it teaches (0..1)."""

    features: bytes
    value: str
    weight: float = 1.0


# Tag -> features at rest of messages that have it, and of messages that it was refused for.
Sides = Mapping[str, tuple[Sequence[bytes], Sequence[bytes]]]


@dataclass(frozen=True, slots=True)
class NewTag:
    """A tag that could be: a name, and the messages that would bear it."""

    name: str
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the scores of a tag are: its probability has the log-odds slope * score + offset."""

    slope: float
    offset: float
    sets_from: float | None  # the probability from which on it may be set without asking; None: it may not


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model as octets, its labels and the quality on examples held back from its twin."""

    data: bytes
    labels: tuple[str, ...]
    quality: Quality


@dataclass(frozen=True, slots=True)
class Contest:
    """On how many examples the candidate's answer was worth more, or the other's; how likely luck explains it."""

    better: int
    worse: int
    luck: float  # that so many or more were better
    bad_luck: float  # that so many or more were worse


@lru_cache(maxsize=1)
def installed() -> bool:
    """Say whether the extra is there."""
    return find_spec("numpy") is not None


def feature_schema() -> int:
    """Answer the schema of the features that `encode` makes."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.FEATURE_SCHEMA


def no_facts(_message: MessageDetail) -> Noticed:
    """Answer nothing: where no heuristics are at hand."""
    return NOTHING


def encode(messages: Sequence[MessageDetail], facts: ReadFacts = no_facts) -> list[bytes]:
    """Answer the hashed features of messages at rest: what an example keeps when its message is gone."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.encode(messages, facts)


def is_intact(features: bytes) -> bool:
    """Say whether features at rest can be read."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.is_intact(features)


def train(lessons: Sequence[Lesson], prior: bytes = b"") -> Fitted:
    """Train a model from lessons in their order, from a shared prior on.

    Raises InvalidError "too_few" for less than two answers.
    """
    _require()
    from mailhelper_core.ai.learner import local

    return local.train(lessons, prior)


def judge(
    models: Mapping[str, bytes], messages: Sequence[MessageDetail], facts: ReadFacts = no_facts
) -> list[tuple[Opinion, ...]]:
    """Answer the opinions of models, by kind, on many messages at once; nothing where a model is not sure."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.judge(models, messages, facts)


def share(lessons: Sequence[Lesson], labels: Sequence[str]) -> bytes:
    """Answer what one owner adds to the shared prior of a question with these answers."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.share(lessons, labels)


def prior(deltas: Sequence[bytes]) -> bytes:
    """Answer the prior that several owners' deltas make, empty when they are too few."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.prior(deltas)


def contest(live: bytes, older: Sequence[Lesson], newer: Sequence[Lesson], prior: bytes = b"") -> Contest:
    """Compare a model with twins of its candidate on newer lessons, which the model has not learned from.

    Each twin learns from the older lessons and from all newer ones but those that it is asked about.
    """
    _require()
    from mailhelper_core.ai.learner import local

    return local.contest(live, older, newer, prior)


def accuracy(data: bytes, lessons: Sequence[Lesson]) -> float:
    """Answer the share of lessons that a model answers right."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.accuracy(data, lessons)


def check(data: bytes) -> str:
    """Answer the code of what is wrong with a stored model, "" for nothing."""
    _require()
    from mailhelper_core.ai.learner import local

    return local.check(data)


def suggest(
    tags: Sides,
    messages: Sequence[MessageDetail],
    facts: ReadFacts = no_facts,
    *,
    background: Sequence[MessageDetail] = (),
    sure: Mapping[str, Sureness] = MappingProxyType({}),
) -> list[list[tuple[str, float]]]:
    """Answer (tag, probability) by message, likeliest first, of tags whose threshold is reached.

    background: other mail, not known to have any of the tags. sure: what `sureness` says; without it what is usual.
    """
    _require()
    from mailhelper_core.ai.tagging import suggesting

    return suggesting.suggest(tags, messages, facts, background, sure)


def sureness(
    tags: Sides, facts: ReadFacts = no_facts, *, background: Sequence[MessageDetail] = (), errors: float = 0.0
) -> dict[str, Sureness]:
    """Answer how sure the scores of each tag are; errors: the share of those set without asking that may be wrong."""
    _require()
    from mailhelper_core.ai.tagging import suggesting

    return suggesting.sure(tags, facts, background, errors)


def propose(messages: Sequence[MessageDetail], facts: ReadFacts = no_facts) -> list[NewTag]:
    """Answer groups of messages that belong together, with a name for each."""
    _require()
    from mailhelper_core.ai.tagging import suggesting

    return suggesting.propose(messages, facts)


def _require() -> None:
    if not installed():
        raise ConfigError(ADVICE, code="extra_missing")
