"""Tags behind the gate: which ones messages may deserve, which may be set without asking, and which could be new."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.ai.gate import NewTag, ReadFacts, Sides
from mailhelper_core.ai.learner import features as vectors
from mailhelper_core.ai.learner.features import Features
from mailhelper_core.ai.tagging.budget import automatic_from
from mailhelper_core.ai.tagging.clusters import groups, name_of
from mailhelper_core.ai.tagging.tags import TagExamples, score_tags, threshold
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words

# Examples are judged by the others in so many turns.
FOLDS = 4
# Words of a text that may name a group of messages.
NAMING_WORDS = 80
NAMING_CHARACTERS = 2_000


def suggest(
    tags: Sides, messages: Sequence[MessageDetail], facts: ReadFacts, background: Sequence[MessageDetail]
) -> list[list[tuple[str, float]]]:
    """Score every tag and answer those that reach their threshold, likeliest first."""
    known = _known(tags)
    least = {name: threshold(len(tag.positive), len(tag.negative)) for name, tag in known.items()}
    found = score_tags(known, _features(messages, facts), _features(background, facts))
    scored = [[(name, float(chance)) for name, chance in zip(known, row, strict=True)] for row in found]
    reached = [[(name, chance) for name, chance in one if chance >= least[name]] for one in scored]
    return [sorted(one, key=lambda entry: (-entry[1], entry[0])) for one in reached]


def automatic(tags: Sides, facts: ReadFacts, background: Sequence[MessageDetail], errors: float) -> dict[str, float]:
    """Answer, by tag, from which chance on it may be set without asking; tags without enough evidence are left out."""
    known, plain = _known(tags), _features(background, facts)
    judged: dict[str, list[tuple[float, bool]]] = {name: [] for name in known}
    for fold in range(FOLDS):
        kept = {name: _without(tag, fold) for name, tag in known.items()}
        asked = [(name, one, right) for name, tag in known.items() for one, right in _held_back(tag, fold)]
        asked += [("", one, False) for one in plain[fold::FOLDS]]
        others = [one for number, one in enumerate(plain) if number % FOLDS != fold]
        for (of, _, right), row in zip(asked, score_tags(kept, [one for _, one, _ in asked], others), strict=True):
            for name, chance in zip(known, row, strict=True):
                judged[name].append((float(chance), right and of == name))
    found = {name: automatic_from(judged[name], errors) for name in known}
    return {name: least for name, least in found.items() if least is not None}


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


def _without(tag: TagExamples, fold: int) -> TagExamples:
    return TagExamples(*([one for at, one in enumerate(side) if at % FOLDS != fold] for side in _sides(tag)))


def _held_back(tag: TagExamples, fold: int) -> list[tuple[Features, bool]]:
    return [(one, side == 0) for side, every in enumerate(_sides(tag)) for one in every[fold::FOLDS]]


def _sides(tag: TagExamples) -> tuple[Sequence[Features], Sequence[Features]]:
    return tag.positive, tag.negative
