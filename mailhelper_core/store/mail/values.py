"""Message rows as model values: the JSON columns written by sync and read back here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from mailhelper_core.model.mail.message import Address, MailFacts, Message, MessageTag, Place
from mailhelper_core.store.unit_of_work import from_micros, moment

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FACT_DEFAULTS = {field.name: field.default for field in fields(MailFacts)}


def addresses_json(groups: Mapping[str, Iterable[Address]]) -> str:
    """Answer the `addresses` column: {"to": [[name, addr_spec], ...], ...} without empty groups."""
    return _dump({key: [[a.name, a.addr_spec] for a in group] for key, group in groups.items() if group})


def facts_json(facts: MailFacts, *, in_reply_to: str, references: Sequence[str], problems: Sequence[str]) -> str:
    """Answer the `facts` column: only what differs from an ordinary mail."""
    found: dict[str, object] = {
        name: value for name, default in _FACT_DEFAULTS.items() if (value := getattr(facts, name)) != default
    }
    if in_reply_to:
        found["in_reply_to"] = in_reply_to
    if references:
        found["references"] = list(references)
    if problems:
        found["problems"] = list(problems)
    return _dump(found)


def read_addresses(text: str) -> dict[str, tuple[Address, ...]]:
    """Answer the groups of an `addresses` column."""
    return {key: tuple(Address(name, spec) for name, spec in group) for key, group in json.loads(text).items()}


def read_facts(text: str) -> tuple[MailFacts, dict[str, Any]]:
    """Answer the facts of a `facts` column, and what else it holds."""
    found = json.loads(text)
    known = {name: found.pop(name) for name in _FACT_DEFAULTS if name in found}
    return MailFacts(**known), found


def summary_fields(row: Row[Any], places: Sequence[Place], tags: Sequence[MessageTag]) -> dict[str, Any]:
    """Answer the constructor arguments that Message and MessageDetail share."""
    return {
        "id": row.id,
        "account_id": row.account_id,
        "thread_id": row.thread_id,
        "subject": row.subject,
        "from_": Address(row.from_name, row.from_addr),
        "to": read_addresses(row.addresses).get("to", ()),
        "sent_at": moment(row.sent_at),
        "received_at": from_micros(row.received_at),
        "size": row.size,
        "snippet": row.snippet,
        "parse_status": row.parse_status,
        "has_attachments": bool(row.has_attachments),
        "places": tuple(places),
        "tags": tuple(tags),
        "spam": row.spam,
        "category": row.category,
        "urgency": row.urgency,
        "importance": row.importance,
        "language": row.language,
        "opinion_version": row.opinion_version,
    }


def summary(row: Row[Any], places: Sequence[Place], tags: Sequence[MessageTag]) -> Message:
    """Answer the Message of a row."""
    return Message(**summary_fields(row, places, tags))


def _dump(value: object) -> str:
    return _ENCODER.encode(value)
