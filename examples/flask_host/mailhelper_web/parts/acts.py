"""The deeds that a page or a program may ask for, by name: a table, so that both know the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailhelper_core import Change, InvalidError, OwnerServices

Act = Callable[[OwnerServices, list[int], str], Change]

ACTS: Mapping[str, Act] = {
    "archive": lambda ada, ids, _: ada.messages.archive(ids),
    "trash": lambda ada, ids, _: ada.messages.trash(ids),
    "move": lambda ada, ids, mailbox: ada.messages.move(ids, mailbox),
    "copy": lambda ada, ids, mailbox: ada.messages.copy(ids, mailbox),
    "read": lambda ada, ids, _: ada.messages.add_keyword(ids, "\\Seen"),
    "unread": lambda ada, ids, _: ada.messages.remove_keyword(ids, "\\Seen"),
    "flag": lambda ada, ids, _: ada.messages.add_keyword(ids, "\\Flagged"),
    "unflag": lambda ada, ids, _: ada.messages.remove_keyword(ids, "\\Flagged"),
    "tag": lambda ada, ids, name: ada.tags.assign(ids, name),
    "untag": lambda ada, ids, name: ada.tags.unassign(ids, name),
    "spam": lambda ada, ids, _: ada.opinions.correct(ids, spam=True),
    "not-spam": lambda ada, ids, _: ada.opinions.correct(ids, spam=False),
    "category": lambda ada, ids, name: ada.opinions.correct(ids, category=name),
    "urgency": lambda ada, ids, level: ada.opinions.correct(ids, urgency=_level(level)),
    "importance": lambda ada, ids, level: ada.opinions.correct(ids, importance=_level(level)),
}


def _level(text: str) -> int:
    if text not in ("1", "2", "3"):
        raise InvalidError("A level is 1, 2 or 3.", code="level")
    return int(text)
