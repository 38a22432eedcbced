"""TagLearner: tags that messages may deserve, those set without asking, and tags that could be new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import ReadFacts, Sides
from mailhelper_core.learn.lessons import details_of
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.work.operation import AddTag
from mailhelper_core.store.mind import examples, mirrors, models, owner_settings, suggestions, tags
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes, pending
from mailhelper_core.store.work.decisions import Decision, decide

# Raise the number when the same examples would be scored otherwise: thresholds of before are then made again.
SAID_BY = "learned 2"
PROPOSED_BY = "groups 1"
# The kind of model under which it is kept from which chance on tags are set without asking.
TASK = "tags"
# Examples of one tag that are compared with, and of all tags together: the newest say what they mean now.
MAX_EXAMPLES, MOST_EXAMPLES = 200, 1_000
# Other mail that is compared with, newest first, and mail that is looked through for groups.
BACKGROUND, LOOKED_THROUGH = 100, 500
# Messages of one run that are looked at: on the first day a mailbox of 100,000 waits, and its owner as well.
MOST_NEW = 200
# A group that is proposed as a tag is no more than a guess.
GUESS = 0.5
# The thresholds are made again when the examples have changed by this share, and by this many at least.
CHANGED_SHARE, CHANGED_LEAST = 0.1, 5

_Said = Mapping[str, tuple[list[int], list[int]]]


@dataclass(frozen=True, slots=True)
class TagLearner:
    """Learns from the tags that one owner set and refused; what was set without asking teaches nothing."""

    owner: OwnerStore
    facts: ReadFacts

    def suggest(self, ids: Sequence[int]) -> tuple[SuggestedTag, ...]:
        """Answer tags that messages may deserve, surest first, above a threshold that evidence lowers for each tag."""
        with self.owner.read() as uow:
            said = _said(uow)
            if not said:
                return ()
            details, background = details_of(uow, ids), _background(uow, BACKGROUND, ids)
        found = []
        scores = gate.suggest(self._sides(said), details, self.facts, background=background)
        for detail, scored in zip(details, scores, strict=True):
            settled = {name for name, sides in said.items() if any(detail.id in side for side in sides)}
            found += [
                SuggestedTag(detail.id, name, chance, SAID_BY)
                for name, chance in scored
                if name not in settled | detail.tag_names
            ]
        return tuple(sorted(found, key=lambda one: (-one.confidence, one.message_id, one.name)))

    def tag_new(self, account_id: int) -> int:
        """Suggest tags for mail that the rules have not seen yet, set the sure ones, and answer how many were set.

        Nothing is set without the owner's budget of errors, and no tag whose examples do not prove that it is kept.
        """
        with self.owner.read() as uow:
            new = pending.take(uow, "rules", account_id, MOST_NEW, unless="process")
        found = self.suggest(new) if new else ()
        if not found:
            return 0
        self.learn_thresholds()
        with self.owner.read() as uow:
            least = _thresholds(uow) if owner_settings.get(uow).tag_errors > 0 else {}
        sure = [one for one in found if one.confidence >= least.get(one.name, 2.0)]
        with self.owner.begin() as uow:
            suggestions.put(uow, [one for one in found if one not in sure])
            sure = suggestions.still_open(uow, sure)
            if sure:
                _set(uow, sure)
        return len(sure)

    def learn_thresholds(self) -> None:
        """Find out from which chance on each tag keeps the owner's budget of errors, where tags or examples changed."""
        with self.owner.read() as uow:
            errors, said = owner_settings.get(uow).tag_errors, _said(uow)
            ids = {tag.name: tag.id for tag in tags.every(uow) if tag.name in said}
            live = models.live_of(uow, TASK)
            known = _data(live.data) if live else {}
            count = sum(len(side) for sides in said.values() for side in sides)
            changed = abs(count - (live.examples if live else 0))
            # By name and id: a tag may be called otherwise since, and another one as it was.
            is_other = (known.get("errors"), known.get("said_by"), known.get("ids")) != (errors, SAID_BY, ids)
            is_new = is_other or changed >= max(CHANGED_LEAST, CHANGED_SHARE * count)
            background = _background(uow, BACKGROUND, ()) if errors > 0 and said and is_new else []
        if errors <= 0 or not said or not is_new:
            return
        least = gate.automatic(self._sides(said), self.facts, background=background, errors=errors)
        made = {"errors": errors, "from": least, "ids": ids, "said_by": SAID_BY}
        data = json.dumps(made, sort_keys=True).encode()
        with self.owner.begin() as uow:
            models.add(uow, TASK, state="live", examples=count, through=0, accuracy=None, data=data)

    def propose(self) -> tuple[SuggestedTag, ...]:
        """Find groups among the newest mail without tags, and answer what could be a tag for each."""
        with self.owner.read() as uow:
            details = _background(uow, LOOKED_THROUGH, ())
        return tuple(
            SuggestedTag(id_, new.name, GUESS, PROPOSED_BY)
            for new in gate.propose(details, self.facts)
            for id_ in new.message_ids
        )

    def _sides(self, said: _Said) -> Sides:
        made = self._features(sorted({id_ for sides in said.values() for side in sides for id_ in side}))
        return {
            name: ([made[id_] for id_ in yes if id_ in made], [made[id_] for id_ in no if id_ in made])
            for name, (yes, no) in said.items()
        }

    def _features(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Answer the features of messages; what is made is kept."""
        schema = gate.feature_schema()
        with self.owner.read() as uow:
            kept = examples.features(uow, ids, schema)
            found = {id_: one for id_, one in kept.items() if gate.is_intact(one)}
            details = details_of(uow, [id_ for id_ in ids if id_ not in found])
        if details:
            made = dict(zip([one.id for one in details], gate.encode(details, self.facts), strict=True))
            with self.owner.begin() as uow:
                examples.put_features(uow, made, schema)
            found |= made
        return found


def _said(uow: UnitOfWork) -> _Said:
    """Answer messages for and against each tag: what the owner set, and what the owner said of it."""
    every = tags.every(uow)
    most = min(MAX_EXAMPLES, MOST_EXAMPLES // max(1, len(every)))
    said: dict[str, tuple[list[int], list[int]]] = {}
    for tag in every:
        told = {one.message_id: one.is_positive for one in suggestions.examples(uow, tag.id)}
        bearing = tags.assignments(uow, tag.id, message_ids=list(told))
        # What stands was said last: a refusal takes a tag off, and who takes it off says no more that it belongs there.
        told = {id_: belongs for id_, belongs in told.items() if not belongs or id_ in bearing}
        told |= dict.fromkeys(tags.set_by_owner(uow, tag.id, most), True)
        yes = sorted(id_ for id_, is_positive in told.items() if is_positive)
        no = sorted(id_ for id_, is_positive in told.items() if not is_positive)
        if yes:
            said[tag.name] = (yes[-most:], no[-most:])
    return said


def _background(uow: UnitOfWork, limit: int, without: Sequence[int]) -> list[MessageDetail]:
    left_out = set(without)
    return details_of(uow, [id_ for id_ in tags.without_any(uow, limit) if id_ not in left_out])


def _thresholds(uow: UnitOfWork) -> dict[str, float]:
    live = models.live_of(uow, TASK)
    found = _data(live.data).get("from", {}) if live else {}
    return {str(name): float(least) for name, least in found.items()} if isinstance(found, dict) else {}


def _data(data: bytes) -> dict[str, object]:
    """Read what was kept; what cannot be read is made again."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _set(uow: UnitOfWork, sure: Sequence[SuggestedTag]) -> None:
    keywords, chances = mirrors.keywords(uow), {(one.message_id, one.name): one.confidence for one in sure}
    change_id = changes.new_change(uow, "tag", "learned")
    made = [
        Decision(operation, "classifier", None, chances[one.message_id, one.name])
        for one in sure
        for operation in mirrors.in_step([AddTag(one.message_id, one.name)], keywords)
    ]
    decide(uow, change_id, made)
