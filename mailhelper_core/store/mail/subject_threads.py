"""Answers that name nothing they answer: joined to a thread by subject, participants and time, when they are indexed.

Whether two messages belong together depends on these two alone, so the order in which they come does not matter.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from mailhelper_core.model.mail.subject import GATE, Heading, answers, read_subject, says_answer, subject_hash
from mailhelper_core.model.mail.words import fold_address
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows, select_among
from mailhelper_core.store.mail import threads
from mailhelper_core.store.mail.values import read_addresses
from mailhelper_core.store.search import search_index
from mailhelper_core.store.search.text_query import phrase
from mailhelper_core.store.unit_of_work import UnitOfWork

# Messages of one subject that are looked at for an answer: the nearest ones before it.
MOST_CANDIDATES = 200

_GATE_MICROS = GATE // timedelta(microseconds=1)
_dump = json.JSONEncoder(ensure_ascii=False).encode
_COLUMNS = "SELECT id, subject, from_addr, addresses, facts, sort_at FROM {schema}mailhelper_messages"
_ROWS = f"{_COLUMNS} WHERE owner_id + 0 = ? AND id IN ({{values}})"
# The senders of what may be answered are among the recipients of the answer, which few messages pass. SQLite would
# walk the whole account for a plain account_id.
_BEFORE = f"""
{_COLUMNS}
WHERE account_id + 0 = ? AND sort_at BETWEEN ? AND ? AND id <> ? AND {{found}} AND lower(from_addr) IN ({{values}})
ORDER BY sort_at DESC LIMIT {MOST_CANDIDATES}
"""
_WAITING = """
SELECT hash, message_id FROM {schema}mailhelper_thread_replies WHERE account_id = ? AND hash IN ({values})
"""


class _Row(NamedTuple):
    """What is read of a message; a tuple, as every message passes here."""

    id: int
    subject: str
    from_addr: str
    addresses: str
    facts: str
    sort_at: int


def join_new(uow: UnitOfWork, account_id: int, ids: Sequence[int]) -> int:
    """Join messages that were just indexed to threads by their subjects; answer how many threads became one."""
    rows = _rows(uow, ids)
    orphans = {row.id: _heading(row) for row in rows if says_answer(row.subject) and not _names_something(row)}
    _remember(uow, account_id, orphans)
    pairs = [(id_, other) for id_, heading in orphans.items() for other in _before(uow, account_id, id_, heading)]
    if uow.one(_ANY_WAITING.where(_r.account_id == account_id)) is not None:
        pairs += _waiting(uow, account_id, rows)
    return sum(threads.merge(uow, account_id, one, other) for one, other in pairs)


_r = t.thread_replies.c
_ANY_WAITING = select(_r.hash).limit(1)


def _remember(uow: UnitOfWork, account_id: int, orphans: Mapping[int, Heading]) -> None:
    rows = [(account_id, subject_hash(one.base), id_) for id_, one in orphans.items() if one.base]
    insert_rows(uow.connection, t.thread_replies, ("account_id", "hash", "message_id"), rows, or_ignore=True)


def _before(uow: UnitOfWork, account_id: int, id_: int, heading: Heading) -> list[int]:
    """Answer the messages that an answer may belong to."""
    if not heading.base or not heading.recipients:
        return []
    found, asked = search_index.possibly(uow, phrase(uow.dialect, "subject", heading.base))
    bounds = (account_id, heading.at - _GATE_MICROS, heading.at, id_)
    template = _BEFORE.replace("{found}", found)
    rows = select_among(uow.connection, template, fixed=(*bounds, *asked), values=sorted(heading.recipients))
    return [row.id for row in map(_Row._make, rows) if answers(heading, _heading(row))]


def _waiting(uow: UnitOfWork, account_id: int, rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Answer (answer, message) of answers that were there before the message they belong to."""
    by_hash: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        if base := read_subject(row.subject)[0]:
            by_hash[subject_hash(base)].append(row)
    known = select_among(uow.connection, _WAITING, fixed=(account_id,), values=list(by_hash))
    there = {row.id: row for row in _rows(uow, [id_ for _, id_ in known])}
    return [
        (reply, row.id)
        for hash_, reply in known
        for row in by_hash[hash_]
        if reply != row.id and reply in there and _is_answer(there[reply], row)
    ]


def _is_answer(one: _Row, other: _Row) -> bool:
    """Ask the gate, after a look at the addresses as they are stored: hardly any pair needs a closer one."""
    is_near = 0 <= one.sort_at - other.sort_at <= _GATE_MICROS
    return is_near and _names(other, one) and _names(one, other) and answers(_heading(one), _heading(other))


def _names(one: _Row, other: _Row) -> bool:
    return _dump(fold_address(other.from_addr))[1:-1] in fold_address(one.addresses)


def _rows(uow: UnitOfWork, ids: Sequence[int]) -> list[_Row]:
    return list(map(_Row._make, select_among(uow.connection, _ROWS, fixed=(uow.owner_id,), values=ids)))


def _names_something(row: _Row) -> bool:
    facts = json.loads(row.facts)
    return bool(facts.get("in_reply_to") or facts.get("references"))


def _heading(row: _Row) -> Heading:
    groups = read_addresses(row.addresses)
    recipients = frozenset(one.addr_spec for name in ("to", "cc", "bcc") for one in groups.get(name, ()))
    return Heading.of(row.subject, row.from_addr, recipients, row.sort_at)
