"""What the lists of the API answer besides messages, accounts and rules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from mailhelper_web.api.models import ApiModel, AttachmentModel, ChangeModel, Id, JobModel

Limit = Annotated[int, Field(ge=1, le=200)]


class PageQuery(ApiModel):
    """From where on, and how many."""

    limit: Limit = 50
    after: str | None = None


class JobsQuery(PageQuery):
    """Which jobs, from where on."""

    account_id: Id | None = None
    state: Literal["queued", "running", "done", "failed", "cancelled", "quarantined"] | None = None


class JobsPage(ApiModel):
    """Some jobs, newest first, and the cursor of the next page."""

    items: list[JobModel]
    next: str | None


class StepModel(ApiModel):
    """One step of a change: what it does in words, to which message, how far it got and why not further."""

    message_id: int
    operation: str
    state: str
    error_code: str
    undone: bool


class SaidModel(ApiModel):
    """One answer that the owner gave about one message, and what held before."""

    message_id: int
    kind: str
    value: str
    was: str | None


class DoneModel(ChangeModel):
    """A change of the history with its steps; of a correction, with what was said."""

    created_at: datetime
    steps: list[StepModel]
    corrected: list[SaidModel]


class ChangesPage(ApiModel):
    """Some changes, newest first, and the cursor of the next page."""

    items: list[DoneModel]
    next: str | None


class SavedSearchModel(ApiModel):
    """A query under a name; `problem` says why it cannot be asked now."""

    name: str
    query: str
    sort: str
    problem: str


class SuggestionModel(ApiModel):
    """A tag that is suggested for messages, and how sure the surest suggestion is."""

    name: str
    messages: list[int]
    confidence: float
    is_new: bool


class ListedAttachment(AttachmentModel):
    """An attachment and the number that its address ends with; one that is `inline` is shown within the text."""

    number: int
    inline: bool
