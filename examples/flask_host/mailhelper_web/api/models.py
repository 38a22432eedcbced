"""What the API takes and answers; the OpenAPI description is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# An integer key of the database; nothing larger is ever given out (SQLite and PostgreSQL: 64 bits).
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=500)]
Query = Annotated[str, Field(max_length=10_000)]
Level = Annotated[int, Field(ge=1, le=3)]
Sort = Literal["newest", "oldest", "priority", "size", "sender", "relevance"]
ActName = Literal[
    "archive", "trash", "move", "copy", "read", "unread", "flag", "unflag", "tag", "untag", "spam", "not-spam"
]


class ApiModel(BaseModel):
    """Reads values by attribute and refuses what it does not know."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class Failure(ApiModel):
    """Why a request was refused: a code to test for, a sentence to show, where and what to do for a query."""

    code: str
    message: str
    position: int | None = None
    hint: str | None = None


def _read_pairs(found: object) -> object:
    """Answer what the engine keeps as pairs as an object; anything else as it is."""
    return dict(found) if isinstance(found, tuple) else found


class MessagesQuery(ApiModel):
    """Which messages, in which order, from where on."""

    q: Query = ""
    sort: Sort = "newest"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str | None = None


class AddressModel(ApiModel):
    """A display name and an address."""

    name: str
    addr_spec: str


class MessageModel(ApiModel):
    """A message as a list shows it."""

    id: Id
    account_id: Id
    thread_id: int
    subject: str
    from_: AddressModel = Field(serialization_alias="from")
    to: list[AddressModel]
    sent_at: datetime | None
    received_at: datetime
    size: int
    snippet: str
    has_attachments: bool
    mailboxes: list[str]
    keywords: list[str]
    tag_names: list[str] = Field(serialization_alias="tags")
    spam: float | None
    category: str | None
    urgency: int | None
    importance: int | None


class MessagesPage(ApiModel):
    """Some messages, and the cursor of the next page."""

    items: list[MessageModel]
    next: str | None


class AttachmentModel(ApiModel):
    """An attachment without its content."""

    filename: str
    media_type: str
    size: int


class MessageDetailModel(MessageModel):
    """A message to read."""

    text: str
    cc: list[AddressModel]
    message_id: str
    attachments: list[AttachmentModel]


class Act(ApiModel):
    """One deed on some messages; move, copy, tag and untag take an argument."""

    ids: Ids
    act: ActName
    argument: Annotated[str, Field(max_length=500)] = ""


class Correction(ApiModel):
    """How some messages are to be seen; what is left out stays."""

    ids: Ids
    category: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    spam: bool | None = None
    urgency: Level | None = None
    importance: Level | None = None


class ChangeModel(ApiModel):
    """What was decided as one; undo it by its id."""

    id: int
    kind: str
    state: str
    note: str


class Undone(ApiModel):
    """What was taken back, and what was touched since and stays."""

    undone: int
    left: int


class CountsQuery(ApiModel):
    """What to count, and by which columns (comma-separated)."""

    q: Query = ""
    by: Literal["urgency,importance", "category", "language", "account_id"] = "urgency,importance"


class Count(ApiModel):
    """One group: its values and how many."""

    values: list[str | int | None]
    number: int


class AccountModel(ApiModel):
    """A mail account and its state."""

    id: Id
    name: str
    url: str
    username: str
    state: str
    state_code: str
    last_success_at: datetime | None


class ProgressModel(ApiModel):
    """How far a job is: of `total` messages, an estimate that may grow, `done`."""

    stage: str
    done: int
    total: int


class JobModel(ApiModel):
    """A job: what, how far, how it ended; `advice` says in words what `error_code` means."""

    id: Id
    kind: str
    account_id: int | None
    state: str
    error_code: str
    advice: str = ""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: ProgressModel | None
    result: Annotated[dict[str, int], BeforeValidator(_read_pairs)]


class TagModel(ApiModel):
    """A tag."""

    name: str
    color: str = ""
    description: str = ""
    messages: int = 0


class NewTag(ApiModel):
    """A tag to make."""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    color: Annotated[str, Field(max_length=7)] = ""
    description: Annotated[str, Field(max_length=500)] = ""


class ActionModel(ApiModel):
    """What a rule does; some actions take named arguments too, such as the `color` of `tag`."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    argument: Annotated[str, Field(max_length=10_000)] = ""
    arguments: Annotated[dict[str, str], BeforeValidator(_read_pairs), Field(max_length=20)] = {}


class RuleModel(ApiModel):
    """A saved search with actions."""

    id: int = 0
    name: Annotated[str, Field(min_length=1, max_length=200)]
    when: Query = ""
    # As many as the engine keeps: one longer rule would be none of the list.
    then: Annotated[list[ActionModel], Field(min_length=1, max_length=50)]
    account_id: Id | None = None
    enabled: bool = True
    otherwise: bool = False
    delay: Annotated[str, Field(max_length=20)] = ""
    propose: bool = False
    schedule: Annotated[str, Field(max_length=60)] = ""


class Planned(ApiModel):
    """What a rule would do to one message."""

    message_id: int
    operations: list[str]


class PlanModel(ApiModel):
    """What a rule would do to the newest messages that it finds."""

    matches: int
    hits: list[Planned]
