"""Vectors: the profiles of an owner, and what each has made of which message; a query never mixes profiles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.egress import consents
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.unit_of_work import UnitOfWork

_p, _e, _m = t.embedding_profiles.c, t.embeddings.c, t.messages.c
# A message's page asks it: built once.
_PROFILES = Prepared(
    select(_p.id, _p.name, _p.version, _p.dimension, _p.state, _p.revision)
    .where(_p.owner_id == bindparam("owner"))
    .order_by(_p.id)
)
_COLUMNS = ("profile_id", "message_id", "account_id", "vector")
ProfileState = Literal["building", "live"]
# The revision of a profile until all messages wait for its vectors. Far below what changes of them add up to: workers
# make vectors meanwhile.
_BEGUN = -(2**40)
# Profiles of providers: their name cannot be an embedder's.
PROVIDER_PREFIX = "provider:"


@dataclass(frozen=True, slots=True)
class Profile:
    """How vectors were made: by which embedder, of which version, of which length, from which fitted state."""

    id: int
    name: str
    version: str
    dimension: int  # 0 until the first answer of a provider
    state: ProfileState
    revision: int  # rises with every change of its vectors
    fitted: bytes = field(default=b"", repr=False)  # only where it was asked for

    @property
    def is_begun(self) -> bool:
        """Say whether not all messages wait for its vectors yet: that none waits does not say that all are there."""
        return self.revision < 0

    @property
    def provider(self) -> str:
        """Answer the provider that makes the vectors, empty where an embedder of this machine does."""
        return self.name.removeprefix(PROVIDER_PREFIX) if self.name.startswith(PROVIDER_PREFIX) else ""


def profiles(uow: UnitOfWork) -> dict[str, Profile]:
    """Answer the owner's profiles by state, without what their embedders have fitted."""
    found = [Profile(*row) for row in _PROFILES.rows(uow.connection, {"owner": uow.owner_id})]
    return {one.state: one for one in found}


def with_fitted(uow: UnitOfWork, profile: Profile) -> Profile:
    """Answer a profile with what its embedder has fitted."""
    found = uow.connection.scalar(select(_p.fitted).where(_p.id == profile.id))
    return replace(profile, fitted=bytes(found or b""))


def has_any(uow: UnitOfWork) -> bool:
    """Say whether the owner has vectors, or is about to."""
    return uow.one(select(_p.id).where(_p.owner_id == uow.owner_id).limit(1)) is not None


def create(uow: UnitOfWork, name: str, version: str, dimension: int, fitted: bytes) -> int:
    """Begin to build a profile and answer its id, for `all_wait`; one that is being built already is dropped for it."""
    uow.lock_owner()  # of two that begin at once both would be built, and the emptier one would take over last
    building = profiles(uow).get("building")
    if building is not None:
        drop(uow, building.id)
    values = {"name": name, "version": version, "dimension": dimension, "fitted": fitted, "state": "building"}
    made = insert(t.embedding_profiles).values(owner_id=uow.owner_id, created_at=uow.now, revision=_BEGUN, **values)
    return int(uow.connection.scalar(made.returning(_p.id)) or 0)


def all_wait(uow: UnitOfWork, profile_id: int) -> None:
    """Note that all messages wait for a profile's vectors: it may take over when none waits any more."""
    begun = and_(_p.id == profile_id, _p.revision < 0)
    uow.execute(update(t.embedding_profiles).where(begun).values(revision=_p.revision - _BEGUN))


def newest(uow: UnitOfWork) -> Profile | None:
    """Answer the profile that is being built, else the one that answers."""
    found = profiles(uow)
    return found.get("building") or found.get("live")


def barred(uow: UnitOfWork, profile: Profile) -> frozenset[int]:
    """Answer the accounts whose mail may not leave to who makes a profile's vectors."""
    return consents.without(uow, "embed", profile.provider) if profile.provider else frozenset()


def drop(uow: UnitOfWork, profile_id: int) -> None:
    """Delete a profile with its vectors."""
    uow.execute(delete(t.embeddings).where(_e.profile_id == profile_id))
    uow.execute(delete(t.embedding_profiles).where(_p.id == profile_id, _p.owner_id == uow.owner_id))


def set_dimension(uow: UnitOfWork, profile_id: int, dimension: int) -> None:
    """Note the length that a provider's vectors have."""
    uow.execute(update(t.embedding_profiles).where(_p.id == profile_id).values(dimension=dimension))


def switch(uow: UnitOfWork, building: Profile, live: Profile | None) -> None:
    """Let a profile that is built answer from now on; the one before goes."""
    if live is not None:
        drop(uow, live.id)
    uow.execute(update(t.embedding_profiles).where(_p.id == building.id).values(state="live"))


