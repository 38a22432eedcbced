"""What a message looks like after an operation: the one pure answer that plan, run, outbox and undo share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mailhelper_core.model.mail.message import MessageTag, Place
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AppendDraft,
    AskReply,
    CopyMessage,
    DropCopy,
    DropDraft,
    Effect,
    KeywordOperation,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)


@dataclass(frozen=True, slots=True)
class View:
    """The parts of a message that operations change."""

    places: tuple[Place, ...]
    tags: tuple[MessageTag, ...] = ()
    urgency: int | None = None
    importance: int | None = None
    claimed: frozenset[int] = frozenset()  # the mailboxes from which later operations take it


def apply(view: View, operation: Operation, directory: Directory) -> View | None:
    """Answer the message after the operation, None when it would change nothing.

    What moves or is copied stands last in `places`, with its uid None.
    """
    match operation:
        case AddKeyword() | RemoveKeyword():
            return _with_keyword(view, operation)
        case MoveMessage():
            return _moved(view, operation, directory)
        case CopyMessage():
            return _copied(view, directory.target(operation))
        case DropCopy():
            return _dropped(view, directory.target(operation))
        case AddTag() | RemoveTag():
            return _with_tag(view, operation)
        case SetPriority():
            return _with_priority(view, operation)
        case Notify() | AskReply() | Effect() | AppendDraft() | DropDraft():
            return view


def leaving(view: View, operation: MoveMessage, target: Place) -> Place | None:
    """Answer the place that a move takes the message from, None where there is nothing to move.

    Of several in one mailbox the newest goes: so what came there from several goes back the way it came, the last
    first. A place that is gone is followed: another client moved the message, and it is the message that was meant.
    Where mailboxes are labels (Gmail), what bears the one already still leaves the inbox; other labels go before All
    Mail.
    """
    elsewhere = [place for place in view.places if place.mailbox != target.mailbox]
    named = [place for place in elsewhere if _is_source(place, operation)]
    if named:
        return _newest(named)
    inbox = next((place for place in elsewhere if place.role == "inbox"), None)
    if operation.role == "trash" and (operation.source or operation.source_id):
        # It is to be out of sight everywhere: what has arrived may have come from another of its mailboxes.
        elsewhere = [place for place in elsewhere if place.mailbox_id not in view.claimed]
    elif len(elsewhere) < len(view.places) and target.role != "all":  # it has arrived
        return inbox if are_labels(view) and not (operation.source or operation.source_id) else None
    labels = [place for place in elsewhere if place.role != "all"]
    return inbox or next(iter(labels or elsewhere), None)


def are_labels(view: View) -> bool:
    """Say whether the message's mailboxes are labels beside a mailbox of everything (Gmail)."""
    return any(place.role == "all" for place in view.places)


def takes_off(view: View, target: Place) -> bool:
    """Say whether a move takes a label off and puts none on: the message was there before."""
    is_there = any(place.mailbox == target.mailbox for place in view.places)
    return is_there and (target.role == "all" or are_labels(view))


def resolved(view: View, operation: Operation, directory: Directory) -> Operation:
    """Name the place that a move takes a message of several places from, so that all who read it mean the same.

    A mailbox is named as it is called; a keyword for a mailbox by name gets that one's id as soon as it has one.
    """
    if isinstance(operation, AddKeyword | RemoveKeyword) and operation.mailbox:
        ids = [place.mailbox_id for place in spoken_of(view.places, operation) if place.mailbox_id]
        return replace(operation, mailbox_id=ids[0], mailbox="") if ids else operation
    if isinstance(operation, MoveMessage | CopyMessage) and operation.mailbox:
        operation = replace(operation, mailbox=directory.target(operation).mailbox)
    if isinstance(operation, MoveMessage) and len(view.places) > 1:
        source = leaving(view, operation, directory.target(operation))
        return replace(operation, **_named(source)) if source else operation
    return operation


def taken_from(operation: MoveMessage, place: Place) -> MoveMessage:
    """Answer a move that says from where it takes the message; one that says so already as it is."""
    return operation if operation.source_id or operation.source else replace(operation, **_named(place))


