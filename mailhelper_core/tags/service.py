"""TagManager: the owner's tags, and which messages carry them; every change of messages is a Change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailhelper_core.model.operation import AddTag, Change, Operation, RemoveTag
from mailhelper_core.model.tag import Tag
from mailhelper_core.store import changes, messages, tags
from mailhelper_core.store.decisions import Decision, decide
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork


@dataclass(frozen=True, slots=True)
class TagManager:
    """Tags of one owner, named in any spelling of case and accents.

    Unknown names raise NotFoundError, bad names and colors InvalidError, unknown messages NotFoundError.
    """

    owner: OwnerStore

    def create(self, name: str, *, color: str = "", description: str = "") -> Tag:
        """Create a tag; color is #RRGGBB. Raises ConflictError when the name is taken."""
        with self.owner.begin() as uow:
            return tags.create(uow, name, color=color, description=description)

    def list(self) -> tuple[Tag, ...]:
        """Answer the tags by name, with how many messages carry each."""
        with self.owner.read() as uow:
            return tuple(tags.every(uow))

    def assign(self, ids: Iterable[int], name: str, *, color: str = "") -> Change:
        """Put a tag on messages; the tag is made when there is none."""
        with self.owner.begin() as uow:
            wanted = messages.require(uow, ids)
            tag = tags.ensure(uow, name, color=color)
            return _change(uow, "assign_tag", [AddTag(id_, tag.name, tag.color) for id_ in wanted])

    def unassign(self, ids: Iterable[int], name: str) -> Change:
        """Take a tag off messages."""
        with self.owner.begin() as uow:
            wanted = messages.require(uow, ids)
            tag = tags.get(uow, name)
            return _change(uow, "unassign_tag", [RemoveTag(id_, tag.name) for id_ in wanted])

    def rename(self, name: str, new_name: str) -> Tag:
        """Give a tag another name; messages keep it. Raises ConflictError when another tag has that name."""
        return self._edit(name, new_name=new_name)

    def update(self, name: str, *, color: str | None = None, description: str | None = None) -> Tag:
        """Change a tag's color or description."""
        return self._edit(name, color=color, description=description)

    def merge(self, name: str, into: str) -> Change:
        """Put another tag on all messages of a tag, and delete it; undo puts both back on the messages."""
        with self.owner.begin() as uow:
            source, target = tags.get(uow, name), tags.get(uow, into)
            if source.id == target.id:
                return _change(uow, "merge_tags", [])
            carried = list(tags.assignments(uow, source.id))
            added: list[Operation] = [AddTag(id_, target.name, target.color) for id_ in carried]
            change = _change(uow, "merge_tags", added + [RemoveTag(id_, source.name) for id_ in carried])
            tags.remove(uow, source.id)
            return change

    def delete(self, name: str) -> Change:
        """Take a tag off all messages and delete it; undo makes it anew and puts it back on them."""
        with self.owner.begin() as uow:
            tag = tags.get(uow, name)
            carried = list(tags.assignments(uow, tag.id))
            change = _change(uow, "delete_tag", [RemoveTag(id_, tag.name) for id_ in carried])
            tags.remove(uow, tag.id)
            return change

    def _edit(
        self, name: str, *, new_name: str | None = None, color: str | None = None, description: str | None = None
    ) -> Tag:
        with self.owner.begin() as uow:
            tag = tags.get(uow, name)
            tags.change(
                uow,
                tag.id,
                name=tag.name if new_name is None else new_name,
                color=tag.color if color is None else color,
                description=tag.description if description is None else description,
            )
            return tags.get(uow, tag.name if new_name is None else new_name)


def _change(uow: UnitOfWork, kind: str, operations: Iterable[Operation]) -> Change:
    change_id = changes.new_change(uow, kind)
    decide(uow, change_id, [Decision(operation) for operation in operations])
    return changes.get(uow, change_id)
