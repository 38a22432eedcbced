"""The right to write for one resource, renewed in the transaction that writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Update, bindparam, update

from mailhelper_core.errors import BusyError
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import lease_clock, micros
from mailhelper_core.store.schema.types import BigInt


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one resource until it expires; the token fences off earlier holders."""

    resource: str
    holder: str
    token: int
    seconds: float


def renew_lease(connection: Connection, lease: Lease, now: int) -> None:
    """Check and renew a lease in one statement; raise BusyError "lease_lost" when another holds it now."""
    given: dict[str, str | int] = {"lease": lease.resource, "held": lease.token, "micros": micros(lease.seconds)}
    if connection.dialect.name == "sqlite":
        given["now"] = now
    if connection.execute(_renewal(connection.dialect.name), given).rowcount != 1:
        raise BusyError("Another process has taken over this account.", code="lease_lost")


def take_write_lock(connection: Connection, lease: Lease | None, now: int) -> None:
    """Begin to write; with a lease, check and renew it. Raises BusyError "lease_lost"."""
    # Without one the UPDATE changes nothing; on a host's SQLite engine it turns BEGIN into a write lock.
    if lease is not None:
        renew_lease(connection, lease, now)
    elif connection.dialect.name == "sqlite":
        connection.execute(_LOCK)


_LOCK = update(t.leases).where(t.leases.c.resource == "").values(token=t.leases.c.token)


@cache
def _renewal(dialect: str) -> Update:
    row = t.leases.c
    mine = update(t.leases).where(row.resource == bindparam("lease"), row.token == bindparam("held"))
    return mine.values(expires_at=lease_clock(dialect) + bindparam("micros", type_=BigInt))
