"""Store, OwnerStore and UnitOfWork: one transaction, born with its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from mailhelper_core.errors import BusyError, ConfigError, ConflictError
from mailhelper_core.model.work.news import News, Tell
from mailhelper_core.store import tables as t
from mailhelper_core.store.contents.outside import Contents
from mailhelper_core.store.engine import (
    WRITE_OPTION,
    check_host_engine,
    close_engine,
    make_engine,
    require_schema,
    wait_at_most,
)
from mailhelper_core.store.faults import joined_error, translated
from mailhelper_core.store.forked import OwnLock, connected, safe_at_fork
from mailhelper_core.store.garbage import without_full_collections
from mailhelper_core.store.held import Held
from mailhelper_core.store.lease import Lease, take_write_lock
from mailhelper_core.store.owner_key import KnownOwners, check_owner, made_owner
from mailhelper_core.store.sealed import Sealer

Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Answer microseconds since 1970 in UTC."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Answer the aware UTC moment."""
    return EPOCH + timedelta(microseconds=micros)


def moment(micros: int | None) -> datetime | None:
    """Answer the aware UTC moment, None for None."""
    return None if micros is None else from_micros(micros)


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction of one owner; owner_id is 0 when a read met an owner that was never written.

    What is put into `news` is told to observers after the commit, and contents outside the database whose keys are
    put into `gone` are forgotten.
    """

    connection: Connection
    owner: str
    owner_id: int
    actor: str
    now: int
    news: list[News] = field(default_factory=list)
    contents: Contents | None = None
    gone: list[str] = field(default_factory=list)

    @property
    def dialect(self) -> str:
        """The database: "sqlite" or "postgresql"."""
        return self.connection.dialect.name

    def execute(self, statement: Any, parameters: Any = None) -> Any:  # SQLAlchemy's own overloads end in Any
        """Execute a statement; a list of parameters executes it for each."""
        return self.connection.execute(statement, parameters)

    def one(self, statement: Any) -> Row[Any] | None:
        """Answer the first row, None when there is none."""
        row: Row[Any] | None = self.connection.execute(statement).first()
        return row

    def lock_owner(self, *, against_rows: bool = False) -> None:
        """Let other writers of this owner who ask too wait until the commit; SQLite has one writer anyway.

        Those who only insert rows of this owner hold its key and go on (FOR NO KEY UPDATE), but for `against_rows`: who
        changes the key of what such rows refer to (a tag's name) asks so first of all: they number events last.
        """
        mine = select(t.owners.c.id).where(t.owners.c.id == self.owner_id)
        self.connection.execute(mine.with_for_update(key_share=not against_rows))


@dataclass(slots=True, weakref_slot=True, eq=False)
class Store:
    """One database. Thread-safe; opens nothing before its first transaction."""

    engine: Engine
    clock: Clock
    is_own: bool = True
    prepare: Callable[[Connection | None], None] | None = None  # run once, before the first transaction
    observe: Tell | None = None  # hears of what was committed
    sealer: Callable[[], Sealer] | None = None  # for secrets that plugins are set
    contents: Contents | None = None  # where raw messages lie, None: in the database
    _prepared: bool = False
    _preparing: OwnLock = field(default_factory=OwnLock)
    _owner_ids: KnownOwners = field(default_factory=KnownOwners)
    held: Held[UnitOfWork] = field(default_factory=Held)  # what reads of a thread share

    @classmethod
    def open(
        cls, database: str | Engine, *, clock: Clock | None = None, schema: str | None = None, pool_size: int = 5
    ) -> Store:
        """Use a database by URL, or through the host's own engine."""
        is_own = isinstance(database, str)
        own = make_engine(database, pool_size=pool_size) if isinstance(database, str) else None
        engine = check_host_engine(database) if own is None else own
        if schema:
            engine = engine.execution_options(schema_translate_map={None: schema})
        store = cls(engine, clock or partial(datetime.now, UTC), is_own)
        if is_own:
            safe_at_fork(store.engine)
        return store

    def for_owner(self, owner: str, *, actor: str = "", connection: Connection | None = None) -> OwnerStore:
        """Answer the store as one owner sees it.

        Raises TypeError for a key that is no str, ConfigError for a host's connection that does not know our schema.
        """
        if connection is not None:
            require_schema(self.engine, connection)
        return OwnerStore(self, check_owner(owner), actor or owner, connection)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a write transaction across owners, for maintenance only."""
        with translated(), self.writer() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read transaction across owners, for maintenance only."""
        with translated(), self.reader() as connection, connection.begin():
            yield connection

    def reader(self) -> Connection:
        """Open a connection for reading."""
        self.ensure_prepared()
        return connected(self.engine)

    def writer(self) -> Connection:
        """Open a connection whose transaction takes SQLite's write lock at its beginning."""
        self.ensure_prepared()
        return connected(self.engine).execution_options(**{WRITE_OPTION: True})

    def ensure_prepared(self, joined: Connection | None = None) -> None:
        """Run `prepare` once; a failure is raised again by the next call.

        Inside a host's transaction it looks through that connection: another one would wait for its own lock.
        """
        if self._prepared or self.prepare is None:
            return
        with self._preparing:
            if not self._prepared:
                with translated():
                    self.prepare(joined)
                self._prepared = True

    def tell(self, news: Sequence[News]) -> None:
        """Tell observers, outside any transaction."""
        if news and self.observe is not None:
            self.observe(news)

    def now(self) -> int:
        """Answer the clock in microseconds."""
        return to_micros(self.clock())

    def close(self) -> None:
        """Close pooled connections of our own engine, not of a host's; what a thread has out, when it comes back."""
        if self.is_own:
            close_engine(self.engine)

    def known_owner(self, owner: str, connection: Connection) -> int:
        """Answer the owner's id, 0 when there is none yet."""
        known = self._owner_ids.get(owner)
        return known or connection.scalar(select(t.owners.c.id).where(t.owners.c.key == owner)) or 0

    def remember_owner(self, owner: str, owner_id: int) -> None:
        """Cache an id that is committed, for a while."""
        self._owner_ids.put(owner, owner_id)

    def forget_owner(self, owner: str) -> None:
        """Look an owner up anew next time."""
        self._owner_ids.forget(owner)


@dataclass(frozen=True, slots=True)
class OwnerStore:
    """The store as one owner sees it; `connection` is the host's, whose transaction we join."""

    store: Store
    owner: str
    actor: str
    connection: Connection | None = None

    @contextmanager
    def begin(
        self, lease: Lease | None = None, *, wait_seconds: float | None = None, makes_owner: bool = True
    ) -> Iterator[UnitOfWork]:
        """Open a write transaction: commit on a clean exit, else roll back.

        Without `makes_owner` an owner who is not there (NotFoundError "owner_erased") does not begin to be.
        With `wait_seconds` it waits no longer for rows of others (BusyError "row_locked"); without a host's connection.
        With a lease the first statement checks and renews it (BusyError "lease_lost" when another holds it now). Joined
        to the host's connection it is a savepoint that never commits, and tells no observer of the host's commit.
        """
        if self.connection is not None:
            self.store.ensure_prepared(self.connection)
            with self._joined(self.connection) as unit:
                yield unit
            return
        try:
            with translated(), ExitStack() as held, self.store.writer() as connection:
                with connection.begin():
                    if wait_seconds is not None:
                        wait_at_most(connection, wait_seconds)
                    unit = self.unit(connection)
                    take_write_lock(unit.connection, lease, unit.now)
                    held.enter_context(without_full_collections(connection))
                    unit = self._with_owner(unit, makes_owner=makes_owner)
                    yield unit
                self.store.remember_owner(self.owner, unit.owner_id)
        except ConflictError:
            self.store.forget_owner(self.owner)  # another process may have erased the owner
            raise
        if self.store.contents is not None:
            self.store.contents.forget(unit.gone)
        self.store.tell(unit.news)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a read transaction: one snapshot on SQLite; on PostgreSQL each statement sees what is committed."""
        if self.connection is not None:
            with translated():
                yield self.unit(self.connection)
            return
        if (held := self._held()) is not None:
            with translated():
                yield held
            return
        with translated(), self.store.reader() as connection, connection.begin():
            unit = self.unit(connection)
            if unit.owner_id:
                self.store.remember_owner(self.owner, unit.owner_id)
            yield unit

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let what this thread reads of the owner within share one transaction."""
        if self.is_joined:
            yield
            return
        with self.read() as unit, self.store.held.hold(unit):
            yield

    @property
    def is_joined(self) -> bool:
        """Say whether calls are within a transaction that somebody else opened: neither long ones nor the network."""
        return self.connection is not None or self._held() is not None

    def _held(self) -> UnitOfWork | None:
        unit = self.store.held.get()
        return unit if unit is not None and unit.owner == self.owner else None

    def require_own_transaction(self, call: str) -> None:
        """Raise ConfigError within a transaction of the host or of `reading`, in which long calls must not run."""
        if self.is_joined:
            raise ConfigError(f"{call} works over many transactions; call it without `connection=` or `reading()`.")

    @contextmanager
    def _joined(self, connection: Connection) -> Iterator[UnitOfWork]:
        try:
            with translated(), connection.begin_nested():
                unit = self.unit(connection)
                take_write_lock(unit.connection, None, unit.now)
                yield self._with_owner(unit)
        except BusyError as exc:
            raise joined_error(exc, connection.dialect.name) from exc.__cause__

    def unit(self, connection: Connection) -> UnitOfWork:
        """Answer the unit of work of a transaction that was opened elsewhere, such as a snapshot."""
        known = self.store.known_owner(self.owner, connection)
        return UnitOfWork(connection, self.owner, known, self.actor, self.store.now(), contents=self.store.contents)

    def _with_owner(self, unit: UnitOfWork, *, makes_owner: bool = True) -> UnitOfWork:
        if unit.owner_id:
            return unit
        return replace(unit, owner_id=made_owner(unit.connection, self.owner, unit.now, makes=makes_owner))
