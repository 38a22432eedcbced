"""Learned models of an owner: one live for each question, candidates in its shadow, retired ones to roll back to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update

from mailhelper_core.model.mind.learning import TASKS, ModelState
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork

_m = t.learned_models.c
# Models that are kept beside the live one and its candidate.
RETIRED_KEPT = 3
_PLUGIN = "plugin:"
# Under this name it is kept how sure tags are: JSON, with the ids of the examples in `said`.
TAGS = "tags"
# `through` of a model that has learned what was taken back since is less than this: so far below as it had come above.
_OUTDATED = 0


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model as stored; `through` is the number of the newest example that it has learned from."""

    task: str
    revision: int
    state: ModelState
    examples: int
    through: int
    accuracy: float | None
    data: bytes

    @property
    def is_outdated(self) -> bool:
        """Say whether it has learned what was taken back since."""
        return self.through < _OUTDATED

    @property
    def reached(self) -> int:
        """Answer the number of the newest example that it has learned from, also where it is outdated."""
        return -1 - self.through if self.is_outdated else self.through


def live(uow: UnitOfWork) -> dict[str, bytes]:
    """Answer the models that answer now, by question."""
    rows = uow.execute(select(_m.task, _m.data).where(_m.owner_id == uow.owner_id, _m.state == "live"))
    return {row.task: row.data for row in rows}


def plugin_task(classifier: str) -> str:
    """Answer under which name a plugin's classifier keeps what it has learned."""
    return f"{_PLUGIN}{classifier}"


