"""Leases: one holder a resource; a token that rises at every take-over fences off whoever came before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from os import getpid
from secrets import token_hex
from socket import gethostname

from sqlalchemy import ColumnElement, Connection, Executable, and_, bindparam, select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.clock import MICROS_A_SECOND, lease_clock, lease_now, micros
from mailhelper_core.store.engine import SUBMIT_WAIT_SECONDS, wait_at_most
from mailhelper_core.store.lease import Lease, renew_lease
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import Store

# No lease lasts longer; one that seems to was taken before the clock was set back.
LONGEST_SECONDS = 600.0
_COLUMNS = ("resource", "holder", "token", "expires_at")
_OWN = (t.leases.c.resource == bindparam("lease"), t.leases.c.token == bindparam("held"))
_RELEASE = update(t.leases).where(*_OWN).values(expires_at=0)


def acquire(store: Store, resource: str, *, seconds: float, holder: str = "") -> Lease:
    """Take a lease that is free or has expired; raise BusyError with the seconds that another's still lasts.

    Without a holder one is drawn, so that two threads of a process are two holders.
    """
    holder = holder or new_holder()
    with store.begin() as connection:
        wait_at_most(connection, SUBMIT_WAIT_SECONDS)
        token = take(connection, resource, holder=holder, seconds=seconds, now=store.now(), waits=True)
        if token is None:
            raise _busy(connection, resource, store.now())
    return Lease(resource, holder, token, seconds)


def take(
    connection: Connection, resource: str, *, holder: str, seconds: float, now: int, waits: bool = False
) -> int | None:
    """Take a lease within a transaction and answer its token; None while another holds it.

    Its row may be in a transaction that itself waits for a host's: who has other work passes it over, and waits not.
    """
    dialect = connection.dialect.name
    given: dict[str, str | int] = {"lease": resource, "new": holder, "micros": micros(seconds)}
    if dialect == "sqlite":
        given["now"] = now
    taking = _taking(dialect, waits=waits)
    token: int | None = connection.scalar(taking, given)
    # The row is there from the first time on: it stays when the lease is given back, so tokens keep rising.
    if token is None and insert_rows(connection, t.leases, _COLUMNS, [(resource, "", 0, 0)], or_ignore=True):
        token = connection.scalar(taking, given)
    return token


def is_held(connection: Connection, now: int) -> ColumnElement[bool]:
    """Say of a row of leases whether somebody holds it; an end that no lease has was written by a clock gone wrong."""
    return _is_held(lease_now(connection, now))


def _is_held(now: ColumnElement[int]) -> ColumnElement[bool]:
    left = t.leases.c.expires_at - now
    return and_(left > 0, left <= micros(LONGEST_SECONDS))


@cache
def _taking(dialect: str, *, waits: bool) -> Executable:
    row, now = t.leases.c, lease_clock(dialect)
    is_free = and_(row.resource == bindparam("lease"), ~_is_held(now))
    unlocked = select(row.resource).where(is_free).with_for_update(skip_locked=True).scalar_subquery()
    free = update(t.leases).where(is_free if waits else row.resource == unlocked)
    until = now + bindparam("micros", type_=BigInt)
    return free.values(holder=bindparam("new"), token=row.token + 1, expires_at=until).returning(row.token)


def new_holder() -> str:
    """Draw a name for one who holds leases."""
    return f"{gethostname()}:{getpid()}:{token_hex(4)}"


def renew(store: Store, lease: Lease) -> None:
    """Let the lease last anew; raise BusyError "lease_lost" when another holds it now."""
    with store.begin() as connection:
        renew_lease(connection, lease, store.now())


def release(store: Store, lease: Lease) -> None:
    """Give the lease back; nothing happens when another holds it now."""
    with store.begin() as connection:
        release_in(connection, lease)


def release_in(connection: Connection, lease: Lease) -> None:
    """Give the lease back within a transaction."""
    connection.execute(_RELEASE, {"lease": lease.resource, "held": lease.token})


@contextmanager
def holding(store: Store, resource: str, *, seconds: float) -> Iterator[Lease]:
    """Hold a lease for a while; raises BusyError."""
    lease = acquire(store, resource, seconds=seconds)
    try:
        yield lease
    finally:
        release(store, lease)


def _busy(connection: Connection, resource: str, now: int) -> BusyError:
    left = select(t.leases.c.expires_at - lease_now(connection, now)).where(t.leases.c.resource == resource)
    error = BusyError()
    error.retry_after = max(0.0, int(connection.scalar(left) or 0) / MICROS_A_SECOND)
    return error
