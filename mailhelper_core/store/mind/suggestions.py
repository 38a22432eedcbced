"""Suggested tags: a queue by name, what the owner said of each, and examples for and against a tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import Row, delete, insert, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mind.tag import SuggestedTag, TagExample, TagSuggestion, check_tag_name, fold_tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, select_among
from mailhelper_core.store.mind import tags
from mailhelper_core.store.mind.waiting_tags import waits
from mailhelper_core.store.unit_of_work import UnitOfWork

State = Literal["waiting", "accepted", "merged", "rejected"]

_s, _one, _example = t.tag_suggestions.c, t.suggested_tags.c, t.tag_examples.c
_TAKE_OUT = """
DELETE FROM {schema}mailhelper_suggested_tags WHERE suggestion_id = ? AND message_id IN ({values}) RETURNING message_id
"""
_MADE = ("suggestion_id", "message_id", "confidence", "said_by", "created_at")


def put(uow: UnitOfWork, suggested: Sequence[SuggestedTag]) -> int:
    """Let suggestions wait and answer how many are new; a later one for the same message counts instead.

    Left out are names that were rejected, tags that the message bears, those that it must not bear, and messages that
    are gone.
    """
    uow.lock_owner()  # two that suggest a new name at once would both find it free
    return sum(_put(uow, ones) for ones in _by_name(uow, suggested).values())


def still_open(uow: UnitOfWork, suggested: Sequence[SuggestedTag]) -> list[SuggestedTag]:
    """Answer what may be set without asking: of tags and messages there are, and about which nothing was said since."""
    uow.lock_owner()
    found: list[SuggestedTag] = []
    for name, ones in _by_name(uow, suggested).items():
        tag = tags.find(uow, name)
        settled = _excluded(uow, tag.id, [one.message_id for one in ones]) if tag else None
        found += [one for one in ones if settled is not None and one.message_id not in settled]
    return found


def queue(uow: UnitOfWork) -> list[TagSuggestion]:
    """Answer what waits, the most frequent name first."""
    statement = (
        select(_s.name, _s.folded, _one.message_id, _one.confidence)
        .join(t.suggested_tags, _one.suggestion_id == _s.id)
        .where(_s.owner_id == uow.owner_id, waits())
        .order_by(_one.confidence.desc(), _one.message_id)
    )
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in uow.execute(statement):
        found[row.name].append(row)
    every = [
        TagSuggestion(
            name, tuple(row.message_id for row in rows), rows[0].confidence, is_new=tags.find(uow, name) is None
        )
        for name, rows in found.items()
    ]
    return sorted(every, key=lambda one: (-len(one.messages), fold_tag(one.name)))


def waiting(uow: UnitOfWork, name: str) -> TagSuggestion:
    """Answer the suggestion of this name; raise NotFoundError when none waits."""
    found = find(uow, name)
    if found is None:
        raise NotFoundError("No suggestion of this name waits.", code="suggestion_not_found")
    return found


def find(uow: UnitOfWork, name: str) -> TagSuggestion | None:
    """Answer the suggestion of this name, None when none waits."""
    return next((one for one in queue(uow) if fold_tag(one.name) == fold_tag(name)), None)


def of_messages(uow: UnitOfWork, ids: Sequence[int]) -> list[SuggestedTag]:
    """Answer what waits for messages, the surest first."""
    found: list[SuggestedTag] = []
    for chunk in chunks(ids):
        joined = select(_one.message_id, _s.name, _one.confidence, _one.said_by).join(
            t.tag_suggestions, _s.id == _one.suggestion_id
        )
        mine = (_s.owner_id == uow.owner_id, waits(), _one.message_id.in_(chunk))
        found += [SuggestedTag(*row) for row in uow.execute(joined.where(*mine))]
    return sorted(found, key=lambda one: (-one.confidence, one.message_id, one.name))


def of_name(uow: UnitOfWork, name: str, ids: Sequence[int]) -> list[SuggestedTag]:
    """Answer what waits under a name for messages."""
    return [one for one in of_messages(uow, ids) if fold_tag(one.name) == fold_tag(name)]


def ask_again(uow: UnitOfWork, name: str, suggested: Sequence[SuggestedTag]) -> None:
    """Let a name that was settled wait again, for these messages."""
    mine = (_s.owner_id == uow.owner_id, _s.folded == fold_tag(name))
    values = {"state": "waiting", "merged_into": None, "updated_at": uow.now}
    uow.execute(update(t.tag_suggestions).where(*mine).values(values))
    put(uow, suggested)


def settle(uow: UnitOfWork, name: str, state: State, *, merged_into: int | None = None) -> None:
    """Note what became of a name, and forget for which messages it waited."""
    mine = (_s.owner_id == uow.owner_id, _s.folded == fold_tag(name))
    uow.execute(update(t.tag_suggestions).where(*mine).values(state=state, merged_into=merged_into, updated_at=uow.now))
    settled = select(_s.id).where(*mine)
    uow.execute(delete(t.suggested_tags).where(_one.suggestion_id.in_(settled)))


def forget(uow: UnitOfWork, name: str, message_ids: Sequence[int]) -> None:
    """Let a name wait no longer for some messages."""
    mine = select(_s.id).where(_s.owner_id == uow.owner_id, _s.folded == fold_tag(name))
    for chunk in chunks(message_ids):
        here = (_one.suggestion_id.in_(mine), _one.message_id.in_(chunk))
        uow.execute(delete(t.suggested_tags).where(*here))


def add_examples(uow: UnitOfWork, tag_id: int, message_ids: Iterable[int], *, is_positive: bool) -> None:
    """Note that a tag belongs, or does not belong, to messages; what was said before is replaced."""
    ids = list(message_ids)
    forget_examples(uow, tag_id, ids)
    columns = ("tag_id", "message_id", "is_positive", "actor", "created_at")
    insert_rows(
        uow.connection, t.tag_examples, columns, [(tag_id, id_, is_positive, uow.actor, uow.now) for id_ in ids]
    )


def teach(uow: UnitOfWork, tag_id: int, message_ids: Sequence[int], *, is_positive: bool) -> dict[str, object]:
    """Note examples as add_examples does; answer what `unteach` needs to go back."""
    before = {one.message_id: one.is_positive for one in examples(uow, tag_id)}
    add_examples(uow, tag_id, message_ids, is_positive=is_positive)
    return {"tag": tag_id, "became": is_positive, "was": [(id_, before.get(id_)) for id_ in message_ids]}


def unteach(uow: UnitOfWork, tag_id: int, was: Sequence[tuple[int, bool | None]], *, became: bool) -> None:
    """Say of a tag what was said before, where nothing else was said since; nothing of a tag that is gone."""
    now = {one.message_id: one.is_positive for one in examples(uow, tag_id)}
    back = [(id_, before) for id_, before in was if now.get(id_) is became]
    forget_examples(uow, tag_id, [id_ for id_, _ in back])
    restore_examples(uow, tag_id, [(id_, before) for id_, before in back if before is not None])


def examples(uow: UnitOfWork, tag_id: int) -> list[TagExample]:
    """Answer what the owner said of a tag, by message."""
    statement = select(t.tag_examples).where(_example.tag_id == tag_id).order_by(_example.message_id)
    return [TagExample(row.message_id, bool(row.is_positive), row.actor) for row in uow.execute(statement)]


def move_examples(uow: UnitOfWork, tag_id: int, target_id: int) -> list[int]:
    """Let what was said of a tag count for another, and answer of which messages; what was said of that one stays."""
    known = {one.message_id for one in examples(uow, target_id)}
    moved = [one for one in examples(uow, tag_id) if one.message_id not in known]
    _add(uow, target_id, moved)
    return [one.message_id for one in moved]


def restore_examples(uow: UnitOfWork, tag_id: int, said: Sequence[tuple[int, bool]]) -> None:
    """Note again what was said of a tag; of messages that are gone nothing."""
    there = _there(uow, [message_id for message_id, _ in said])
    _add(uow, tag_id, [TagExample(id_, is_positive, uow.actor) for id_, is_positive in said if id_ in there])


def forget_examples(uow: UnitOfWork, tag_id: int, message_ids: Sequence[int]) -> None:
    """Forget what was said of a tag and messages."""
    for chunk in chunks(message_ids):
        uow.execute(delete(t.tag_examples).where(_example.tag_id == tag_id, _example.message_id.in_(chunk)))


def _by_name(uow: UnitOfWork, suggested: Sequence[SuggestedTag]) -> dict[str, list[SuggestedTag]]:
    """Answer suggestions by name as it is compared; those for messages that were erased since are left out."""
    there = _there(uow, [one.message_id for one in suggested])
    found: dict[str, list[SuggestedTag]] = defaultdict(list)
    for one in suggested:
        name = fold_tag(check_tag_name(one.name))
        if one.message_id in there:
            found[name].append(one)
    return found


def _there(uow: UnitOfWork, message_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(message_ids):
        mine = select(t.messages.c.id).where(t.messages.c.owner_id == uow.owner_id, t.messages.c.id.in_(chunk))
        found.update(uow.connection.scalars(mine))
    return found


def _add(uow: UnitOfWork, tag_id: int, said: Sequence[TagExample]) -> None:
    for is_positive in (True, False):
        ids = [one.message_id for one in said if one.is_positive is is_positive]
        add_examples(uow, tag_id, ids, is_positive=is_positive)


def _put(uow: UnitOfWork, ones: Sequence[SuggestedTag]) -> int:
    name = check_tag_name(ones[0].name)
    row = uow.one(select(t.tag_suggestions).where(_s.owner_id == uow.owner_id, _s.folded == fold_tag(name)))
    tag = tags.find(uow, name)  # what was said of the name before the owner made a tag of it counts no more
    if tag is None and row is not None and row.state == "merged":
        return _put_merged(uow, row.merged_into, ones)
    if tag is None and row is not None and row.state == "rejected":
        return 0
    excluded = _excluded(uow, tag.id, [one.message_id for one in ones]) if tag else set()
    last = {one.message_id: one for one in ones if one.message_id not in excluded}
    if not last:
        return 0
    suggestion_id = _let_wait(uow, name, row)
    known = _take_out(uow, suggestion_id, list(last)) if row is not None else set()
    made = [(suggestion_id, one.message_id, one.confidence, one.said_by, uow.now) for one in last.values()]
    insert_rows(uow.connection, t.suggested_tags, _MADE, made)
    return len(last.keys() - known)


def _take_out(uow: UnitOfWork, suggestion_id: int, message_ids: Sequence[int]) -> set[int]:
    """Let a suggestion wait no longer for some messages, and answer for which of them it did."""
    return {id_ for (id_,) in select_among(uow.connection, _TAKE_OUT, fixed=(suggestion_id,), values=message_ids)}


def _put_merged(uow: UnitOfWork, tag_id: int, ones: Sequence[SuggestedTag]) -> int:
    name = uow.connection.scalar(select(t.tags.c.name).where(t.tags.c.id == tag_id))
    if name is None:  # the tag is gone, and so is what was meant by the name
        return 0
    return _put(uow, [SuggestedTag(one.message_id, name, one.confidence, one.said_by) for one in ones])


def _let_wait(uow: UnitOfWork, name: str, row: Row[Any] | None) -> int:
    if row is not None:
        mine = update(t.tag_suggestions).where(_s.id == row.id)
        uow.execute(mine.values(state="waiting", merged_into=None, updated_at=uow.now))
        return int(row.id)
    values = {"name": name, "folded": fold_tag(name), "state": "waiting", "created_at": uow.now, "updated_at": uow.now}
    new = insert(t.tag_suggestions).values(owner_id=uow.owner_id, **values)
    return int(uow.connection.scalar(new.returning(_s.id)) or 0)


def _excluded(uow: UnitOfWork, tag_id: int, message_ids: Sequence[int]) -> set[int]:
    found = set(tags.assignments(uow, tag_id, message_ids=message_ids))
    for chunk in chunks(message_ids):
        against = (_example.tag_id == tag_id, _example.is_positive.is_(False), _example.message_id.in_(chunk))
        found.update(uow.connection.scalars(select(_example.message_id).where(*against)))
    return found