def split(live_models: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Tell our own models, by question, from those of plugins, by their classifier; what else is kept is no model."""
    ours = {task: data for task, data in live_models.items() if task in TASKS}
    others = {task: data for task, data in live_models.items() if task.startswith(_PLUGIN)}
    return ours, {task.removeprefix(_PLUGIN): data for task, data in others.items()}


def of(uow: UnitOfWork, task: str) -> list[StoredModel]:
    """Answer the models of one question, newest first."""
    mine = (_m.owner_id == uow.owner_id, _m.task == task)
    rows = uow.execute(select(t.learned_models).where(*mine).order_by(_m.revision.desc()))
    return [_stored(row) for row in rows]


def live_of(uow: UnitOfWork, task: str) -> StoredModel | None:
    """Answer the model of one question that answers now, None while there is none."""
    return _first(uow, task, _m.state == "live")


def shadow_of(uow: UnitOfWork, task: str) -> StoredModel | None:
    """Answer the candidate of one question, None without one."""
    return _first(uow, task, _m.state == "shadow")


def earlier_of(uow: UnitOfWork, task: str) -> StoredModel | None:
    """Answer the model that answered before the one that answers now, None where none is kept."""
    return _first(uow, task, _m.state == "retired", _m.revision < _live_revision(uow, task))


def refused_of(uow: UnitOfWork, task: str) -> StoredModel | None:
    """Answer the newest model that the owner has put an earlier one back for, None where the newest answers."""
    return _first(uow, task, _m.state == "retired", _m.revision > _live_revision(uow, task))


def add(
    uow: UnitOfWork, task: str, *, state: ModelState, examples: int, through: int, accuracy: float | None, data: bytes
) -> int:
    """Store a model and answer its revision; an earlier candidate is replaced, a live model it follows is retired."""
    uow.lock_owner()  # two at once would both take the same revision
    mine = and_(_m.owner_id == uow.owner_id, _m.task == task)
    uow.execute(delete(t.learned_models).where(mine, _m.state == "shadow"))
    revision = int(uow.connection.scalar(select(func.max(_m.revision)).where(mine)) or 0) + 1
    values = {"examples": examples, "through": through, "accuracy": accuracy, "data": data}
    row = {"owner_id": uow.owner_id, "task": task, "revision": revision, "state": "shadow", "created_at": uow.now}
    uow.execute(insert(t.learned_models).values(**row, **values))
    if state == "live":
        promote(uow, task, revision)
    return revision


def promote(uow: UnitOfWork, task: str, revision: int) -> None:
    """Let one model answer; the one that answered so far is retired, and retired ones beyond a few are deleted.

    Those that an earlier one was put back for are kept until a newer one answers: they say what the owner has refused.
    """
    mine = and_(_m.owner_id == uow.owner_id, _m.task == task)
    refused = refused_of(uow, task)
    if refused is not None and revision > refused.revision:
        above = _m.revision > _live_revision(uow, task)
        uow.execute(delete(t.learned_models).where(mine, _m.state == "retired", above))
    uow.execute(update(t.learned_models).where(mine, _m.state == "live").values(state="retired"))
    uow.execute(update(t.learned_models).where(mine, _m.revision == revision).values(state="live"))
    retired = select(_m.id).where(mine, _m.state == "retired").order_by(_m.revision.desc()).offset(RETIRED_KEPT)
    old = list(uow.connection.scalars(retired.limit(1_000)))
    uow.execute(delete(t.learned_models).where(_m.id.in_(old)))


def remake(uow: UnitOfWork, live: StoredModel, *, data: bytes, accuracy: float | None, **learned: int) -> None:
    """Put other octets in the place of a model that answers; nothing where another answers by now.

    learned: its `examples` and `through`, where they are others too.
    """
    uow.lock_owner()
    mine = (_m.owner_id == uow.owner_id, _m.task == live.task, _m.revision == live.revision, _m.state == "live")
    uow.execute(update(t.learned_models).where(*mine).values(data=data, accuracy=accuracy, **learned))


def empty_others(uow: UnitOfWork, live: StoredModel) -> None:
    """Delete the models beside the one that answers; of those that it was put back for it stays known that it was."""
    others = (_m.owner_id == uow.owner_id, _m.task == live.task, _m.revision != live.revision)
    refused = and_(_m.state == "retired", _m.revision > live.revision)
    uow.execute(delete(t.learned_models).where(*others, ~refused))
    uow.execute(update(t.learned_models).where(*others).values(data=b""))


def drop(uow: UnitOfWork, task: str) -> None:
    """Delete all models of a question: what they learned from has changed."""
    uow.execute(delete(t.learned_models).where(_m.owner_id == uow.owner_id, _m.task == task))


def drop_tags_of(uow: UnitOfWork, ids: Collection[int]) -> None:
    """Delete how sure tags are where these messages were among the examples: it names each of them by its id."""
    live = live_of(uow, TAGS)
    if live is not None and _names(live.data, frozenset(ids)):
        drop(uow, TAGS)


def drop_candidate(uow: UnitOfWork, task: str) -> None:
    """Delete the candidate of a question."""
    mine = (_m.owner_id == uow.owner_id, _m.task == task, _m.state == "shadow")
    uow.execute(delete(t.learned_models).where(*mine))


def outdate(uow: UnitOfWork, task: str, number: int) -> None:
    """Note that an example went, or came back, that models have passed: they are to be made again.

    Those that an earlier one was put back for answer no more: they are emptied, and how far they came stays known.
    """
    passed = and_(_m.owner_id == uow.owner_id, _m.task == task, _m.through >= number)
    refused = and_(_m.state == "retired", _m.revision > _live_revision(uow, task))
    uow.execute(update(t.learned_models).where(passed, refused).values(data=b""))
    uow.execute(update(t.learned_models).where(passed, ~refused).values(through=-1 - _m.through))


def outdated(uow: UnitOfWork) -> frozenset[str]:
    """Answer the questions whose model that answers, or whose candidate, has learned what was taken back since."""
    mine = select(_m.task).where(_m.owner_id == uow.owner_id, _m.through < _OUTDATED, _m.state.in_(("live", "shadow")))
    return frozenset(uow.connection.scalars(mine))


def _names(data: bytes, ids: frozenset[int]) -> bool:
    """Say whether messages are among the examples of kept tags, or nobody can tell."""
    try:
        return any(not ids.isdisjoint(side) for sides in json.loads(data)["said"].values() for side in sides)
    except (ValueError, KeyError, TypeError, AttributeError):  # of an older version, or damaged
        return True


def _first(uow: UnitOfWork, task: str, *where: ColumnElement[bool]) -> StoredModel | None:
    mine = (_m.owner_id == uow.owner_id, _m.task == task, *where)
    row = uow.one(select(t.learned_models).where(*mine).order_by(_m.revision.desc()).limit(1))
    return None if row is None else _stored(row)


def _live_revision(uow: UnitOfWork, task: str) -> int:
    mine = (_m.owner_id == uow.owner_id, _m.task == task, _m.state == "live")
    return int(uow.connection.scalar(select(func.max(_m.revision)).where(*mine)) or 0)


def _stored(row: Row[Any]) -> StoredModel:
    return StoredModel(row.task, row.revision, row.state, row.examples, row.through, row.accuracy, row.data)
