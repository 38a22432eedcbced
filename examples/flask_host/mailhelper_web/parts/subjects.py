"""Subjects of messages that a rule or a change names by id."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelper_core import Message, OwnerServices

# A query holds so many tests, and a page of a search so many messages.
_AT_ONCE = 100


def subjects_of(ada: OwnerServices, ids: Iterable[int]) -> dict[int, str]:
    """Answer the subjects of those messages that are still here."""
    return {id_: message.subject for id_, message in messages_of(ada, ids).items()}


def messages_of(ada: OwnerServices, ids: Iterable[int]) -> dict[int, Message]:
    """Answer those messages that are still here."""
    wanted = sorted(set(ids))
    found: dict[int, Message] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        query = " OR ".join(f"id:{one}" for one in wanted[at : at + _AT_ONCE])
        found |= {one.id: one for one in ada.search(query, limit=_AT_ONCE)}
    return found
