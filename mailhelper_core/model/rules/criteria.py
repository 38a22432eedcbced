"""The criteria tree behind rules, search and saved views, and the closed table of built-in fields.

A rule is a saved search with actions: query text, forms (JSON) and Sieve are read into this one tree;
the predicate (`query/match.py`) and SQL (`store/search/criteria.py`) both answer it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from mailhelper_core.model.mail.keyword import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN
from mailhelper_core.model.mail.message import ParseStatus

Operator = Literal[":", "=", "~", "<", "<=", ">", ">="]
FieldType = Literal["words", "exact", "id", "flag", "level", "number", "decimal", "size", "date", "age"]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts hold; no part at all is true."""

    parts: tuple[Criteria, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part at least holds; no part at all is false."""

    parts: tuple[Criteria, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; inside, places are asked anew: `-in:inbox` is "in no place the inbox"."""

    part: Criteria


@dataclass(frozen=True, slots=True)
class Is:
    """One test: a field, an operator, the value as written; `name` is the NAME in header:NAME=value, opinion:NAME>0.7.

    prefix frees the end of the value (`invo*`); with an empty value it asks whether there is one at all (`list:*`).
    """

    field: str
    operator: Operator
    value: str
    name: str = ""
    prefix: bool = False


Criteria = AllOf | AnyOf | Not | Is

EVERYTHING = AllOf()


@dataclass(frozen=True, slots=True)
class Field:
    """A built-in field: its name in queries, how its value is read, and its allowed values or bounds."""

    name: str
    type: FieldType
    operators: tuple[Operator, ...] = (":",)
    of_place: bool = False
    values: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 0)
    help: str = ""


# States that a place has: the keyword that decides, and whether it is there.
PLACE_STATES: dict[str, tuple[str, bool]] = {
    "read": (SEEN, True),
    "unread": (SEEN, False),
    "flagged": (FLAGGED, True),
    "unflagged": (FLAGGED, False),
    "answered": (ANSWERED, True),
    "unanswered": (ANSWERED, False),
    "draft": (DRAFT, True),
    "deleted": (DELETED, True),
}
# Colours of the score 2 * urgency + importance, as half-open ranges.
PRIORITIES: dict[str, tuple[int | None, int | None]] = {"red": (8, None), "yellow": (5, 8), "green": (None, 5)}
# From here on a message is more likely spam than not.
SPAM_FROM = 0.5

