"""Sessions kept on the server: the cookie holds a random name, the database the rest, Redis a copy for a minute.

The database is the truth, and a request that may change something asks it alone. Redis saves a read where several
processes serve: a session that was ended is gone there at once, also for who read it just before. Where Redis could not
be told, its copy shows pages for CACHE_SECONDS at most, changes nothing, and is never kept again; and where all of a
user's sessions end, not even that, for the user then goes by another name (`revocation`).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import cast as typed

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import (
    Connection,
    Engine,
    Float,
    Integer,
    String,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from mailhelper_web.database import Base
from mailhelper_web.safety.session_cache import SessionCache
from mailhelper_web.users import READER_COLUMNS, Reader, User

# The least time between two notes that a session is in use: reading mail need not write.
TOUCH_SECONDS = 300
# What only looks; a copy is good enough for it.
READS = frozenset(("GET", "HEAD", "OPTIONS"))
_SERIALIZER = TaggedJSONSerializer()


class StoredSession(Base):
    """One row a browser; the name is kept as its digest, so that a stolen database opens no session."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(64), index=True)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Float)
    used_at: Mapped[float] = mapped_column(Float, index=True)


# Every request asks this: it is built once. Nearly every one asks for the user next, who comes along.
_s = StoredSession.__table__.c
_LOAD = (
    select(_s.data, _s.created_at, _s.used_at, *READER_COLUMNS)
    .outerjoin_from(StoredSession.__table__, User.__table__, User.__table__.c.id == cast(_s.user_id, Integer))
    .where(_s.digest == bindparam("name"))
)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives, in seconds: unused, and at all."""

    idle: int
    absolute: int


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The session of one browser: what the row holds, and the name it is found by."""

    def __init__(self, name: str, data: dict[str, Any], *, created_at: float, used_at: float, is_new: bool) -> None:
        super().__init__(data, on_update=_mark)
        self.name = name
        self.created_at = created_at
        self.used_at = used_at
        self.new = is_new
        self.modified = False
        self.renewed_from = ""
        self.reader: Reader | None = None  # whose it is, where the database was asked

    def renew(self) -> None:
        """Go on under another name: one planted before log-in, or kept after log-out, is worth nothing (ASVS 7.2.4)."""
        self.renewed_from = self.renewed_from or self.name
        self.name = _new_name()
        self.created_at = self.used_at
        self.modified = True


def _mark(session: CallbackDict[str, Any]) -> None:
    session.modified = True  # type: ignore[attr-defined]


class ServerSessions(SessionInterface):
    """Flask's way to sessions, through the database and the cache."""

    def __init__(
        self,
        engine: Engine,
        cache: SessionCache,
        limits: SessionLimits,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._limits = limits
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Answer the browser's session, or a new one when it has none that is still good."""
        now = self._clock()
        name = request.cookies.get(self.get_cookie_name(app), "")
        row, reader = self._load(_digest(name), by_copy=request.method in READS) if name else (None, None)
        if row is None or not self._is_good(row, now):
            return ServerSession(_new_name(), {}, created_at=now, used_at=now, is_new=True)
        data = _SERIALIZER.loads(row["data"])
        session = ServerSession(name, data, created_at=row["created_at"], used_at=row["used_at"], is_new=False)
        session.reader = reader
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; a session without content leaves neither row nor cookie."""
        session = typed("ServerSession", session)
        if not session:
            if session.renewed_from:
                self._drop(_digest(session.renewed_from))
            self._end(app, session, response)
            return
        now = self._clock()
        if not (session.modified or session.new or now - session.used_at > TOUCH_SECONDS):
            return
        if not self._save(session, now):
            return  # it has ended meanwhile; the browser may have another by now
        response.set_cookie(
            self.get_cookie_name(app),
            session.name,
            max_age=self._limits.absolute,
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite="Lax",
            path="/",
        )
        response.vary.add("Cookie")

    def end_all(self, user_id: str) -> int:
        """End every session of a user and answer how many there were."""
        with self._engine.begin() as connection:
            mine = StoredSession.user_id == user_id
            digests = list(connection.scalars(select(StoredSession.digest).where(mine)))
            connection.execute(delete(StoredSession).where(mine))
        for digest in digests:
            self._cache.drop(digest)
        return len(digests)

    def _sweep(self, connection: Connection, now: float) -> None:
        """Forget the sessions that nobody can use any more: at a log-in, so that no clock has to run."""
        over = (StoredSession.used_at < now - self._limits.idle) | (
            StoredSession.created_at < now - self._limits.absolute
        )
        connection.execute(delete(StoredSession).where(over))

    def _is_good(self, row: dict[str, Any], now: float) -> bool:
        is_used: bool = now - row["used_at"] <= self._limits.idle
        is_young: bool = now - row["created_at"] <= self._limits.absolute
        return is_used and is_young

    def _load(self, digest: str, *, by_copy: bool) -> tuple[dict[str, Any] | None, Reader | None]:
        cached = self._cache.get(digest) if by_copy else None
        if cached is not None:
            return cached, None
        with self._engine.connect() as connection:
            found = connection.execute(_LOAD, {"name": digest}).one_or_none()
        if found is None:
            return None, None
        data, created_at, used_at, user_id, *user = found
        row = {"data": data, "created_at": created_at, "used_at": used_at}
        self._cache.put(digest, row)
        return row, None if user_id is None else Reader(user_id, *user)

    def _save(self, session: ServerSession, now: float) -> bool:
        """Write a session, and say whether it is there; one that has ended meanwhile is not made anew.

        What goes by another name now is one transaction: SQLite lets nobody else write while it puts one on the disk.
        """
        digest, before = _digest(session.name), _digest(session.renewed_from)
        row = {"data": _SERIALIZER.dumps(dict(session)), "created_at": session.created_at, "used_at": now}
        owned = row | {"user_id": session.get("owner")}
        with self._engine.begin() as connection:
            if session.renewed_from:
                connection.execute(delete(StoredSession).where(StoredSession.digest == before))
                self._sweep(connection, now)
            changed = connection.execute(update(StoredSession).where(StoredSession.digest == digest).values(owned))
            is_there = changed.rowcount > 0
            if not is_there and (session.new or session.renewed_from):
                connection.execute(insert(StoredSession).values(digest=digest, **owned))
                is_there = True
        if session.renewed_from:
            self._cache.drop(before)
        if is_there:
            self._cache.put(digest, row)
        else:
            self._cache.drop(digest)
        return is_there

    def _end(self, app: Flask, session: ServerSession, response: Response) -> None:
        if session.modified and not session.new:
            self._drop(_digest(session.name))
            response.delete_cookie(self.get_cookie_name(app), path="/")

    def _drop(self, digest: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(StoredSession).where(StoredSession.digest == digest))
        self._cache.drop(digest)


def _new_name() -> str:
    return secrets.token_urlsafe(32)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
