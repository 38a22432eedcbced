"""What there is to look through, by JSON: jobs, history, conversations, searches, suggested tags, files."""

from __future__ import annotations

from flask import Blueprint, Response, g

from mailhelper_core import Change
from mailhelper_web.api.listed import (
    ChangesPage,
    DoneModel,
    JobsPage,
    JobsQuery,
    ListedAttachment,
    PageQuery,
    SaidModel,
    SavedSearchModel,
    StepModel,
    SuggestionModel,
)
from mailhelper_web.api.messages import known
from mailhelper_web.api.models import MessageModel
from mailhelper_web.api.spec import FileAnswers, answers, as_json, asked_query, describe, many_as_json, mine
from mailhelper_web.api.work import told_job
from mailhelper_web.parts.downloads import as_download, place_for_body
from mailhelper_web.words.wording import in_words

lists = Blueprint("api_lists", __name__, url_prefix="/api")


@lists.get("/jobs")
@describe(query=JobsQuery, resp=answers(JobsPage), tags=["jobs"])
def jobs() -> tuple[Response, int]:
    """List jobs, newest first."""
    asked = asked_query(JobsQuery)
    page = mine().jobs.list(account_id=asked.account_id, state=asked.state, after=asked.after, limit=asked.limit)
    return as_json(JobsPage(items=[told_job(one) for one in page], next=page.next))


@lists.get("/changes")
@describe(query=PageQuery, resp=answers(ChangesPage), tags=["messages"])
def changes() -> tuple[Response, int]:
    """List what was decided, newest first, with how far each step got."""
    asked = asked_query(PageQuery)
    page = mine().changes(after=asked.after, limit=asked.limit)
    return as_json(ChangesPage(items=[_done(one) for one in page], next=page.next))


@lists.get("/searches")
@describe(resp=answers(list[SavedSearchModel]), tags=["messages"])
def searches() -> Response:
    """List the saved searches."""
    return many_as_json([SavedSearchModel.model_validate(one) for one in mine().searches.list()])


@lists.get("/tags/queue")
@describe(resp=answers(list[SuggestionModel]), tags=["tags"])
def suggested() -> Response:
    """List the tags that are suggested and wait, the most frequent first."""
    return many_as_json([SuggestionModel.model_validate(one) for one in mine().tags.queue()])


@lists.get("/messages/<int:message_id>/thread")
@describe(resp=answers(list[MessageModel]), tags=["messages"])
def thread(message_id: int) -> Response:
    """List the messages of a conversation, oldest first."""
    return many_as_json([MessageModel.model_validate(one) for one in mine().messages.thread(known(message_id))])


@lists.get("/messages/<int:message_id>/attachments")
@describe(resp=answers(list[ListedAttachment]), tags=["messages"])
def attachments(message_id: int) -> Response:
    """List the attachments of a message."""
    found = enumerate(mine().messages.get(known(message_id)).attachments)
    return many_as_json(
        [
            ListedAttachment(
                number=number, filename=one.filename, media_type=one.media_type, size=one.size, inline=one.inline
            )
            for number, one in found
        ]
    )


@lists.get("/messages/<int:message_id>/attachments/<int:number>")
@describe(resp=answers(kind=FileAnswers), tags=["messages"])
def attachment(message_id: int, number: int) -> Response:
    """Answer the content of an attachment."""
    ada = mine()
    with place_for_body(ada, known(message_id), owner=g.api_user.owner):
        content = ada.messages.attachment(message_id, known(number))
    return as_download(content.data, content.attachment.filename or f"attachment-{number}")


def _done(change: Change) -> DoneModel:
    return DoneModel(
        id=change.id,
        kind=change.kind,
        state=change.state,
        note=change.note,
        created_at=change.created_at,
        steps=[
            StepModel(
                message_id=one.operation.message_id,
                operation=in_words(one.operation),
                state=one.state,
                error_code=one.error_code,
                undone=one.undone,
            )
            for one in change.entries
        ],
        corrected=[SaidModel.model_validate(one) for one in change.corrected],
    )
