"""Suggested tags: what the owner tagged and refused, compared with other messages; the queue of tags takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import ReadFacts
from mailhelper_core.learn.lessons import details_of
from mailhelper_core.model.tag import SuggestedTag
from mailhelper_core.store.mind import examples, suggestions, tags
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

SAID_BY = "learned 1"
# Examples of one tag that are compared with: the newest say what it means now.
MAX_EXAMPLES = 200

_Said = Mapping[str, tuple[list[int], list[int]]]


def suggest(owner: OwnerStore, ids: Sequence[int], facts: ReadFacts) -> tuple[SuggestedTag, ...]:
    """Answer tags that messages may deserve, surest first, above a threshold that evidence lowers for each tag."""
    with owner.read() as uow:
        said = _said(uow)
        details = details_of(uow, ids)
    made = _features(owner, sorted({id_ for sides in said.values() for side in sides for id_ in side}), facts)
    known = {
        name: ([made[id_] for id_ in yes if id_ in made], [made[id_] for id_ in no if id_ in made])
        for name, (yes, no) in said.items()
    }
    found = []
    for detail, scored in zip(details, gate.suggest(known, details, facts), strict=True):
        settled = {name for name, sides in said.items() if any(detail.id in side for side in sides)}
        found += [
            SuggestedTag(detail.id, name, chance, SAID_BY)
            for name, chance in scored
            if name not in settled | detail.tag_names
        ]
    return tuple(sorted(found, key=lambda one: (-one.confidence, one.message_id, one.name)))


def _said(uow: UnitOfWork) -> _Said:
    """Answer messages for and against each tag: what the owner set, and what the owner said of it."""
    said: dict[str, tuple[list[int], list[int]]] = {}
    for tag in tags.every(uow):
        told = {one.message_id: one.is_positive for one in suggestions.examples(uow, tag.id)}
        told = dict.fromkeys(tags.set_by_owner(uow, tag.id, MAX_EXAMPLES), True) | told
        yes = sorted(id_ for id_, is_positive in told.items() if is_positive)
        no = sorted(id_ for id_, is_positive in told.items() if not is_positive)
        if yes:
            said[tag.name] = (yes[-MAX_EXAMPLES:], no[-MAX_EXAMPLES:])
    return said


def _features(owner: OwnerStore, ids: Sequence[int], facts: ReadFacts) -> dict[int, bytes]:
    """Answer the features of messages; what is made is kept."""
    schema = gate.feature_schema()
    with owner.read() as uow:
        found = examples.features(uow, ids, schema)
        details = details_of(uow, [id_ for id_ in ids if id_ not in found])
    if details:
        made = dict(zip([one.id for one in details], gate.encode(details, facts), strict=True))
        with owner.begin() as uow:
            examples.put_features(uow, made, schema)
        found |= made
    return found
