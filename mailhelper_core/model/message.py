"""Messages as their owner sees them: Message for a list, MessageDetail for reading and deciding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.model.keyword import FLAGGED, SEEN

ParseStatus = Literal["ok", "repaired", "partial", "raw_only", "headers_only"]


@dataclass(frozen=True, slots=True)
class Address:
    """An RFC 5322 mailbox: display name and addr-spec; either may be empty in bad mail."""

    name: str
    addr_spec: str

    @property
    def domain(self) -> str:
        """The part behind the last @, lower case; empty when there is none."""
        return self.addr_spec.rpartition("@")[2].lower() if "@" in self.addr_spec else ""

    def __str__(self) -> str:
        return f"{self.name} <{self.addr_spec}>" if self.name else self.addr_spec


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment or inline part; its bytes come from the raw message by `part`."""

    part: str
    filename: str
    media_type: str
    size: int
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One mailbox that holds the message; uid is None while a move waits to be delivered."""

    mailbox_id: int
    mailbox: str
    role: str
    keywords: frozenset[str]
    uid: int | None = None


@dataclass(frozen=True, slots=True)
class MessageTag:
    """A tag on a message, and who set it."""

    name: str
    color: str = ""
    set_by: str = "owner"


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What the header says about the kind of mail; absent facts are empty, None or False."""

    list_id: str = ""
    list_unsubscribe: str = ""
    list_post: str = ""
    precedence: str = ""
    auto_submitted: str = ""
    mailer: str = ""
    importance: int = 0  # 1 (highest) .. 5 (lowest) as in X-Priority, 0 unknown
    spam_flag: bool | None = None
    spam_score: float | None = None
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    reply_to_differs: bool = False
    calendar_method: str = ""

    @property
    def is_list(self) -> bool:
        """Say whether a mailing list distributed it (RFC 2919)."""
        return bool(self.list_id or self.list_post)

    @property
    def is_bulk(self) -> bool:
        """Say whether it was sent to many."""
        return self.is_list or bool(self.list_unsubscribe) or self.precedence in ("bulk", "list", "junk")

    @property
    def is_auto(self) -> bool:
        """Say whether a program sent it (RFC 3834)."""
        return self.auto_submitted not in ("", "no")


@dataclass(frozen=True, slots=True)
class Message:
    """What a list of messages shows: header fields, places, tags and the effective opinions."""

    id: int
    account_id: int
    thread_id: int
    subject: str
    from_: Address
    to: tuple[Address, ...]
    sent_at: datetime | None
    received_at: datetime
    size: int
    snippet: str
    parse_status: ParseStatus
    has_attachments: bool
    places: tuple[Place, ...] = ()
    tags: tuple[MessageTag, ...] = ()
    spam: float | None = None
    category: str | None = None
    urgency: int | None = None
    importance: int | None = None
    language: str | None = None
    opinion_version: int = 0

    @property
    def keywords(self) -> frozenset[str]:
        """The keywords of all places together."""
        return frozenset().union(*(place.keywords for place in self.places))

    @property
    def is_seen(self) -> bool:
        """Say whether it was read in any place."""
        return SEEN in self.keywords

    @property
    def is_flagged(self) -> bool:
        """Say whether it is flagged in any place."""
        return FLAGGED in self.keywords

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The names of the mailboxes that hold it."""
        return tuple(place.mailbox for place in self.places)

    @property
    def tag_names(self) -> frozenset[str]:
        """The names of its tags."""
        return frozenset(tag.name for tag in self.tags)

    @property
    def date(self) -> datetime:
        """When it was sent, or received where the Date field is missing or absurd."""
        return self.sent_at or self.received_at


@dataclass(frozen=True, slots=True)
class MessageDetail(Message):
    """A message with everything that reading it and deciding about it needs."""

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    facts: MailFacts = MailFacts()
    account_addresses: frozenset[str] = frozenset()

    def header(self, name: str) -> tuple[str, ...]:
        """Answer the values of a header field, in the order of the message; the name's case is free."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc together."""
        return self.to + self.cc + self.bcc


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox as stored, with its role (RFC 6154) or an empty one."""

    id: int
    account_id: int
    name: str
    delimiter: str
    role: str
    messages: int = 0
    unread: int = 0
    last_synced_at: datetime | None = None
    read_only: bool = False