def put(uow: UnitOfWork, profile_id: int, account_id: int, rows: Sequence[tuple[int, bytes]]) -> None:
    """Write vectors (message, vector); earlier ones of the same messages are replaced."""
    mine = and_(_e.profile_id == profile_id, _e.message_id.in_([message_id for message_id, _ in rows]))
    uow.execute(delete(t.embeddings).where(mine))
    insert_rows(
        uow.connection, t.embeddings, _COLUMNS,
        [(profile_id, message_id, account_id, vector) for message_id, vector in rows],
    )  # fmt: skip
    uow.execute(update(t.embedding_profiles).where(_p.id == profile_id).values(revision=_p.revision + 1))


def forget(uow: UnitOfWork, message_ids: Sequence[int]) -> None:
    """Delete the vectors of messages whose text has changed."""
    for chunk in chunks(message_ids):
        uow.execute(delete(t.embeddings).where(_e.message_id.in_(chunk)))


def missing(uow: UnitOfWork, profile_id: int, message_ids: Sequence[int]) -> list[int]:
    """Answer the messages that have no vector of a profile."""
    there: set[int] = set()
    for chunk in chunks(message_ids):
        there.update(
            uow.connection.scalars(select(_e.message_id).where(_e.profile_id == profile_id, _e.message_id.in_(chunk)))
        )
    return [id_ for id_ in message_ids if id_ not in there]


def every(uow: UnitOfWork, profile_id: int) -> tuple[list[int], list[bytes]]:
    """Answer all vectors of a profile with their messages."""
    rows = uow.execute(select(_e.message_id, _e.vector).where(_e.profile_id == profile_id)).all()
    return [row[0] for row in rows], [row[1] for row in rows]


def one(uow: UnitOfWork, profile_id: int, message_id: int) -> bytes | None:
    """Answer one message's vector."""
    found = uow.connection.scalar(select(_e.vector).where(_e.profile_id == profile_id, _e.message_id == message_id))
    return None if found is None else bytes(found)


def count(uow: UnitOfWork, profile_id: int) -> int:
    """Answer how many vectors a profile has."""
    return int(uow.connection.scalar(select(func.count()).where(_e.profile_id == profile_id)) or 0)


def has_some(uow: UnitOfWork, profile_id: int) -> bool:
    """Say whether a profile has any vector, which is known without counting them."""
    return uow.one(select(_e.message_id).where(_e.profile_id == profile_id).limit(1)) is not None


def has_of(uow: UnitOfWork, profile_id: int, account_ids: Collection[int]) -> bool:
    """Say whether a profile has a vector of a message of one of these accounts."""
    mine = (_e.profile_id == profile_id, _e.account_id.in_(account_ids))
    return bool(account_ids) and uow.one(select(_e.message_id).where(*mine).limit(1)) is not None


def has_more_than(uow: UnitOfWork, profile_id: int, rows: int) -> bool:
    """Say whether a profile has more vectors than so many, without counting the rest."""
    return uow.one(select(_e.message_id).where(_e.profile_id == profile_id).offset(rows).limit(1)) is not None


def message_ids(uow: UnitOfWork, account_id: int, *, after: int, limit: int) -> list[int]:
    """Answer an account's messages behind an id, oldest first."""
    mine = (_m.account_id == account_id, _m.owner_id == uow.owner_id, _m.id > after, _m.orphaned_at.is_(None))
    return list(uow.connection.scalars(select(_m.id).where(*mine).order_by(_m.id).limit(limit)))


def forgotten(uow: UnitOfWork, profile_id: int, account_id: int, *, after: int, limit: int) -> list[int]:
    """Answer an account's messages behind an id that have no vector of a profile and do not wait for one."""
    w = t.pending.c
    there = exists().where(_e.profile_id == profile_id, _e.message_id == _m.id)
    waits = exists().where(w.stage == "embed", w.account_id == account_id, w.message_id == _m.id)
    mine = (_m.account_id == account_id, _m.owner_id == uow.owner_id, _m.id > after, _m.orphaned_at.is_(None))
    return list(uow.connection.scalars(select(_m.id).where(*mine, ~there, ~waits).order_by(_m.id).limit(limit)))


def newest_ids(uow: UnitOfWork, limit: int) -> list[int]:
    """Answer the owner's newest visible messages."""
    mine = (_m.owner_id == uow.owner_id, _m.orphaned_at.is_(None))
    return list(
        uow.connection.scalars(select(_m.id).where(*mine).order_by(_m.sort_at.desc(), _m.id.desc()).limit(limit))
    )


def is_waiting(uow: UnitOfWork, *, but: Collection[int] = ()) -> bool:
    """Say whether any message of the owner waits for its vector; those of the accounts in `but` aside."""
    w, a = t.pending.c, t.accounts.c
    mine = exists().where(w.stage == "embed", w.account_id == a.id)
    return uow.one(select(a.id).where(a.owner_id == uow.owner_id, a.id.not_in(but), mine).limit(1)) is not None
