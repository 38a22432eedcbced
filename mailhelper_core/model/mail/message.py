"""Messages as their owner sees them: Message for a list, MessageDetail for reading and deciding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.model.mail.history import SenderHistory
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.quick import quick_to_make

ParseStatus = Literal["ok", "repaired", "partial", "raw_only", "headers_only"]


@quick_to_make
@dataclass(frozen=True, slots=True)
class Address:
    """An RFC 5322 mailbox: display name and addr-spec; either may be empty in bad mail."""

    name: str  # display name, decoded
    addr_spec: str  # such as `ada@example.org`

    @property
    def domain(self) -> str:
        """The part behind the last @, lower case; empty when there is none."""
        return self.addr_spec.rpartition("@")[2].lower() if "@" in self.addr_spec else ""

    def __str__(self) -> str:
        return f"{self.name} <{self.addr_spec}>" if self.name else self.addr_spec


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment or inline part; its bytes come from the raw message by `part`."""

    part: str  # its place in the MIME tree, such as `2.1`
    filename: str  # decoded; may be empty
    media_type: str  # such as `application/pdf`
    size: int  # in octets, decoded
    content_id: str = ""  # by which HTML refers to it
    inline: bool = False  # shown within the text


@quick_to_make
@dataclass(frozen=True, slots=True)
class Place:
    """One mailbox that holds the message; uid is None while a move waits to be delivered."""

    mailbox_id: int  # `Mailbox.id`
    mailbox: str  # the mailbox's name
    role: str  # of the mailbox: `inbox`, `archive`, `trash` ... or empty
    keywords: frozenset[str]  # with what waits for delivery already applied
    uid: int | None = None  # None while a move waits to be delivered


@quick_to_make
@dataclass(frozen=True, slots=True)
class MessageTag:
    """A tag on a message, and who set it."""

    name: str  # as the owner wrote it
    color: str = ""  # #rrggbb or empty
    set_by: str = "owner"  # `owner`, `rule` or `classifier`


@quick_to_make
@dataclass(frozen=True, slots=True)
class MailFacts:
    """What the header says about the kind of mail; absent facts are empty, None or False."""

    list_id: str = ""  # List-Id, lower case, without its description
    list_unsubscribe: str = ""  # List-Unsubscribe
    list_post: str = ""  # List-Post
    precedence: str = ""  # Precedence, lower case
    auto_submitted: str = ""  # Auto-Submitted, lower case
    mailer: str = ""  # X-Mailer or User-Agent
    importance: int = 0  # 1 (highest) .. 5 (lowest) as in X-Priority, 0 where unknown
    spam_flag: bool | None = None  # what the receiving server's filter said
    spam_score: float | None = None  # its score, on its own scale
    spf: str = ""  # `pass`, `fail` ... in the topmost Authentication-Results
    dkim: str = ""  # the same for DKIM
    dmarc: str = ""  # the same for DMARC
    reply_to_differs: bool = False  # Reply-To names an address that From does not have
    calendar_method: str = ""  # of an invitation: `request`, `cancel`, `reply` ...

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


@quick_to_make
@dataclass(frozen=True, slots=True)
class Message:
    """What a list of messages shows: header fields, places, tags and the effective opinions."""

    id: int  # our own key, never used again
    account_id: int  # where it came from
    thread_id: int  # the same for all messages of a thread
    subject: str  # decoded; may be empty
    from_: Address  # the first author; empty name and address where unknown
    to: tuple[Address, ...]  # in the order of the header
    sent_at: datetime | None  # the Date field; None where missing or absurd
    received_at: datetime  # when the server took it in; lists are sorted by it
    size: int  # in octets, as on the server
    snippet: str  # the first line of a list
    parse_status: ParseStatus  # how well it could be read
    has_attachments: bool  # inline images do not count
    places: tuple[Place, ...] = ()  # empty while it lies in no mailbox
    tags: tuple[MessageTag, ...] = ()  # with who set them
    spam: float | None = None  # probability 0..1; None where nobody knows
    category: str | None = None  # a label of `CATEGORIES`, a plugin's or the owner's own; None where nobody was sure
    urgency: int | None = None  # 1..3, None where nobody was sure
    importance: int | None = None  # 1..3, None where nobody was sure
    language: str | None = None  # such as `de`; None where nobody was sure
    opinion_version: int = 0  # rises whenever the effective opinions change

    @property
    def keywords(self) -> frozenset[str]:
        """The keywords of all places together."""
        return frozenset().union(*(place.keywords for place in self.places))

    @property
    def is_seen(self) -> bool:
        """Say whether it was read in any place."""
        return self._is(SEEN)

    @property
    def is_flagged(self) -> bool:
        """Say whether it is flagged in any place."""
        return self._is(FLAGGED)

    def _is(self, keyword: str) -> bool:
        # Lists ask twice a row: a generator would take four times as long.
        for place in self.places:  # noqa: SIM110
            if keyword in place.keywords:
                return True
        return False

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


@quick_to_make
@dataclass(frozen=True, slots=True)
class MessageDetail(Message):
    """A message with everything that reading it and deciding about it needs."""

    message_id: str = ""  # the Message-ID field without angle brackets
    in_reply_to: str = ""  # likewise
    references: tuple[str, ...] = ()  # likewise, oldest first
    sender: Address | None = None  # the Sender field, where it is there
    reply_to: tuple[Address, ...] = ()  # where answers go, when not to From
    cc: tuple[Address, ...] = ()  # in the order of the header
    bcc: tuple[Address, ...] = ()  # known of one's own mail
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (name, value), decoded
    text: str = field(default="", repr=False)  # what one reads, from HTML where there is nothing else
    attachments: tuple[Attachment, ...] = ()  # `ada.messages.attachment(id, n)` has their octets
    facts: MailFacts = MailFacts()  # what the header says about the kind of mail
    suggestions: tuple[tuple[str, float], ...] = ()  # tags that wait for a word of the owner, and how sure they are
    provider_kinds: frozenset[str] = frozenset()  # questions whose answer rests on a model provider alone
    account_addresses: frozenset[str] = frozenset()  # `Account.addresses`: who `me` is
    problems: tuple[str, ...] = ()  # codes of what is wrong or missing, such as `above-size-cap`
    opinions: tuple[Opinion, ...] = ()  # what else is thought of it, such as a summary or a plugin's kinds; one of each
    history: SenderHistory | None = None  # the owner and its sender; classifiers and learners see it, elsewhere None

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

    id: int  # our own key; survives renaming
    account_id: int  # whose mailbox it is
    name: str  # as on the server, decoded
    delimiter: str  # between the levels of a name
    role: str  # its special use (RFC 6154), or empty
    messages: int = 0  # stored ones
    unread: int = 0  # stored ones without \Seen
    last_synced_at: datetime | None = None  # when it was last up to date
    read_only: bool = False  # whether changes stay local