COMPARISONS: tuple[Operator, ...] = ("<", "<=", ">", ">=")
_COMPARE: tuple[Operator, ...] = (":", "=", *COMPARISONS)
_YES_NO = ("yes", "no")
_TEXT: tuple[Operator, ...] = (":", "=", "~")
_NAME: tuple[Operator, ...] = (":", "=")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("any", "words", help="a bare word: subject, sender, recipients or text"),
        Field("subject", "words", _TEXT, help="the subject"),
        Field("from", "words", _TEXT, help="name or address of the sender; from:me is the account itself"),
        Field("to", "words", _TEXT, help="name or address in To; to:me is the account itself"),
        Field("cc", "words", _TEXT, help="name or address in Cc"),
        Field("bcc", "words", _TEXT, help="name or address in Bcc"),
        Field("recipient", "words", _TEXT, help="name or address in To, Cc or Bcc"),
        Field("reply_to", "words", _TEXT, help="name or address in Reply-To"),
        Field("sender", "words", _TEXT, help="name or address in Sender, who sent it for the author"),
        Field("body", "words", _TEXT, help="the text"),
        Field("domain", "exact", _NAME, help="the sender's domain; : includes its sub-domains"),
        Field("filename", "words", _TEXT, help="an attachment's file name"),
        Field("attachment", "exact", _NAME, help="an attachment's media type, attachment:image/*"),
        Field("attachment_size", "size", _COMPARE, help="octets of the largest attachment, with k, M or G"),
        Field("list", "words", _TEXT, help="the List-Id; list:* is any list"),
        Field("header", "words", _TEXT, help="header:Name=text; header:Name:* is present"),
        Field("message_id", "exact", _NAME, help="the Message-ID"),
        Field("in_reply_to", "exact", _NAME, help="the Message-ID that it answers"),
        Field("in", "exact", _NAME, of_place=True, help="a mailbox by name or role; = by name only"),
        Field("is", "flag", of_place=True, values=(*PLACE_STATES, "bulk", "automatic"), help="a state"),
        Field("keyword", "exact", _NAME, of_place=True, help="an IMAP keyword"),
        Field("has", "flag", values=("attachment", "tag", "list", "unsubscribe", "calendar"), help="something present"),
        Field("tag", "exact", _NAME, help="a tag by name; tag:* is any"),
        Field("suggested", "exact", help="a tag that is suggested; suggested:name@0.9 at least so surely"),
        Field("category", "exact", _NAME, help="the effective category"),
        Field("language", "exact", _NAME, help="the language, ISO 639-1"),
        Field("urgency", "level", _COMPARE, bounds=(1, 3), help="1 to 3"),
        Field("importance", "level", _COMPARE, bounds=(1, 3), help="1 to 3"),
        Field("score", "level", _COMPARE, bounds=(3, 9), help="2 * urgency + importance, 3 to 9"),
        Field("priority", "flag", values=tuple(PRIORITIES), help="the colour of the score"),
        Field("spam", "number", (":", *COMPARISONS), help="probability of spam, 0 to 1; spam:yes, spam:no"),
        Field("opinion", "words", (*_TEXT, *COMPARISONS), help="what else is thought: opinion:NAME=value or :NAME>0.7"),
        Field("size", "size", _COMPARE, help="octets, with k, M or G"),
        Field("larger", "size", help="more octets than"),
        Field("smaller", "size", help="fewer octets than"),
        Field("date", "date", _COMPARE, help="when it was sent, or received where that is unknown"),
        Field("sent", "date", _COMPARE, help="the Date field"),
        Field("received", "date", _COMPARE, help="when the server received it"),
        Field("after", "date", help="date on or after this day"),
        Field("before", "date", help="date before this day"),
        Field("older_than", "age", help="30d, 6w, 3m, 1y or 12h ago, or earlier"),
        Field("newer_than", "age", help="within the last 30d, 6w, 3m, 1y or 12h"),
        Field("account", "exact", _NAME, help="an account by id or name"),
        Field("thread", "id", _NAME, help="a thread by id"),
        Field("id", "id", _NAME, help="a message by id"),
        Field("dmarc", "exact", _NAME, help="pass, fail or none, as the trusted server reported"),
        Field("spf", "exact", _NAME, help="pass, fail, softfail or none"),
        Field("dkim", "exact", _NAME, help="pass, fail or none"),
        Field("reply_to_differs", "flag", values=_YES_NO, help="whether Reply-To names an address that From has not"),
        Field("spam_flag", "flag", values=_YES_NO, help="what the receiving server's filter said"),
        Field("spam_score", "decimal", _COMPARE, help="the score of that filter, on its own scale"),
        Field("sender_importance", "level", _COMPARE, bounds=(1, 5), help="X-Priority, 1 (highest) to 5 (lowest)"),
        Field("mailer", "words", _TEXT, help="the program that wrote it: X-Mailer or User-Agent"),
        Field("precedence", "exact", _NAME, help="the Precedence field: bulk, list, junk"),
        Field("auto_submitted", "exact", _NAME, help="the Auto-Submitted field: auto-replied, auto-generated"),
        Field("calendar", "exact", _NAME, help="what an invitation wants: request, cancel, reply"),
        Field(
            "parse_status",
            "exact",
            _NAME,
            values=get_args(ParseStatus),
            help="ok, repaired, partial, raw_only or headers_only",
        ),
        Field("problem", "exact", _NAME, help="what is wrong or missing, such as above-size-cap"),
    )
}

# What may be written "me": the addresses of the account that holds the message.
ADDRESS_FIELDS = frozenset(("from", "to", "cc", "bcc", "recipient", "reply_to", "sender"))
# Whose tests name what they look at between the field and the operator.
NAMED_FIELDS = frozenset(("header", "opinion"))


def is_of_place(leaf: Is) -> bool:
    """Say whether a test speaks of one place (a mailbox or a keyword there) and not of the message."""
    field = FIELDS.get(leaf.field)
    return field is not None and field.of_place and (leaf.field != "is" or leaf.value in PLACE_STATES)


def asks_place(criteria: Criteria) -> bool:
    """Say whether a place test stands here outside of every Not: such tests speak of one and the same place."""
    match criteria:
        case Is():
            return is_of_place(criteria)
        case Not():
            return False
        case AllOf(parts) | AnyOf(parts):
            return any(map(asks_place, parts))


def is_presence(leaf: Is) -> bool:
    """Say whether the test asks only whether there is a value (`list:*`)."""
    return leaf.prefix and not leaf.value


def simplify(criteria: Criteria) -> Criteria:
    """Answer the canonical tree: groups of the same kind merged, groups of one part opened; the meaning stays."""
    match criteria:
        case Is():
            return criteria
        case Not(part):
            return Not(simplify(part))
        case AllOf(parts):
            merged = _merged(AllOf, parts)
            return merged[0] if len(merged) == 1 else AllOf(merged)
        case AnyOf(parts):
            merged = _merged(AnyOf, parts)
            if not merged:
                return Not(EVERYTHING)
            return merged[0] if len(merged) == 1 else AnyOf(merged)


def _merged(kind: type[AllOf] | type[AnyOf], parts: tuple[Criteria, ...]) -> tuple[Criteria, ...]:
    merged: list[Criteria] = []
    for part in map(simplify, parts):
        merged.extend(part.parts if isinstance(part, kind) else (part,))
    return tuple(merged)


def leaves(criteria: Criteria) -> Iterator[Is]:
    """Yield every test of a tree, left to right."""
    match criteria:
        case Is():
            yield criteria
        case Not(part):
            yield from leaves(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)


def fields_used(criteria: Criteria) -> frozenset[str]:
    """Answer the names of the fields a tree tests."""
    return frozenset(leaf.field for leaf in leaves(criteria))
