"""What classifiers and the owner said about messages, and the effective values that lists show."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, select, update

from mailhelper_core.model.mind.opinion import Opinion, Verdict
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among, constants
from mailhelper_core.store.bulk import chunks, insert_rows, reserve_ids
from mailhelper_core.store.mail.messages import owned
from mailhelper_core.store.mail.said import HINTS
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import UnitOfWork

# Made once: json.dumps makes an encoder for every call with other than its default arguments.
_JSON = json.JSONEncoder(ensure_ascii=False)
_OPINION_COLUMNS = (
    "account_id", "message_id", "kind", "value", "confidence", "reasons", "said_by", "version", "created_at",
)  # fmt: skip
_CORRECTION_COLUMNS = (
    "id", "owner_id", "account_id", "message_id", "kind", "was", "value", "signal", "weight", "actor", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """What the owner said about one message; `was` is what the opinions said together, None where they were open.

    For spam `was` is the probability. signal names how the owner said it, weight how much it teaches.
    """

    message_id: int
    account_id: int
    kind: str
    was: str | None
    value: str
    signal: str = "ui"
    weight: float = 1.0
    id: int = 0


def hold(uow: UnitOfWork, ids: Iterable[int]) -> list[int]:
    """Keep others from saying something of messages before this transaction ends; answer those that are there.

    What is effective is made of what is read behind it: a word of the owner that came between would be written over.
    """
    m = t.messages.c
    found: list[int] = []
    for chunk in chunks(sorted(ids)):
        mine = select(m.id).where(m.id.in_(chunk), owned(uow)).order_by(m.id)
        found += uow.connection.scalars(mine.with_for_update(key_share=True))
    return found


def of(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, tuple[Opinion, ...]]:
    """Answer the newest opinion of each classifier on each question, by message."""
    found: dict[int, tuple[Opinion, ...]] = {}
    for message_id, kind, value, confidence, reasons, said_by, version in _asked(uow, _SAID, ids):
        said = Opinion(kind, value, confidence, tuple(json.loads(reasons)), said_by, version)
        found[message_id] = (*found.get(message_id, ()), said)
    return found


def add(uow: UnitOfWork, account_id: int, said: Mapping[int, Iterable[Opinion]]) -> int:
    """Insert opinions by message and answer how many; strike off what they replace before."""
    rows = [
        (
            account_id, message_id, opinion.kind, opinion.value, opinion.confidence,
            _JSON.encode(opinion.reasons), opinion.said_by, opinion.version, uow.now,
        )
        for message_id, opinions in said.items()
        for opinion in opinions
    ]  # fmt: skip
    insert_rows(uow.connection, t.opinions, _OPINION_COLUMNS, rows)
    return len(rows)


def strike(uow: UnitOfWork, pairs: Iterable[tuple[int, str]]) -> None:
    """Delete the opinions of (message, said_by) pairs: that classifier has been asked again."""
    o = t.opinions.c
    rows = [{"of_message": message_id, "of_name": said_by} for message_id, said_by in sorted(pairs)]
    if rows:
        statement = delete(t.opinions).where(o.message_id == bindparam("of_message"), o.said_by == bindparam("of_name"))
        uow.execute(statement, rows)


def set_effective(uow: UnitOfWork, verdicts: Mapping[int, Verdict]) -> None:
    """Write what lists show; every writing raises the version of the message's opinions."""
    m = t.messages.c
    rows = [
        {
            "of_message": message_id, "new_spam": verdict.spam, "new_category": verdict.category,
            "new_urgency": verdict.urgency, "new_importance": verdict.importance, "new_language": verdict.language,
            "new_provider_kinds": " ".join(verdict.provider_kinds),
        }
        for message_id, verdict in sorted(verdicts.items())
    ]  # fmt: skip
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*_EFFECTIVE, "provider_kinds")}
        statement = update(t.messages).where(m.id == bindparam("of_message"))
        uow.execute(statement.values(**values, opinion_version=m.opinion_version + 1), rows)


