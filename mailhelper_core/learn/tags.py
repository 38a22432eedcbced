"""TagLearner: tags that messages may deserve, those set without asking, and tags that could be new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import ReadFacts, Sides, Sureness
from mailhelper_core.learn import tag_sureness
from mailhelper_core.learn.lessons import details_of
from mailhelper_core.learn.tag_sureness import SAID_BY, Basis, Said
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.work.operation import AddTag
from mailhelper_core.store.mind import examples, mirrors, owner_settings, suggestions, tags
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes, pending
from mailhelper_core.store.work.decisions import Decision, decide

PROPOSED_BY = "groups 1"
# Examples of one tag that are compared with, and of all tags together: the newest say what they mean now.
MAX_EXAMPLES, MOST_EXAMPLES = 200, 1_000
# Other mail that is compared with, newest first, and mail that is looked through for groups.
BACKGROUND, LOOKED_THROUGH = 100, 500
# Messages of one run that are looked at: on the first day a mailbox of 100,000 waits, and its owner as well.
MOST_NEW = 200
# A group that is proposed as a tag is no more than a guess.
GUESS = 0.5


@dataclass(frozen=True, slots=True)
class TagLearner:
    """Learns from the tags that one owner set and refused; what was set without asking teaches nothing."""

    owner: OwnerStore
    facts: ReadFacts

    def suggest(self, ids: Sequence[int]) -> tuple[SuggestedTag, ...]:
        """Answer tags that messages may deserve, surest first, above a threshold that evidence lowers for each tag."""
        return self._suggest(ids, self.learn_sureness())

    def _suggest(self, ids: Sequence[int], sure: Mapping[str, Sureness]) -> tuple[SuggestedTag, ...]:
        with self.owner.read() as uow:
            said = _said(uow)
            if not said:
                return ()
            details, background = details_of(uow, ids), _background(uow, BACKGROUND, ids)
        found = []
        scores = gate.suggest(self._sides(said), details, self.facts, background=background, sure=sure)
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
        if not new:
            return 0
        known = self.learn_sureness()
        found = self._suggest(new, known)
        if not found:
            return 0
        sure = [one for one in found if one.name in known and _is_set(one.confidence, known[one.name])]
        with self.owner.begin() as uow:
            suggestions.put(uow, [one for one in found if one not in sure])
            sure = suggestions.still_open(uow, sure)
            if sure:
                _set(uow, sure)
        return len(sure)

    def learn_sureness(self) -> dict[str, Sureness]:
        """Answer how sure each tag is, and from when on it keeps the owner's budget of errors.

        It is made again where tags, examples or the budget changed.
        """
        with self.owner.read() as uow:
            said, every = _said(uow), tags.every(uow)
            ids = {tag.name: tag.id for tag in every if tag.name in said}
            basis = Basis(owner_settings.get(uow).tag_errors, ids, said, _most(len(every)))
            known = tag_sureness.kept(uow, basis)
            background = _background(uow, BACKGROUND, ()) if said and known is None else []
        if known is not None:
            return known
        made = gate.sureness(self._sides(said), self.facts, background=background, errors=basis.errors) if said else {}
        with self.owner.begin() as uow:
            tag_sureness.keep(uow, basis, made)
        return made

    def propose(self) -> tuple[SuggestedTag, ...]:
        """Find groups among the newest mail without tags, and answer what could be a tag for each."""
        with self.owner.read() as uow:
            details = _background(uow, LOOKED_THROUGH, ())
        return tuple(
            SuggestedTag(id_, new.name, GUESS, PROPOSED_BY)
            for new in gate.propose(details, self.facts)
            for id_ in new.message_ids
        )

    def _sides(self, said: Said) -> Sides:
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


def _most(count: int) -> int:
    return min(MAX_EXAMPLES, MOST_EXAMPLES // max(1, count))


def _said(uow: UnitOfWork) -> Said:
    """Answer messages for and against each tag: what the owner set, and what the owner said of it."""
    every = tags.every(uow)
    most = _most(len(every))
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


def _is_set(confidence: float, known: Sureness) -> bool:
    return known.sets_from is not None and confidence >= known.sets_from


def _set(uow: UnitOfWork, sure: Sequence[SuggestedTag]) -> None:
    keywords, chances = mirrors.keywords(uow), {(one.message_id, one.name): one.confidence for one in sure}
    change_id = changes.new_change(uow, "tag", "learned")
    made = [
        Decision(operation, "classifier", None, chances[one.message_id, one.name])
        for one in sure
        for operation in mirrors.in_step([AddTag(one.message_id, one.name)], keywords)
    ]
    decide(uow, change_id, made)
