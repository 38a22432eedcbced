"""The queue of suggested tags: take them, mean another tag by them, or never see them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.model.door import guarded
from mailhelper_core.model.mind.tag import SuggestedTag, TagExample, TagSuggestion, check_color, check_confidence
from mailhelper_core.model.work.operation import AddTag, Change, RemoveTag
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import suggestions, tags
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes, made_tags
from mailhelper_core.tags.decided import decided


@guarded
@dataclass(frozen=True, slots=True)
class SuggestionQueue:
    """Suggestions for one owner; those that name messages raise NotFoundError for unknown and foreign ones."""

    owner: OwnerStore

    def propose(self, suggested: Sequence[SuggestedTag]) -> int:
        """Let what a learner suggests wait for the owner's word; answer how many are new.

        Names that were rejected, tags that a message bears, and tags that do not belong to it are left out; a name
        that was merged means the tag it was merged into. Raises InvalidError for a bad name and a confidence that is
        no probability.
        """
        for one in suggested:
            check_confidence(one.confidence)
        with self.owner.begin() as uow:
            messages.require(uow, [one.message_id for one in suggested])
            return suggestions.put(uow, suggested)

    def queue(self) -> tuple[TagSuggestion, ...]:
        """Answer what waits, the most frequent name first."""
        with self.owner.read() as uow:
            return tuple(suggestions.queue(uow))

    def suggest(self, ids: Iterable[int]) -> tuple[SuggestedTag, ...]:
        """Answer what waits for messages, the surest first."""
        with self.owner.read() as uow:
            return tuple(suggestions.of_messages(uow, messages.require(uow, ids)))

    def accept(self, name: str, ids: Iterable[int] | None = None, *, color: str = "") -> Change:
        """Put a suggested tag on the messages it waits for, or on some of them; it is made when there is none."""
        color = check_color(color)
        with self.owner.begin() as uow:
            uow.lock_owner()  # who suggests or clicks meanwhile waits: two would both find it waiting
            waiting = suggestions.waiting(uow, name)
            wanted = list(waiting.messages) if ids is None else messages.require(uow, ids)
            change_id = changes.new_change(uow, "tag", waiting.name, data=_taken(uow, waiting.name, wanted))
            tag = made_tags.ensure(uow, change_id, waiting.name, color=color)
            taught = suggestions.teach(uow, tag.id, wanted, is_positive=True)
            changes.add_data(uow, change_id, {"taught": taught})
            _settle(uow, waiting, wanted, "accepted")
            return decided(uow, change_id, [AddTag(id_, tag.name, color) for id_ in wanted])

    def _accept_as(self, name: str, into: str) -> Change:
        with self.owner.begin() as uow:
            uow.lock_owner()
            waiting = suggestions.find(uow, name)
            if waiting is None:
                raise tags.missing()
            tag = tags.get(uow, into)
            data = _taken(uow, waiting.name, waiting.messages)
            data["taught"] = suggestions.teach(uow, tag.id, waiting.messages, is_positive=True)
            change_id = changes.new_change(uow, "tag", f"{waiting.name} -> {tag.name}", data=data)
            suggestions.settle(uow, waiting.name, "merged", merged_into=tag.id)
            return decided(uow, change_id, [AddTag(id_, tag.name) for id_ in waiting.messages])

    def reject(self, name: str, ids: Iterable[int] | None = None) -> Change:
        """Say that a tag does not belong to messages: it is taken off and never suggested for them again.

        Without ids it is the suggested name that is rejected, for all messages: a name that is no tag is never
        suggested again.
        """
        with self.owner.begin() as uow:
            uow.lock_owner()  # what is suggested meanwhile would wait again
            tag = tags.find(uow, name)
            waiting = suggestions.waiting(uow, name) if ids is None or tag is None else None
            wanted = waiting.messages if waiting and ids is None else messages.require(uow, ids or ())
            data = _taken(uow, name, wanted)
            if tag is not None:
                data["taught"] = suggestions.teach(uow, tag.id, wanted, is_positive=False)
            change_id = changes.new_change(uow, "untag", tag.name if tag else name, data=data)
            if tag is None and ids is None:
                suggestions.settle(uow, name, "rejected")
            elif tag is None:
                suggestions.forget(uow, name, wanted)
            else:
                suggestions.forget(uow, tag.name, wanted)
                return decided(uow, change_id, [RemoveTag(id_, tag.name) for id_ in wanted])
            return changes.get(uow, change_id)

    def examples(self, name: str) -> tuple[TagExample, ...]:
        """Answer what the owner said of a tag: messages that it belongs to, and those that it does not."""
        with self.owner.read() as uow:
            return tuple(suggestions.examples(uow, tags.get(uow, name).id))


def _taken(uow: UnitOfWork, name: str, wanted: Sequence[int]) -> dict[str, object]:
    """Answer what undo lets wait again."""
    waiting = suggestions.of_name(uow, name, wanted)
    rows = [(one.message_id, one.confidence, one.said_by) for one in waiting]
    return {"suggested": {"name": name, "rows": rows}} if rows else {}


def _settle(uow: UnitOfWork, waiting: TagSuggestion, taken: Sequence[int], state: suggestions.State) -> None:
    if set(waiting.messages) <= set(taken):
        suggestions.settle(uow, waiting.name, state)
    else:
        suggestions.forget(uow, waiting.name, taken)
