"""What is thought of messages beyond the effective values: of each kind the owner's word, else the surest opinion."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from mailhelper_core.model.mind.opinion import EFFECTIVE_KINDS, OWNER, Opinion, foremost
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among, constants
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.unit_of_work import UnitOfWork

# What the owner did rather than said: it teaches a little and leaves every answer open.
HINTS = ("star", "reply", "delete_unread")


def foremost_of(uow: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[Opinion, ...]]:
    """Answer the foremost opinion of each kind that has no column of its own, by message; ids fit one IN list."""
    said: dict[int, list[Opinion]] = defaultdict(list)
    for message_id, opinion in (*_opinions(uow, ids), *_words(uow, ids)) if ids else ():
        said[message_id].append(opinion)
    return {message_id: foremost(one) for message_id, one in said.items()}


def spoken_of(uow: UnitOfWork, ids: Collection[int]) -> set[int]:
    """Answer of which messages a model provider has ever said something, whether that counts today or not."""
    return {id_ for chunk in chunks(list(ids)) for (id_,) in _asked(uow, _SPOKEN, chunk)}


def own_word(kind: str, value: str, signal: str) -> Opinion:
    """Answer what the owner said as an opinion."""
    return Opinion(kind, value, 1.0, (f"signal {signal}",), OWNER)


def _opinions(uow: UnitOfWork, ids: Collection[int]) -> Iterator[tuple[int, Opinion]]:
    for message_id, kind, value, confidence, reasons, said_by, version in _asked(uow, _OPINIONS, ids):
        yield message_id, Opinion(kind, value, confidence, tuple(json.loads(reasons)), said_by, version)


def _words(uow: UnitOfWork, ids: Collection[int]) -> Iterator[tuple[int, Opinion]]:
    newest = {(message_id, kind): word for message_id, kind, *word in _asked(uow, _WORDS, ids)}
    for (message_id, kind), (value, signal) in newest.items():
        yield message_id, own_word(kind, value, signal)


def _asked(uow: UnitOfWork, statement: Prepared, ids: Collection[int]) -> Sequence[Any]:
    return statement.rows(uow.connection, {"ids": ids})


# Built once, as the other statements of a page; that the ids are the owner's was asked before.
_o, _c = t.opinions.c, t.corrections.c
_OPINIONS = Prepared(
    select(_o.message_id, _o.kind, _o.value, _o.confidence, _o.reasons, _o.said_by, _o.version).where(
        among(_o.message_id, "ids"), _o.kind.not_in(constants(EFFECTIVE_KINDS))
    )
)
_SPOKEN = Prepared(select(_o.message_id).where(among(_o.message_id, "ids"), _o.said_by.like("%:%")).distinct())
_WORDS = Prepared(
    select(_c.message_id, _c.kind, _c.value, _c.signal)
    .where(among(_c.message_id, "ids"), _c.undone_at.is_(None))
    .where(_c.kind.not_in(constants(EFFECTIVE_KINDS)), _c.signal.not_in(constants(HINTS)))
    .order_by(_c.id)
)