def standing(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, dict[str, Correction]]:
    """Answer the newest correction of each kind that was not taken back, by message; hints are none."""
    found: dict[int, dict[str, Correction]] = defaultdict(dict)
    for row in _asked(uow, _STANDING, ids):
        one = Correction(*row)
        found[one.message_id][one.kind] = one
    return found


def fixed(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Answer the values that no opinion changes, by message: what the owner said, else what a rule set."""
    values = _set_by_rules(uow, ids)
    for message_id, by_kind in standing(uow, ids).items():
        values[message_id] |= {kind: one.value for kind, one in by_kind.items()}
    return values


def _set_by_rules(uow: UnitOfWork, ids: Sequence[int]) -> defaultdict[int, dict[str, str]]:
    o = t.outbox.c
    values: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for chunk in chunks(ids):
        mine = (o.message_id.in_(chunk), o.kind == "set_priority", o.decided_by == "rule", o.undone_by.is_(None))
        for row in uow.execute(select(o.message_id, o.data).where(*mine).order_by(o.id)):
            for kind, level in json.loads(row.data).items():
                if level:
                    values[row.message_id][kind] = str(level)
                elif level == 0:  # back to what opinions say
                    values[row.message_id].pop(kind, None)
    return values


def correct(uow: UnitOfWork, corrections: Sequence[Correction]) -> list[int]:
    """Insert what the owner said, make it effective, and answer the ids of the corrections."""
    ids = hint(uow, corrections)
    show(uow, [(one.message_id, one.kind, one.value) for one in corrections])
    return ids


def hint(uow: UnitOfWork, corrections: Sequence[Correction]) -> list[int]:
    """Insert corrections that teach and show nothing, and answer their ids."""
    ids = list(reserve_ids(uow.connection, t.corrections, len(corrections)))
    rows = [
        (
            id_, uow.owner_id, one.account_id, one.message_id, one.kind, one.was, one.value, one.signal, one.weight,
            uow.actor, uow.now,
        )
        for id_, one in zip(ids, corrections, strict=True)
    ]  # fmt: skip
    insert_rows(uow.connection, t.corrections, _CORRECTION_COLUMNS, rows)
    return ids


def message_ids(uow: UnitOfWork, account_id: int, *, after: int, limit: int) -> list[int]:
    """Answer an account's messages in the order of their ids, above `after`."""
    m = t.messages.c
    mine = (m.account_id == account_id, owned(uow), m.id > after)
    return list(uow.connection.scalars(select(m.id).where(*mine).order_by(m.id).limit(limit)))


def said_by_provider(uow: UnitOfWork, account_id: int, provider: str, *, after: int, limit: int) -> list[int]:
    """Answer messages of an account, with ids above `after`, of which a model provider has an opinion."""
    o = t.opinions.c
    by = o.said_by.in_(_paces(provider))
    said = select(o.message_id).where(o.account_id == account_id, o.message_id > after, by).distinct()
    return list(uow.connection.scalars(said.order_by(o.message_id).limit(limit)))


def unasked(uow: UnitOfWork, account_id: int, provider: str, *, limit: int) -> dict[int, Verdict]:
    """Answer what is effective of those of an account's newest messages of which a provider has said nothing.

    Those that wait to be processed are left out: that asks for them.
    """
    m, o, p = t.messages.c, t.opinions.c, t.pending.c
    newest = select(m.id).where(m.account_id == account_id, owned(uow), m.orphaned_at.is_(None))
    ids = newest.order_by(m.sort_at.desc(), m.id.desc()).limit(limit).subquery()
    said = exists().where(o.message_id == m.id, o.said_by.in_(_paces(provider)))
    waits = exists().where(p.stage == "process", p.account_id == account_id, p.message_id == m.id)
    columns = (m.id, m.spam, m.category, m.urgency, m.importance, m.language)
    rows = uow.execute(select(*columns).join(ids, ids.c.id == m.id).where(~said, ~waits))
    return {row.id: Verdict(row.spam, row.category, row.urgency, row.importance, row.language) for row in rows}


def _paces(provider: str) -> tuple[str, str]:
    return f"{provider}:fast", f"{provider}:strong"


def effective(uow: UnitOfWork, ids: Sequence[int]) -> list[Row[Any]]:
    """Answer id, account_id and the effective values of messages, in the order of their ids."""
    m = t.messages.c
    columns = (m.id, m.account_id, m.spam, m.category, m.urgency, m.importance, m.language)
    rows: list[Row[Any]] = []
    for chunk in chunks(sorted(ids)):
        rows += uow.execute(select(*columns).where(m.id.in_(chunk), owned(uow)).order_by(m.id))
    return rows


def sureness(uow: UnitOfWork, ids: Sequence[int], kinds: Collection[str]) -> dict[int, dict[tuple[str, str], float]]:
    """Answer the confidence of the surest opinion for each kind and value, by message; for lists, so in few looks."""
    found: defaultdict[int, dict[tuple[str, str], float]] = defaultdict(dict)
    for message_id, kind, value, confidence in _asked(uow, _SURENESS, ids, kinds=list(kinds)):
        surest, answer = found[message_id], (kind, value)
        if confidence >= surest.get(answer, 0.0):
            surest[answer] = confidence
    return dict(found)


def _asked(uow: UnitOfWork, statement: Prepared, ids: Iterable[int], **values: object) -> Iterator[Any]:
    for chunk in chunks(list(ids)):
        yield from statement.rows(uow.connection, {"ids": chunk, "owner": uow.owner_id, **values})


# The effective columns of `messages`, and how a correction's text becomes their value.
_EFFECTIVE: dict[str, Callable[[str], float | int | str]] = {
    "spam": lambda text: float({"yes": 1, "no": 0}.get(text, text)),
    "category": str,
    "urgency": int,
    "importance": int,
    "language": str,
}


def show(uow: UnitOfWork, values: Iterable[tuple[int, str, str | None]]) -> None:
    """Make values of messages and kinds effective: one statement for all messages that get the same."""
    m = t.messages.c
    same: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
    for message_id, kind, value in values:
        if kind in _EFFECTIVE:
            same[kind, value].append(message_id)
    for (kind, value), ids in same.items():
        shown: dict[str, Any] = {kind: None if value is None else _EFFECTIVE[kind](value)}
        for chunk in chunks(ids):
            _no_longer_of_providers(uow, kind, chunk)
            statement = update(t.messages).where(m.id.in_(chunk), owned(uow))
            uow.execute(statement.values(**shown, opinion_version=m.opinion_version + 1))


def _no_longer_of_providers(uow: UnitOfWork, kind: str, ids: Sequence[int]) -> None:
    """Strike a question off those that rest on a provider: somebody else has answered it."""
    m = t.messages.c
    rows = uow.execute(select(m.id, m.provider_kinds).where(m.id.in_(ids), owned(uow), m.provider_kinds != "")).all()
    for id_, kinds in rows:
        left = " ".join(one for one in kinds.split() if one != kind)
        uow.execute(update(t.messages).where(m.id == id_).values(provider_kinds=left))


# Every page of mail asks these: they are built once, and executed with the ids that are asked for.
_o, _c, _a = t.opinions.c, t.corrections.c, t.accounts.c
_owner = bindparam("owner", type_=BigInt)
_of_mine = _o.account_id.in_(select(_a.id).where(_a.owner_id == _owner))
_SAID = Prepared(
    select(_o.message_id, _o.kind, _o.value, _o.confidence, _o.reasons, _o.said_by, _o.version)
    .where(among(_o.message_id, "ids"), _of_mine)
    .order_by(_o.kind, _o.said_by)
)
_SURENESS = Prepared(
    select(_o.message_id, _o.kind, _o.value, _o.confidence).where(
        _of_mine, among(_o.kind, "kinds"), among(_o.message_id, "ids")
    )
)
# In the order of a Correction's fields.
CORRECTION = (_c.message_id, _c.account_id, _c.kind, _c.was, _c.value, _c.signal, _c.weight, _c.id)
_STANDING = Prepared(
    select(*CORRECTION)
    .where(
        among(_c.message_id, "ids"),
        _c.owner_id + 0 == _owner,
        _c.undone_at.is_(None),
        _c.signal.not_in(constants(HINTS)),
    )
    .order_by(_c.id)
)
