"""What happened while its owner was elsewhere: what rules tell of, and what will never reach the server."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from mailhelper_core import Event, InvalidError, Message, Notify, OwnerServices, Page
from mailhelper_web.parts.subjects import messages_of
from mailhelper_web.users import SeenNews
from mailhelper_web.visitor import users
from mailhelper_web.words.wording import advice

NOTIFIED, NOT_DELIVERED = KINDS = ("notified", "not_delivered")
# So many are shown, the newest; of others it says how many.
SHOWN = 5
# So many are read at once; who has seen them is shown the next.
MOST = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened; `rule` is empty where none is known, `message` None where it is gone."""

    at: datetime
    message: Message | None
    words: str
    rule: str
    is_trouble: bool


@dataclass(frozen=True, slots=True)
class News:
    """What a user has not seen yet, the newest first; `through` is where what comes later begins."""

    told: tuple[Told, ...]
    more: int
    through: str


def unseen(ada: OwnerServices, user_id: int) -> News:
    """Answer what happened since a user said that they have seen it."""
    row = users().get(SeenNews, user_id)
    page = _since(ada, row.through if row else None)
    newest = page.items[::-1][:SHOWN]
    messages = messages_of(ada, (int(dict(one.data)["message_id"]) for one in newest))
    told = tuple(_told(ada, one, messages) for one in newest)
    return News(told, len(page.items) - len(told), page.next or "")


def mark_seen(ada: OwnerServices, user_id: int, through: str) -> None:
    """Show a user no more of what happened up to there. Raises InvalidError for what is no such place."""
    ada.events(after=through, limit=1)
    users().merge(SeenNews(user_id=user_id, through=through))
    with suppress(IntegrityError):  # a button that was pressed twice
        users().commit()


def _since(ada: OwnerServices, through: str | None) -> Page[Event]:
    try:
        return ada.events(after=through, limit=MOST, kinds=KINDS)
    except InvalidError:  # what lay there is erased; all that is kept came later
        return ada.events(limit=MOST, kinds=KINDS)


def _told(ada: OwnerServices, event: Event, messages: dict[int, Message]) -> Told:
    data = dict(event.data)
    message = messages.get(int(data["message_id"]))
    if event.kind == NOT_DELIVERED:
        return Told(event.at, message, advice(str(data["code"])), "", is_trouble=True)
    text = str(data["text"])
    return Told(event.at, message, text, _rule(ada, message.id, text) if message else "", is_trouble=False)


def _rule(ada: OwnerServices, message_id: int, text: str) -> str:
    """Answer the newest rule that told this of a message; one that was asked about its proposal counts too."""
    hits = ada.rules.hits(message_id=message_id)
    told = Notify(message_id, text)
    return next((hit.rule for hit in hits if told in hit.operations), "")