def out_of_sight(message_id: int, places: Sequence[Place]) -> list[MoveMessage]:
    """Answer the moves to the trash, one from each mailbox; copies would otherwise stay in sight."""
    sources = {place.mailbox: place for place in places}
    return [MoveMessage(message_id, role="trash", **_named(source)) for source in sources.values()]


def claimed_by(operations: Iterable[Operation]) -> frozenset[int]:
    """Answer the mailboxes from which moves take a message by name; 0 for those that have no id."""
    return frozenset(one.source_id for one in operations if isinstance(one, MoveMessage))


def _named(source: Place) -> dict[str, Any]:
    return {"source_id": source.mailbox_id, "source": "" if source.mailbox_id else source.mailbox}


def _newest(places: Sequence[Place]) -> Place:
    """Answer the place that was filled last: servers number what arrives, and what waits has no number yet."""
    return max(reversed(places), key=lambda place: (place.uid is None, place.uid or 0))


def _is_source(place: Place, operation: MoveMessage) -> bool:
    if operation.source:
        return place.mailbox == operation.source
    return operation.source_id != 0 and place.mailbox_id == operation.source_id


def copied_from(places: Sequence[Place]) -> Place:
    """Answer the place that a copy is made of."""
    return min(places, key=lambda place: place.mailbox)


def spoken_of(places: Sequence[Place], operation: KeywordOperation) -> list[Place]:
    """Answer the places whose keywords an operation speaks of."""
    if operation.mailbox:
        return [place for place in places if place.mailbox == operation.mailbox]
    return [place for place in places if operation.mailbox_id in (0, place.mailbox_id)]


def _with_keyword(view: View, operation: KeywordOperation) -> View | None:
    wanted = isinstance(operation, AddKeyword)
    spoken = spoken_of(view.places, operation)
    if all((operation.keyword in place.keywords) == wanted for place in spoken):
        return None
    keyword = frozenset({operation.keyword})
    changed = (
        replace(place, keywords=place.keywords | keyword if wanted else place.keywords - keyword)
        if place in spoken
        else place
        for place in view.places
    )
    return replace(view, places=tuple(changed))


def _moved(view: View, operation: MoveMessage, directory: Directory) -> View | None:
    target = directory.target(operation)
    source = leaving(view, operation, target)
    if source is None:
        return None
    places = tuple(place for place in view.places if place is not source)
    if takes_off(view, target):
        return replace(view, places=places)
    return replace(view, places=(*places, _put(source, target)))


def _copied(view: View, target: Place) -> View | None:
    if not view.places or any(place.mailbox == target.mailbox for place in view.places):
        return None
    return replace(view, places=(*view.places, _put(copied_from(view.places), target)))


def _dropped(view: View, target: Place) -> View | None:
    places = tuple(place for place in view.places if place.mailbox != target.mailbox)
    # The last place is no copy: what was moved since must not be lost.
    return replace(view, places=places) if places and len(places) < len(view.places) else None


def _put(place: Place, target: Place) -> Place:
    return replace(place, mailbox_id=target.mailbox_id, mailbox=target.mailbox, role=target.role, uid=None)


def _with_tag(view: View, operation: AddTag | RemoveTag) -> View | None:
    folded = fold_tag(operation.tag)
    has = any(fold_tag(tag.name) == folded for tag in view.tags)
    if has == isinstance(operation, AddTag):
        return None
    if isinstance(operation, AddTag):
        return replace(view, tags=(*view.tags, MessageTag(operation.tag, operation.color)))
    return replace(view, tags=tuple(tag for tag in view.tags if fold_tag(tag.name) != folded))


def _with_priority(view: View, operation: SetPriority) -> View | None:
    urgency = view.urgency if operation.urgency is None else operation.urgency or None
    importance = view.importance if operation.importance is None else operation.importance or None
    if (urgency, importance) == (view.urgency, view.importance):
        return None
    return replace(view, urgency=urgency, importance=importance)
