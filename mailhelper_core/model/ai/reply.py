"""Replies: how an owner writes, and drafts that wait to be looked at. Nothing is ever sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tone = Literal["formal", "friendly", "brief", "decline"]  # how a draft sounds
TONES: tuple[Tone, ...] = ("formal", "friendly", "brief", "decline")
MailType = Literal["newsletter", "complaint", "question", "request", "confirmation", "information", "other"]
DraftState = Literal["asked", "made", "saved", "none"]


@dataclass(frozen=True, slots=True)
class ReplyStyle:
    """How an owner writes: for one account or all, one tone or all, one language or all; the narrowest holds."""

    account_id: int = 0  # 0: every account
    tone: str = ""  # one of `TONES`; empty: every tone
    language: str = ""  # `de` or `en`; empty: every language
    salutation: str = ""  # such as `Hi {first},`; {first}, {last} and {name} stand for the one who is answered
    closing: str = ""  # such as `Best wishes`
    signature: str = ""  # below the closing
    instructions: str = field(default="", repr=False)  # in the owner's own words, for model providers


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that answers a message."""

    id: int  # our own key; 0 where there is none to write
    account_id: int  # from which account
    message_id: int  # which message it answers
    tone: str  # one of `TONES`
    state: DraftState  # `asked` by a rule, `made`, `saved` to the server, or `none`: nobody waits for an answer
    language: str = ""  # `de` or `en`
    mail_type: str = ""  # what kind of mail it answers
    subject: str = field(default="", repr=False)  # of the draft
    body: str = field(default="", repr=False)  # as it is now
    made_by: str = ""  # `template`, or who wrote it: provider, model and prompt
    kept: float = 1.0  # how much of what was made is still there, 0 to 1: what edits say about the draft
    note: str = ""  # why no provider wrote it, why there is none, or what of a provider's was left blank
    created_at: datetime | None = None  # when it was asked for


@dataclass(frozen=True, slots=True)
class WritingHabits:
    """How an owner begins and ends mails, learned from those that were sent; empty where nothing is clear."""

    salutation: str = ""  # the most frequent that suits anybody, with {first}, {last} or {name}
    closing: str = ""  # the most frequent
    mails: int = 0  # how many were looked at
