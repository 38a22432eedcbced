"""Messages by JSON: search, read, act, correct, undo."""

from __future__ import annotations

from flask import Blueprint, Response

from mailhelper_core import NotFoundError
from mailhelper_web.api.models import (
    Act,
    ChangeModel,
    Correction,
    Count,
    CountsQuery,
    MessageDetailModel,
    MessagesPage,
    MessagesQuery,
    Undone,
)
from mailhelper_web.api.spec import answers, as_json, asked_body, asked_query, describe, many_as_json, mine
from mailhelper_web.parts.acts import ACTS

messages = Blueprint("api_messages", __name__, url_prefix="/api")


@messages.get("/messages")
@describe(query=MessagesQuery, resp=answers(MessagesPage), tags=["messages"])
def search() -> tuple[Response, int]:
    """Find messages."""
    asked = asked_query(MessagesQuery)
    page = mine().search(asked.q, limit=asked.limit, after=asked.after, sort=asked.sort)
    return as_json(MessagesPage.model_validate({"items": list(page.items), "next": page.next}))


@messages.get("/messages/<int:message_id>")
@describe(resp=answers(MessageDetailModel), tags=["messages"])
def read(message_id: int) -> tuple[Response, int]:
    """Read one message."""
    return as_json(MessageDetailModel.model_validate(mine().messages.get(known(message_id))))


@messages.get("/counts")
@describe(query=CountsQuery, resp=answers(list[Count]), tags=["messages"])
def count() -> Response:
    """Count messages in groups."""
    asked = asked_query(CountsQuery)
    groups = mine().counts(asked.q, by=asked.by.split(","))
    return many_as_json([Count(values=list(values), number=number) for values, number in groups.items()])


@messages.post("/messages/act")
@describe(json=Act, resp=answers(ChangeModel), tags=["messages"])
def act() -> tuple[Response, int]:
    """Do one thing to some messages."""
    asked = asked_body(Act)
    return as_json(ChangeModel.model_validate(ACTS[asked.act](mine(), asked.ids, asked.argument)))


@messages.post("/messages/correct")
@describe(json=Correction, resp=answers(ChangeModel), tags=["messages"])
def correct() -> tuple[Response, int]:
    """Say how some messages are to be seen; classifiers learn from it."""
    asked = asked_body(Correction)
    told = asked.model_dump(exclude={"ids"})
    return as_json(ChangeModel.model_validate(mine().opinions.correct(asked.ids, **told)))


@messages.post("/changes/<int:change_id>/undo")
@describe(resp=answers(Undone), tags=["messages"])
def undo(change_id: int) -> tuple[Response, int]:
    """Take a change back, on the server too."""
    return as_json(Undone.model_validate(mine().undo(known(change_id))))


def known(number: int) -> int:
    """Answer an id that a database can hold; raise NotFoundError for one beyond."""
    if number >= 2**63:
        raise NotFoundError
    return number
