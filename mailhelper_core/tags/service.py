"""TagManager: make, set, rename, merge and delete tags; whatever it does is a Change that can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.keyword import is_keyword, normalize_keyword
from mailhelper_core.model.mail.words import words
from mailhelper_core.model.mind.tag import Tag, check_color, check_tag_name, fold_tag
from mailhelper_core.model.work.operation import AddKeyword, AddTag, Change, Operation, RemoveTag
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mind import mirrors, suggested_names, suggestions, tag_texts, tags
from mailhelper_core.store.mind.tags import Assignment
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.tag_entries import MERGE_KIND
from mailhelper_core.tags.decided import decided
from mailhelper_core.tags.queue import SuggestionQueue
from mailhelper_core.tags.renaming import renaming

# A sentence that says what belongs under the tag.
MAX_DESCRIPTION = 1_000


@guarded
@dataclass(frozen=True, slots=True)
class TagManager(SuggestionQueue):
    """The tags of one owner. Names are compared without regard to case and accents.

    Calls that name a tag raise NotFoundError when there is none, calls that name messages when one is unknown
    or another owner's, before anything is written.
    """

    def list(self) -> tuple[Tag, ...]:
        """Answer all tags by name, with how many messages carry each."""
        with self.owner.read() as uow:
            return tuple(tags.every(uow))

    def get(self, name: str) -> Tag:
        """Answer one tag."""
        with self.owner.read() as uow:
            return _counted(uow, tags.get(uow, name))

    def create(self, name: str, *, color: str = "", description: str = "") -> Tag:
        """Create a tag; color is #RRGGBB. Raises ConflictError for a taken name, InvalidError for a bad value."""
        with self.owner.begin() as uow:
            tag = tags.create(uow, name, color=color, description=_description(description))
            changes.new_change(uow, "tag_create", tag.name, data={"created_tag": tag.name})
            return tag

    def update(
        self, name: str, *, color: str | None = None, description: str | None = None, new_name: str | None = None
    ) -> Tag:
        """Change color, description or name; None leaves the one as it is. Raises ConflictError and InvalidError."""
        with self.owner.begin() as uow:
            uow.lock_owner(against_rows=True)  # before the tag: whoever has the owner's row may want it
            tag = tags.get(uow, name)
            was = {"name": tag.name, "color": tag.color, "description": tag.description}
            became = {
                "name": tag.name if new_name is None else check_tag_name(new_name),
                "color": tag.color if color is None else check_color(color),
                "description": tag.description if description is None else _description(description),
            }
            tags.change(uow, tag.id, **became)
            note = f"{was['name']} -> {became['name']}" if new_name is not None else tag.name
            data: dict[str, object] = {"changed_tag": {"was": was, "became": became}}
            if fold_tag(became["name"]) != fold_tag(tag.name):
                data |= tag_texts.follow(uow, renaming(tag.name, became["name"]))
                data |= suggested_names.follow(uow, tag.name, tags.get(uow, became["name"]))
            changes.new_change(uow, tags.UPDATE_KIND, note, data=data)
            return _counted(uow, tag)

    def rename(self, name: str, new_name: str) -> Tag:
        """Give a tag another name; messages keep it, and rules and saved searches name it by the new one.

        Raises ConflictError when the name is taken: `merge` then.
        """
        return self.update(name, new_name=new_name)

    def assign(self, ids: Iterable[int], name: str, *, color: str = "") -> Change:
        """Put a tag on messages; it is made when there is none. Raises InvalidError for a bad name or color."""
        name, color = check_tag_name(name), check_color(color)
        with self.owner.begin() as uow:
            wanted = messages.require(uow, ids)
            change_id = changes.new_change(uow, "tag", name)
            return decided(uow, change_id, [AddTag(id_, name, color) for id_ in wanted])

    def unassign(self, ids: Iterable[int], name: str) -> Change:
        """Take a tag off messages; the tag itself stays. Where a classifier had set it, it learns that it was wrong."""
        with self.owner.begin() as uow:
            wanted = messages.require(uow, ids)
            tag = tags.get(uow, name)
            guessed = [id_ for id_, one in tags.assignments(uow, tag.id, message_ids=wanted).items()
                       if one.set_by == "classifier"]  # fmt: skip
            data = {"taught": suggestions.teach(uow, tag.id, guessed, is_positive=False)} if guessed else None
            change_id = changes.new_change(uow, "untag", tag.name, data=data)
            return decided(uow, change_id, [RemoveTag(id_, tag.name) for id_ in wanted])

    def delete(self, name: str) -> Change:
        """Take a tag off all messages and delete it."""
        with self.owner.begin() as uow:
            uow.lock_owner(against_rows=True)  # before the tag: whoever has the owner's row may want it
            tag = tags.get(uow, name)
            change_id = changes.new_change(uow, "tag_delete", tag.name, data={"deleted_tags": [_data(uow, tag)]})
            carriers = tags.assignments(uow, tag.id)
            change = decided(uow, change_id, [RemoveTag(id_, tag.name) for id_ in carriers])
            tags.remove(uow, tag.id)
            return change

    def merge(self, name: str, into: str) -> Change:
        """Put the second tag on all messages of the first, who set it included, and delete the first.

        Rules and saved searches that name the first name the second. Of a suggested name it is from now on the second
        tag that is meant.
        """
        with self.owner.read() as uow:
            is_tag = tags.find(uow, name) is not None
        if not is_tag:
            return self._accept_as(name, into)
        with self.owner.begin() as uow:
            uow.lock_owner(against_rows=True)  # before the tag: whoever has the owner's row may want it
            tag, target = tags.get(uow, name), tags.get(uow, into)
            if tag.id == target.id:
                raise InvalidError("A tag cannot be merged into itself.", code="tag_name")
            data: dict[str, object] = {"deleted_tags": [_data(uow, tag)]}
            data["moved_examples"] = {"to": target.id, "ids": suggestions.move_examples(uow, tag.id, target.id)}
            change_id = changes.new_change(uow, MERGE_KIND, f"{tag.name} -> {target.name}", data=data)
            carriers = tags.assignments(uow, tag.id)
            already = tags.assignments(uow, target.id, message_ids=list(carriers))
            operations: list[Operation] = [AddTag(id_, target.name) for id_ in carriers if id_ not in already]
            change = decided(uow, change_id, [*operations, *(RemoveTag(id_, tag.name) for id_ in carriers)])
            moved = {id_: assignment for id_, assignment in carriers.items() if id_ not in already}
            tags.restore(uow, target.id, moved)
            tags.remove(uow, tag.id)
            followed = tag_texts.follow(uow, renaming(tag.name, target.name, is_merge=True))
            followed |= suggested_names.follow(uow, tag.name, target, merged=tag.id)
            changes.add_data(uow, change_id, followed)
            return change

    def mirror(self, name: str, keyword: str | None = None) -> Change:
        """Let a tag be an IMAP keyword too, for other programs to see and change; an empty keyword ends it.

        Without one it is made from the name. The messages that bear the tag get it with the next delivery, those that
        have the keyword get the tag. Where no server may store it (PERMANENTFLAGS) the tag stays `local_only`. Raises
        InvalidError for what is no keyword, ConflictError when another tag has it.
        """
        with self.owner.begin() as uow:
            tag = tags.get(uow, name)
            wanted = _keyword("_".join(words(tag.name)) if keyword is None else keyword)
            if wanted and any(one.keyword == wanted and one.id != tag.id for one in tags.every(uow)):
                raise ConflictError("Another tag is mirrored by this keyword.", code="keyword_taken")
            is_mirrored = bool(wanted) and mirrors.is_allowed(uow, wanted)
            became = wanted if is_mirrored else ""
            data = {"mirrored_tag": {"id": tag.id, "was": tag.keyword, "became": became}}
            change_id = changes.new_change(uow, "tag_mirror", tag.name, data=data)
            mirrors.set_keyword(uow, tag.id, became)
            if is_mirrored:
                operations: list[Operation] = [AddKeyword(id_, wanted) for id_ in tags.assignments(uow, tag.id)]
                operations += [AddTag(id_, tag.name) for id_ in mirrors.unmarked(uow, tag.id, wanted)]
                decide(uow, change_id, [Decision(one) for one in operations])
                mirrors.note_seen(uow, tag.id, wanted)
            return changes.get(uow, change_id)

    def take_over(self, account_id: int) -> int:
        """Bring tags in line with keywords that other programs set and took off; answer how many changed.

        Raises NotFoundError for an unknown account.
        """
        with self.owner.read() as uow:
            accounts.get(uow, self.owner.owner, account_id)
            found = mirrors.differing(uow, account_id)
        if not found:
            return 0
        with self.owner.begin() as uow:
            return mirrors.take_over(uow, account_id, found)

    def assigned(self, ids: Iterable[int], name: str) -> dict[int, Assignment]:
        """Answer who set a tag on messages and why: the owner, a rule's revision, a classifier and how sure it was."""
        with self.owner.read() as uow:
            return tags.assignments(uow, tags.get(uow, name).id, message_ids=messages.require(uow, ids))


def _keyword(text: str) -> str:
    """Answer a keyword in its canonical spelling; raise InvalidError for what no server can store, and for flags."""
    found = normalize_keyword(text) if is_keyword(text) else None
    if text and found is None:
        raise InvalidError("This is no keyword: use ASCII letters and digits, such as work.", code="keyword")
    return found or ""


def _data(uow: UnitOfWork, tag: Tag) -> dict[str, object]:
    """Answer all that makes the tag again."""
    said = [(one.message_id, one.is_positive) for one in suggestions.examples(uow, tag.id)]
    plain = {"id": tag.id, "name": tag.name, "color": tag.color, "description": tag.description, "keyword": tag.keyword}
    return {**plain, "examples": said}


def _counted(uow: UnitOfWork, tag: Tag) -> Tag:
    """Answer a tag as it is now, with how many messages carry it."""
    return next(one for one in tags.every(uow) if one.id == tag.id)


def _description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION:
        raise InvalidError(f"A tag's description has at most {MAX_DESCRIPTION} characters.", code="tag_description")
    return text
