"""Message rows as model values: the JSON columns written by sync and read back here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from mailhelper_core.model.mail.message import Address, MailFacts, Message, MessageTag, Place
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import from_micros, moment

# Problems of a message of which the body came clearly shorter than announced: it broke off, or the server miscounts.
BODY_SHORT = "body-short"
SIZE_INEXACT = "size-inexact"

_m = t.messages.c
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FACT_DEFAULTS = {field.name: field.default for field in fields(MailFacts)}
_facts_of = attrgetter(*_FACT_DEFAULTS)


def addresses_json(groups: Mapping[str, Iterable[Address]]) -> str:
    """Answer the `addresses` column: {"to": [[name, addr_spec], ...], ...} without empty groups."""
    found = [f'"{key}":[{",".join(map(_address_json, group))}]' for key, group in groups.items() if group]
    return f"{{{','.join(found)}}}"


def _address_json(address: Address) -> str:
    return f"[{encode_basestring(address.name)},{encode_basestring(address.addr_spec)}]"


def facts_json(facts: MailFacts, *, in_reply_to: str, references: Sequence[str], problems: Sequence[str]) -> str:
    """Answer the `facts` column: only what differs from an ordinary mail."""
    found: dict[str, object] = {
        name: value
        for (name, default), value in zip(_FACT_DEFAULTS.items(), _facts_of(facts), strict=True)
        if value != default
    }
    if in_reply_to:
        found["in_reply_to"] = in_reply_to
    if references:
        found["references"] = list(references)
    if problems:
        found["problems"] = list(problems)
    return _dump(found) if found else "{}"


def read_addresses(text: str) -> dict[str, tuple[Address, ...]]:
    """Answer the groups of an `addresses` column."""
    return {key: _group(group) for key, group in json.loads(text).items()}


def _group(written: Iterable[Sequence[str]]) -> tuple[Address, ...]:
    return tuple([Address(name, spec) for name, spec in written])


# Most mail of an owner is written to the same few addresses.
@lru_cache(maxsize=1_024)
def _to(text: str) -> tuple[Address, ...]:
    return _group(json.loads(text).get("to", ()))


def read_facts(text: str) -> tuple[MailFacts, dict[str, Any]]:
    """Answer the facts of a `facts` column, and what else it holds."""
    found = json.loads(text)
    known = {name: found.pop(name) for name in _FACT_DEFAULTS if name in found}
    return MailFacts(**known), found


def has_problem(facts: str, problem: str) -> bool:
    """Say whether a `facts` column names a problem; what it quotes from the mail may read alike."""
    return problem in facts and problem in json.loads(facts).get("problems", ())


def with_inexact_size(facts: str) -> str:
    """Answer a `facts` column that says that not the body is short, but the announced size too large."""
    found = json.loads(facts)
    others = (one for one in found.get("problems", ()) if one not in (BODY_SHORT, SIZE_INEXACT))
    return _dump(found | {"problems": [*others, SIZE_INEXACT]})


SUMMARY_FIELDS = tuple(field.name for field in fields(Message))
# What they are made of, in the order in which `summary_fields` takes it.
SUMMARY_COLUMNS = (
    _m.id, _m.account_id, _m.thread_id, _m.subject, _m.from_name, _m.from_addr, _m.addresses, _m.sent_at,
    _m.received_at, _m.size, _m.snippet, _m.parse_status, _m.has_attachments, _m.spam, _m.category, _m.urgency,
    _m.importance, _m.language, _m.opinion_version,
)  # fmt: skip


def summary_fields(row: Sequence[Any], places: Sequence[Place], tags: Sequence[MessageTag]) -> tuple[Any, ...]:
    """Answer the values of SUMMARY_FIELDS in their order, with which a MessageDetail begins too."""
    id_, account_id, thread_id, subject, name, addr, addresses, sent_at, received_at, size, *more = row
    snippet, parse_status, has_attachments, *thought = more
    from_, to = Address(name, addr), _to(addresses)
    sent, received, attached = moment(sent_at), from_micros(received_at), bool(has_attachments)
    head = (id_, account_id, thread_id, subject, from_, to, sent, received, size, snippet, parse_status, attached)
    return *head, tuple(places), tuple(tags), *thought


def summary(row: Sequence[Any], places: Sequence[Place], tags: Sequence[MessageTag]) -> Message:
    """Answer the Message of a row."""
    return Message(*summary_fields(row, places, tags))


def _dump(value: object) -> str:
    return _ENCODER.encode(value)
