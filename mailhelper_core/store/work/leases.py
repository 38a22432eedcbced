"""Leases: one holder a resource; a token that rises at every take-over fences off whoever came before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from secrets import token_hex
from socket import gethostname

from sqlalchemy import Connection, select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.clock import MICROS_A_SECOND, lease_now, micros
from mailhelper_core.store.unit_of_work import Lease, Store, renew_lease

_COLUMNS = ("resource", "holder", "token", "expires_at")


def acquire(store: Store, resource: str, *, seconds: float, holder: str = "") -> Lease:
    """Take a lease that is free or has expired; raise BusyError with the seconds that another's still lasts.

    Without a holder one is drawn, so that two threads of a process are two holders.
    """
    row = t.leases.c
    holder = holder or f"{gethostname()}:{getpid()}:{token_hex(4)}"
    with store.begin() as connection:
        now = lease_now(connection, store.now())
        # The row is there from the first time on: it stays when the lease is given back, so tokens keep rising.
        insert_rows(connection, t.leases, _COLUMNS, [(resource, "", 0, 0)], or_ignore=True)
        token = connection.scalar(
            update(t.leases)
            .where(row.resource == resource, row.expires_at <= now)
            .values(holder=holder, token=row.token + 1, expires_at=now + micros(seconds))
            .returning(row.token)
        )
        if token is None:
            raise _busy(connection, resource, store.now())
    return Lease(resource, holder, token, seconds)


def renew(store: Store, lease: Lease) -> None:
    """Let the lease last anew; raise BusyError "lease_lost" when another holds it now."""
    with store.begin() as connection:
        renew_lease(connection, lease, store.now())


def release(store: Store, lease: Lease) -> None:
    """Give the lease back; nothing happens when another holds it now."""
    row = t.leases.c
    with store.begin() as connection:
        connection.execute(
            update(t.leases).where(row.resource == lease.resource, row.token == lease.token).values(expires_at=0)
        )


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
