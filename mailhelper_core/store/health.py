"""Look at the database, its schema and its key, for `check` and doctors."""

from __future__ import annotations

from sqlalchemy import func, select

from mailhelper_core.errors import ConfigError, MailHelperError
from mailhelper_core.model.work.health import HealthItem
from mailhelper_core.store import setup
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import lease_clock, seconds_ahead
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.unit_of_work import Store

# Hosts that keep time differ by milliseconds; a tick of a host that is half a minute behind counts for no other.
CLOCK_SECONDS = 2.0


def database(store: Store, schema: str | None) -> HealthItem:
    """Say whether the database is there, answers, and has a schema that is current; it is not made by looking."""
    name = store.engine.url.render_as_string(hide_password=True)
    try:
        revision = setup.look(store, schema)
    except MailHelperError as exc:
        return HealthItem("database", ok=False, found=exc.code, advice=str(exc))
    return HealthItem("database", ok=True, found=f"{name} at {revision}")


def clock(store: Store) -> HealthItem | None:
    """Name a clock of this process that differs from the database's; None where they agree, and on SQLite.

    Leases go by the database's; when jobs are due, and which tick is too old to count, is told by those of the hosts.
    """
    if store.engine.dialect.name != "postgresql":
        return None
    with store.read() as connection:
        connection.execute(select(1))  # its transaction is open: what follows is one question
        before = store.now()
        theirs = connection.scalar(select(lease_clock("postgresql"))) or 0
        ahead = seconds_ahead(before, theirs, store.now())
    if abs(ahead) < CLOCK_SECONDS:
        return None
    found = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the database's"
    advice = (
        "Set this host's clock, or the database's, by NTP: jobs come late, and from half a minute on ticks of one host "
        "count for no other."
    )
    return HealthItem("clock", ok=True, found=found, advice=advice)


def key(store: Store, keyring: Keyring, *, at_most: int | None = None) -> HealthItem:
    """Say whether the key opens every stored secret, or `at_most` so many of the oldest."""
    a = t.accounts.c
    sealed = select(a.secret_id, a.sealed_secret).where(a.sealed_secret.is_not(None)).order_by(a.id).limit(at_most)
    try:
        with store.read() as connection:
            rows = connection.execute(sealed).all()
        for row in rows:
            keyring.sealer().open(row.sealed_secret, row.secret_id)
    except ConfigError as exc:
        return HealthItem("key", ok=False, found=exc.code, advice=str(exc))
    except MailHelperError as exc:
        return HealthItem("key", ok=False, found=exc.code, advice="look at the database first")
    return HealthItem("key", ok=True, found=f"opens {len(rows)} secrets")


def accounts(store: Store) -> HealthItem:
    """Count the accounts of all owners; to have none is how everybody begins, and no fault."""
    with store.read() as connection:
        count = connection.scalar(select(func.count()).select_from(t.accounts)) or 0
    advice = "" if count else "Add the first: `helper.for_owner(owner).accounts.add(url, username=..., password=...)`."
    return HealthItem("accounts", ok=True, found=f"{count} in all", advice=advice)
