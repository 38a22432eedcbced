"""What the owner taught, kept for the learner: an answer by message and question, and the message's hashed features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, func, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork

_e, _f, _c = t.learn_examples.c, t.learn_features.c, t.corrections.c
_COLUMNS = ("owner_id", "kind", "message_id", "correction_id", "value", "weight")


@dataclass(frozen=True, slots=True)
class StoredExample:
    """One answer of the owner, with the features of its message; number is the order of learning."""

    number: int
    message_id: int
    value: str
    weight: float
    features: bytes


def collect(uow: UnitOfWork, kinds: Sequence[str]) -> int:
    """Bring the examples up to date with the corrections and answer how many came; the newest of a message counts.

    Corrections that were taken back or weigh nothing teach nothing; those whose message was erased go on teaching.
    """
    uow.lock_owner()  # two at once would both find a correction new
    mine = _e.owner_id == uow.owner_id
    void = exists().where(_c.id == _e.correction_id, (_c.undone_at.is_not(None)) | (_c.weight <= 0))
    uow.execute(delete(t.learn_examples).where(mine, void))
    standing = and_(_c.owner_id == uow.owner_id, _c.undone_at.is_(None), _c.weight > 0, _c.kind.in_(kinds))
    newest = select(func.max(_c.id)).where(standing).group_by(_c.kind, _c.message_id)
    known = exists().where(mine, _e.correction_id == _c.id)
    rows = uow.execute(select(t.corrections).where(_c.id.in_(newest), ~known).order_by(_c.id)).all()
    for row in rows:
        same = (mine, _e.kind == row.kind, _e.message_id == row.message_id)
        uow.execute(delete(t.learn_examples).where(*same))
    values = [(uow.owner_id, row.kind, row.message_id, row.id, row.value, row.weight) for row in rows]
    insert_rows(uow.connection, t.learn_examples, _COLUMNS, values)
    return len(rows)


def without_features(uow: UnitOfWork, schema: int, limit: int) -> list[int]:
    """Answer messages of examples whose features are missing or of another schema, newest first."""
    m = t.messages.c
    current = exists().where(_f.owner_id == uow.owner_id, _f.message_id == _e.message_id, _f.schema == schema)
    there = exists().where(m.id == _e.message_id, m.owner_id == uow.owner_id)
    wanted = select(_e.message_id).where(_e.owner_id == uow.owner_id, ~current, there)
    return list(uow.connection.scalars(wanted.distinct().order_by(_e.message_id.desc()).limit(limit)))


def put_features(uow: UnitOfWork, features: Mapping[int, bytes], schema: int) -> None:
    """Keep features by message; earlier ones are replaced."""
    uow.lock_owner()  # two at once would both make those of a message that two questions or accounts need
    for chunk in chunks(list(features)):
        uow.execute(delete(t.learn_features).where(_f.owner_id == uow.owner_id, _f.message_id.in_(chunk)))
    rows = [(uow.owner_id, message_id, schema, data) for message_id, data in features.items()]
    insert_rows(uow.connection, t.learn_features, ("owner_id", "message_id", "schema", "features"), rows)


def drop_features(uow: UnitOfWork, message_ids: Sequence[int]) -> None:
    """Delete features that are kept; they are made again where the message is there."""
    for chunk in chunks(message_ids):
        uow.execute(delete(t.learn_features).where(_f.owner_id == uow.owner_id, _f.message_id.in_(chunk)))


def features(uow: UnitOfWork, message_ids: Sequence[int], schema: int) -> dict[int, bytes]:
    """Answer the features that are kept, by message."""
    found: dict[int, bytes] = {}
    for chunk in chunks(message_ids):
        mine = (_f.owner_id == uow.owner_id, _f.message_id.in_(chunk), _f.schema == schema)
        found.update((row.message_id, row.features) for row in uow.execute(select(t.learn_features).where(*mine)))
    return found


def of(uow: UnitOfWork, kind: str, schema: int, limit: int) -> list[StoredExample]:
    """Answer the newest examples of a question that have features, in the order in which they are learned."""
    joined = and_(_f.owner_id == _e.owner_id, _f.message_id == _e.message_id, _f.schema == schema)
    columns = (_e.correction_id, _e.message_id, _e.value, _e.weight, _f.features)
    statement = select(*columns).join(t.learn_features, joined).where(_e.owner_id == uow.owner_id, _e.kind == kind)
    rows = uow.execute(statement.order_by(_e.correction_id.desc()).limit(limit)).all()
    return [
        StoredExample(row.correction_id, row.message_id, row.value, row.weight, row.features) for row in reversed(rows)
    ]


def answers(uow: UnitOfWork, kinds: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Answer what was said of each question, in its order: (number, value)."""
    found: dict[str, list[tuple[int, str]]] = {kind: [] for kind in kinds}
    mine = (_e.owner_id == uow.owner_id, _e.kind.in_(kinds))
    for row in uow.execute(select(_e.kind, _e.correction_id, _e.value).where(*mine).order_by(_e.correction_id)):
        found[row.kind].append((row.correction_id, row.value))
    return found


@dataclass(frozen=True, slots=True)
class Taught:
    """One answer of the owner about a message; number is the order of learning."""

    number: int
    message_id: int
    value: str


def taught(uow: UnitOfWork, kind: str, limit: int) -> list[Taught]:
    """Answer the newest answers to a question about messages that are there, in the order in which they were given."""
    m = t.messages.c
    there = exists().where(m.id == _e.message_id, m.owner_id == uow.owner_id)
    columns = select(_e.correction_id, _e.message_id, _e.value).where(_e.owner_id == uow.owner_id, _e.kind == kind)
    rows = uow.execute(columns.where(there).order_by(_e.correction_id.desc()).limit(limit))
    return [Taught(*row) for row in rows][::-1]


def newest_at(uow: UnitOfWork, kinds: Sequence[str]) -> tuple[int, int]:
    """Answer (id, moment in microseconds) of the owner's newest correction that stands, zeros without any."""
    standing = (_c.owner_id == uow.owner_id, _c.undone_at.is_(None), _c.weight > 0, _c.kind.in_(kinds))
    row = uow.one(select(_c.id, _c.created_at).where(*standing).order_by(_c.id.desc()).limit(1))
    return (row.id, row.created_at) if row else (0, 0)


def collected(uow: UnitOfWork) -> int:
    """Answer the number of the newest example, 0 without any."""
    return int(uow.connection.scalar(select(func.max(_e.correction_id)).where(_e.owner_id == uow.owner_id)) or 0)


def forget(uow: UnitOfWork, message_ids: Iterable[int], kinds: Sequence[str]) -> int:
    """Let what was said of messages teach no more, though it goes on standing; answer how many examples went."""
    count = 0
    for chunk in chunks(list(message_ids)):
        said = (_c.owner_id == uow.owner_id, _c.message_id.in_(chunk), _c.kind.in_(kinds))
        uow.execute(update(t.corrections).where(*said).values(weight=0.0))
        mine = (_e.owner_id == uow.owner_id, _e.message_id.in_(chunk), _e.kind.in_(kinds))
        count += uow.execute(delete(t.learn_examples).where(*mine)).rowcount
        left = exists().where(_e.owner_id == _f.owner_id, _e.message_id == _f.message_id)
        uow.execute(delete(t.learn_features).where(_f.owner_id == uow.owner_id, _f.message_id.in_(chunk), ~left))
    return count
