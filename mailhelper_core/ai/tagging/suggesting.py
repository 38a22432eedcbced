"""Tags behind the gate: which ones messages may deserve, how sure each is, and which could be new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailhelper_core.ai.gate import NewTag, ReadFacts, Sides, Sureness
from mailhelper_core.ai.learner import features as vectors
from mailhelper_core.ai.learner.calibrate import Scale
from mailhelper_core.ai.learner.features import Features
from mailhelper_core.ai.tagging import sureness
from mailhelper_core.ai.tagging.clusters import groups, name_of
from mailhelper_core.ai.tagging.tags import TagExamples, log_odds, threshold
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words

# What is less likely to belong is not worth a question.
LEAST_LIKELY = 0.1
# Words of a text that may name a group of messages.
NAMING_WORDS = 80
NAMING_CHARACTERS = 2_000


def suggest(
    tags: Sides,
    messages: Sequence[MessageDetail],
    facts: ReadFacts,
    background: Sequence[MessageDetail],
    sure: Mapping[str, Sureness],
) -> list[list[tuple[str, float]]]:
    """Score every tag and answer those that reach their threshold with how likely they belong, likeliest first."""
    known = _known(tags)
    least = {name: threshold(len(tag.positive), len(tag.negative)) for name, tag in known.items()}
    scales = {name: Scale(sure[name].slope, sure[name].offset) if name in sure else sureness.USUAL for name in known}
    found = []
    for row in log_odds(known, _features(messages, facts), _features(background, facts)):
        scored = zip(known, row, strict=True)
        reached = [(name, score) for name, score in scored if sureness.probability(score, Scale(1.0)) >= least[name]]
        chances = [(name, sureness.probability(score, scales[name])) for name, score in reached]
        likely = [(name, chance) for name, chance in chances if chance >= LEAST_LIKELY]
        found.append(sorted(likely, key=lambda entry: (-entry[1], entry[0])))
    return found


def sure(tags: Sides, facts: ReadFacts, background: Sequence[MessageDetail], errors: float) -> dict[str, Sureness]:
    """Judge the examples of each tag by the others, and answer how sure its scores are."""
    return sureness.sureness(_known(tags), _features(background, facts), errors)


def propose(messages: Sequence[MessageDetail], facts: ReadFacts) -> list[NewTag]:
    """Find groups of messages, and words that name them; a group without such words is left out."""
    texts = [words(f"{one.subject} {one.text[:NAMING_CHARACTERS]}", NAMING_WORDS) for one in messages]
    found = []
    for members in groups(_features(messages, facts)):
        name = name_of([texts[one] for one in members], texts)
        if name:
            found.append(NewTag(name, tuple(messages[one].id for one in members)))
    return found


def _known(tags: Sides) -> dict[str, TagExamples]:
    return {
        name: TagExamples([vectors.from_bytes(one) for one in yes], [vectors.from_bytes(one) for one in no])
        for name, (yes, no) in tags.items()
    }


def _features(messages: Sequence[MessageDetail], facts: ReadFacts) -> list[Features]:
    return [vectors.features_of(message, facts(message)) for message in messages]
