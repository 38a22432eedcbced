"""Answers that name nothing they answer: joined to a thread by subject, participants and time, when they are indexed.

Whether two messages belong together depends on these two alone, so the order in which they come does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from mailhelper_core.model.subject import GATE, Heading, answers, says_answer, subject_hash
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.mail import threads
from mailhelper_core.store.mail.messages import chunks
from mailhelper_core.store.mail.values import read_addresses
from mailhelper_core.store.search import search_index
from mailhelper_core.store.search.text_query import phrase
from mailhelper_core.store.unit_of_work import UnitOfWork

# Messages of one subject that are looked at for an answer: the nearest ones before it.
MOST_CANDIDATES = 200

_m, _r = t.messages.c, t.thread_replies.c
_COLUMNS = (_m.id, _m.thread_id, _m.subject, _m.from_addr, _m.addresses, _m.facts, _m.sort_at)


def join_new(uow: UnitOfWork, account_id: int, ids: Sequence[int]) -> int:
    """Join messages that were just indexed to threads by their subjects; answer how many threads became one."""
    rows = _rows(uow, ids)
    orphans = {row.id: _heading(row) for row in rows if says_answer(row.subject) and not _names_something(row)}
    _remember(uow, account_id, orphans)
    pairs = [(id_, other) for id_, heading in orphans.items() for other in _before(uow, account_id, id_, heading)]
    if uow.one(select(_r.hash).where(_r.account_id == account_id).limit(1)) is not None:
        pairs += _waiting(uow, account_id, {row.id: _heading(row) for row in rows})
    return sum(threads.merge(uow, account_id, one, other) for one, other in pairs)


def _remember(uow: UnitOfWork, account_id: int, orphans: Mapping[int, Heading]) -> None:
    rows = [(account_id, subject_hash(one.base), id_) for id_, one in orphans.items() if one.base]
    insert_rows(uow.connection, t.thread_replies, ("account_id", "hash", "message_id"), rows, or_ignore=True)


def _before(uow: UnitOfWork, account_id: int, id_: int, heading: Heading) -> list[int]:
    """Answer the messages that an answer may belong to."""
    if not heading.base:
        return []
    query = phrase(uow.dialect, "subject", heading.base)
    since = heading.at - GATE.days * 86_400_000_000
    near = (_m.account_id == account_id, _m.sort_at.between(since, heading.at), _m.id != id_)
    statement = select(*_COLUMNS).where(search_index.is_found(uow, query).possibly, *near)
    rows = uow.execute(statement.order_by(_m.sort_at.desc()).limit(MOST_CANDIDATES))
    return [row.id for row in rows if answers(heading, _heading(row))]


def _waiting(uow: UnitOfWork, account_id: int, headings: Mapping[int, Heading]) -> list[tuple[int, int]]:
    """Answer (answer, message) of answers that were there before the message they belong to."""
    by_hash: dict[int, list[int]] = {}
    for id_, heading in headings.items():
        if heading.base:
            by_hash.setdefault(subject_hash(heading.base), []).append(id_)
    pairs = []
    for chunk in chunks(list(by_hash)):
        waiting = select(_r.hash, _r.message_id).where(_r.account_id == account_id, _r.hash.in_(chunk))
        known = [(row.hash, row.message_id) for row in uow.execute(waiting)]
        there = {row.id: _heading(row) for row in _rows(uow, [id_ for _, id_ in known])}
        pairs += [
            (reply, id_)
            for hash_, reply in known
            for id_ in by_hash[hash_]
            if reply != id_ and reply in there and answers(there[reply], headings[id_])
        ]
    return pairs


def _rows(uow: UnitOfWork, ids: Iterable[int]) -> list[Row[Any]]:
    return [
        row
        for chunk in chunks(list(ids))
        for row in uow.execute(select(*_COLUMNS).where(_m.id.in_(chunk), _m.owner_id == uow.owner_id))
    ]


def _names_something(row: Row[Any]) -> bool:
    facts = json.loads(row.facts)
    return bool(facts.get("in_reply_to") or facts.get("references"))


def _heading(row: Row[Any]) -> Heading:
    groups = read_addresses(row.addresses)
    recipients = frozenset(one.addr_spec for name in ("to", "cc", "bcc") for one in groups.get(name, ()))
    return Heading.of(row.subject, row.from_addr, recipients, row.sort_at)
