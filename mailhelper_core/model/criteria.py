"""The criteria tree behind rules, search and saved views, and the closed table of built-in fields.

A rule is a saved search with actions: query text, forms (JSON) and Sieve are read into this one tree;
the predicate (`query/match.py`) and SQL (`store/criteria.py`) both answer it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Operator = Literal[":", "=", "~", "<", "<=", ">", ">="]
FieldType = Literal["words", "exact", "number", "size", "date", "age", "flag", "pattern", "level", "plugin"]


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
    """The part does not hold."""

    part: Criteria


@dataclass(frozen=True, slots=True)
class Is:
    """One test: a field, an operator, the value as written; `name` is the header in header:NAME=value."""

    field: str
    operator: Operator
    value: str
    name: str = ""
    prefix: bool = False


Criteria = AllOf | AnyOf | Not | Is

EVERYTHING = AllOf()


@dataclass(frozen=True, slots=True)
class Field:
    """A built-in field: its name in queries, how its value is read, and whether it speaks of one place."""

    name: str
    type: FieldType
    operators: tuple[Operator, ...] = (":",)
    of_place: bool = False
    values: tuple[str, ...] = ()
    help: str = ""


_COMPARE: tuple[Operator, ...] = (":", "=", "<", "<=", ">", ">=")
_TEXT: tuple[Operator, ...] = (":", "=", "~")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("any", "words", help="a bare word: subject, addresses or text"),
        Field("subject", "words", _TEXT, help="words of the subject; = whole subject; ~ regular expression"),
        Field("from", "words", _TEXT, help="name or address of the sender"),
        Field("to", "words", _TEXT, help="recipients in To"),
        Field("cc", "words", _TEXT, help="recipients in Cc"),
        Field("bcc", "words", _TEXT, help="recipients in Bcc"),
        Field("recipient", "words", _TEXT, help="recipients in To, Cc or Bcc"),
        Field("body", "words", _TEXT, help="words of the text"),
        Field("domain", "exact", (":", "="), help="the sender's domain; : includes its sub-domains"),
        Field("filename", "words", _TEXT, help="an attachment's file name"),
        Field("list", "words", (":", "=", "~"), help="the List-Id; list:* is any list"),
        Field("header", "words", (":", "=", "~"), help="header:Name=text; header:Name:* is present"),
        Field("message_id", "exact", (":", "="), help="the Message-ID"),
        Field("in", "exact", (":", "="), of_place=True, help="a mailbox by name or role"),
        Field(
            "is",
            "flag",
            of_place=True,
            values=("read", "unread", "flagged", "unflagged", "answered", "unanswered", "draft", "deleted"),
            help="a state",
        ),
        Field("keyword", "exact", (":", "="), of_place=True, help="an IMAP keyword"),
        Field("has", "flag", values=("attachment", "tag", "list", "calendar"), help="something present"),
        Field("tag", "exact", (":", "="), help="a tag by name; tag:* is any"),
        Field("category", "exact", (":", "="), help="the effective category"),
        Field("language", "exact", (":", "="), help="the language, ISO 639-1"),
        Field("urgency", "level", _COMPARE, help="1..3"),
        Field("importance", "level", _COMPARE, help="1..3"),
        Field("score", "level", _COMPARE, help="2 * urgency + importance, 3..9"),
        Field(
            "spam",
            "number",
            (":", "=", "<", "<=", ">", ">="),
            help="probability of spam 0..1; spam:yes, spam:no",
        ),
        Field("size", "size", _COMPARE, help="octets, with k, M, G"),
        Field("larger", "size", help="size above"),
        Field("smaller", "size", help="size below"),
        Field("date", "date", _COMPARE, help="the day it was sent or received, 2026-01-31"),
        Field("after", "date", help="on or after a day"),
        Field("before", "date", help="before a day"),
        Field("older_than", "age", help="an age: 30d, 6w, 3m, 1y, 12h"),
        Field("newer_than", "age", help="an age"),
        Field("account", "exact", (":", "="), help="an account by id or name"),
        Field("thread", "exact", (":", "="), help="a thread by id"),
        Field("id", "exact", (":", "="), help="a message by id"),
        Field("dmarc", "exact", (":", "="), help="pass, fail or none, as the trusted server reported"),
        Field("spf", "exact", (":", "="), help="pass, fail, softfail, none"),
        Field("dkim", "exact", (":", "="), help="pass, fail, none"),
    )
}


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
