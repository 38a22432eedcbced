"""The deeds that a page or a program may ask for, by name: a table, so that both know the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailhelper_core import Change, InvalidError, Message, OwnerServices

SEEN, FLAGGED = "\\Seen", "\\Flagged"
Act = Callable[[OwnerServices, list[int], str], Change]

ACTS: Mapping[str, Act] = {
    "archive": lambda ada, ids, _: ada.messages.archive(ids),
    "trash": lambda ada, ids, _: ada.messages.trash(ids),
    "move": lambda ada, ids, mailbox: ada.messages.move(ids, mailbox),
    "copy": lambda ada, ids, mailbox: ada.messages.copy(ids, mailbox),
    "read": lambda ada, ids, _: ada.messages.add_keyword(ids, SEEN),
    "unread": lambda ada, ids, _: ada.messages.remove_keyword(ids, SEEN),
    "flag": lambda ada, ids, _: ada.messages.add_keyword(ids, FLAGGED),
    "unflag": lambda ada, ids, _: ada.messages.remove_keyword(ids, FLAGGED),
    "tag": lambda ada, ids, name: ada.tags.assign(ids, name),
    "untag": lambda ada, ids, name: ada.tags.unassign(ids, name),
    "spam": lambda ada, ids, _: ada.opinions.correct(ids, spam=True),
    "not-spam": lambda ada, ids, _: ada.opinions.correct(ids, spam=False),
    "category": lambda ada, ids, name: ada.opinions.correct(ids, category=name),
    "urgency": lambda ada, ids, level: ada.opinions.correct(ids, urgency=_level(level)),
    "importance": lambda ada, ids, level: ada.opinions.correct(ids, importance=_level(level)),
}


# What a list is about, its bar does not offer again, or offers the other way round.
_ALWAYS = ("archive", "trash", "read", "unread", "flag", "spam")
_IN_VIEW: Mapping[str, Mapping[str, str]] = {
    "archive": {"archive": ""},
    "trash": {"trash": ""},
    "unread": {"unread": ""},
    "flagged": {"flag": "unflag"},
    "spam": {"spam": "not-spam"},
}


def acts_in(view: str) -> tuple[str, ...]:
    """Answer the deeds that the bar of a list offers."""
    other = _IN_VIEW.get(view, {})
    return tuple(name for name in (other.get(one, one) for one in _ALWAYS) if name)


def acts_of(message: Message) -> tuple[str, ...]:
    """Answer the deeds that the page of a message offers besides reading: each changes something."""
    roles = {place.role for place in message.places}
    away = tuple(name for name in ("archive", "trash") if roles != {name})
    return (*away, "unflag" if message.is_flagged else "flag")


def _level(text: str) -> int:
    if text not in ("1", "2", "3"):
        raise InvalidError("A level is 1, 2 or 3.", code="level")
    return int(text)
