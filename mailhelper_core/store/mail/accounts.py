"""Accounts and their sealed secrets; the secret leaves only through `secret`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.source.account import (
    DEFAULT_POLL_SECONDS,
    DEFAULT_SIZE_CAP_BYTES,
    MAX_POLL_SECONDS,
    MAX_SIZE_CAP_BYTES,
    MIN_POLL_SECONDS,
    Account,
    AccountPolicy,
    AccountState,
)
from mailhelper_core.model.work.job import account_resource, lanes_of, spread_poll
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import is_over, micros, no_longer
from mailhelper_core.store.mail import blobs
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.kin import children
from mailhelper_core.store.sealed import Sealer
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, moment, to_micros


def add(
    uow: UnitOfWork, url: str, *, name: str, username: str, options: Mapping[str, str],
    policy: AccountPolicy, addresses: frozenset[str],
) -> int:  # fmt: skip
    """Insert an account without a secret and answer its id."""
    statement = insert(t.accounts).values(
        owner_id=uow.owner_id, name=name, url=url, username=username, options=json.dumps(dict(options)),
        secret_id=uuid4().hex, policy=policy_json(policy), addresses=addresses_text(addresses),
        created_at=uow.now,
    )  # fmt: skip
    return int(uow.connection.scalar(statement.returning(t.accounts.c.id)) or 0)


def get(uow: UnitOfWork, owner: str, account_id: int) -> Account:
    """Answer an account; raise NotFoundError when it is unknown or another owner's."""
    return _account(_row(uow, account_id), owner)


def every(uow: UnitOfWork, owner: str) -> list[Account]:
    """Answer all accounts of the owner, oldest first."""
    return [_account(row, owner) for row in uow.execute(_EVERY, {"owner": uow.owner_id})]


def names(uow: UnitOfWork) -> dict[int, str]:
    """Answer the names of the owner's accounts by id."""
    return {row.id: row.name for row in uow.execute(_NAMES, {"owner": uow.owner_id})}


def change(uow: UnitOfWork, account_id: int, **values: object) -> None:
    """Update columns of an account; raise NotFoundError when it is unknown or another owner's."""
    _row(uow, account_id)
    uow.execute(update(t.accounts).where(t.accounts.c.id == account_id).values(**values))


def personal_prefix(uow: UnitOfWork, account_id: int) -> str | None:
    """Answer what the server says that names of mailboxes begin with, None where it did not say."""
    found: str | None = uow.connection.scalar(select(_a.personal_prefix).where(_a.id == account_id))
    return found


def asked_prefix(uow: UnitOfWork, account_id: int) -> tuple[str | None, int | None]:
    """Answer the same, and when the server was last asked for it; None where nobody asked."""
    prefix, asked_at = next(iter(_ASKED.rows(uow.connection, {"account": account_id})), (None, None))
    return prefix, asked_at


def plan_poll(uow: UnitOfWork, account_id: int, policy: AccountPolicy) -> None:
    """Let the next poll come as long after the last success as the policy says."""
    poll = micros(spread_poll(policy.poll_seconds, account_id))
    answered = update(t.accounts).where(_a.id == account_id, _a.last_success_at.is_not(None))
    uow.execute(answered.values(next_poll_at=_a.last_success_at + poll))


def pause(uow: UnitOfWork, account_id: int, *, paused: bool) -> None:
    """Let an account rest, or end its rest; for as long as its server asks to be left alone it is throttled then.

    One that was refused or throttled stays so where it did not rest.
    """
    if paused == (_row(uow, account_id).state == "paused"):
        return
    if paused:
        change(uow, account_id, state="paused", state_code=case((_a.state == _ASKS, _ASKS), else_=_a.state_code))
        return
    asks_still = and_(_a.state_code == _ASKS, ~is_over(_a.not_before, uow.now))
    change(uow, account_id, state=case((asks_still, _ASKS), else_="ok"))


def addresses_text(addresses: frozenset[str]) -> str:
    """Answer own addresses as they are stored."""
    return " ".join(sorted(addresses))


def set_secret(uow: UnitOfWork, account_id: int, secret: str, sealer: Sealer) -> None:
    """Seal and store the secret; the account may try again at once, unless its owner paused it."""
    row = _row(uow, account_id)
    change(uow, account_id, sealed_secret=sealer.seal(secret, row.secret_id), **_USABLE)


def lift(uow: UnitOfWork, account_id: int) -> None:
    """Let an account that could not be used be tried at once, unless its owner paused it."""
    change(uow, account_id, **_USABLE)


def secret(uow: UnitOfWork, account_id: int, sealer: Callable[[], Sealer]) -> str:
    """Answer the secret, empty when none was stored; the sealer is asked for only when one is."""
    return _secret(_row(uow, account_id), sealer)


def options(uow: UnitOfWork, account_id: int) -> dict[str, str]:
    """Answer the connection options that were given with the account."""
    return _options(_row(uow, account_id))


def log_in_with(uow: UnitOfWork, account_id: int, sealer: Callable[[], Sealer]) -> tuple[str, dict[str, str]]:
    """Answer the secret, as `secret` does, and the connection options."""
    row = _row(uow, account_id)
    return _secret(row, sealer), _options(row)


def record_success(
    uow: UnitOfWork, account: Account, *, complete_since: datetime | None, is_first: bool = False
) -> bool:
    """Note that the source answered: the one bookkeeping UPDATE of a run without change.

    complete_since is when a sync began that saw all that is wanted; None leaves what is noted of an earlier one.
    Answers False and notes nothing where the account has never been complete, unless `is_first` says that it is known.
    """
    then = uow.now + micros(spread_poll(account.policy.poll_seconds, account.id))
    complete = None if complete_since is None else to_micros(complete_since)
    mine = {"account": account.id, "owner": uow.owner_id, "is_ready": is_first or complete is None}
    found = uow.execute(_SUCCESS, mine | {"now": uow.now, "then": then, "complete": complete})
    return bool(found.rowcount or not _row(uow, account.id))


def record_reached(uow: UnitOfWork, account_id: int) -> None:
    """Note that the source is there after all; what it refused or asked for stands, and so does a pause.

    The failures are still counted: that it speaks does not say that a sync goes through.
    """
    usable = {"state": "ok", "state_code": "", "not_before": None}
    uow.execute(update(t.accounts).where(_a.id == account_id, _a.state == "unreachable").values(usable))


def record_failure(
    uow: UnitOfWork, account_id: int, state: AccountState, code: str, *, not_before: datetime | None,
    is_counted: bool = True,
) -> None:  # fmt: skip
    """Note why the source cannot be used, and from when on it may be tried again; a paused account only waits.

    Each failure that is counted makes the next wait longer.
    """
    until = no_longer(to_micros(not_before), uow.now) if not_before else None
    while_paused = _ASKS if state == _ASKS else _a.state_code
    change(
        uow, account_id, state=_unless_paused(state), state_code=case((_is_paused, while_paused), else_=code),
        failures=_a.failures + int(is_counted), not_before=until,
    )  # fmt: skip


def owners(connection: Connection) -> list[str]:
    """Answer the keys of all owners who have an account."""
    mine = select(t.accounts.c.owner_id)
    return list(connection.scalars(select(t.owners.c.key).where(t.owners.c.id.in_(mine)).order_by(t.owners.c.id)))


def reseal(connection: Connection, sealer: Sealer) -> int:
    """Seal every secret again with the sealer's first key; answer how many."""
    a = t.accounts.c
    rows = connection.execute(select(a.id, a.secret_id, a.sealed_secret).where(a.sealed_secret.is_not(None))).all()
    for row in rows:
        sealed = sealer.seal(sealer.open(row.sealed_secret, row.secret_id), row.secret_id)
        connection.execute(update(t.accounts).where(a.id == row.id).values(sealed_secret=sealed))
    return len(rows)


def remove(uow: UnitOfWork, account_id: int) -> None:
    """Delete an account with all that belongs to it; children first, nothing cascades."""
    _row(uow, account_id)
    mine = select(t.messages.c.id).where(t.messages.c.account_id == account_id)
    search_index.remove(uow, list(uow.connection.scalars(mine)))
    for column, table in children(t.messages):
        if "account_id" not in table.c:
            uow.execute(delete(table).where(column.in_(mine)))
    for column, table in children(t.accounts):
        if table not in (t.messages, t.mailboxes, t.rules):  # the last of all, and what stays
            uow.execute(delete(table).where(column == account_id))
    for table in (t.observations, t.reply_styles):  # which no foreign key binds to it
        uow.execute(delete(table).where(table.c.account_id == account_id))
    pseudonyms = t.egress_pseudonyms.c
    of_it = or_(pseudonyms.thread_id.in_(mine), pseudonyms.thread_id == 0)  # queries by meaning belong to no thread
    uow.execute(delete(t.egress_pseudonyms).where(pseudonyms.owner_id == uow.owner_id, of_it))
    uow.execute(delete(t.messages).where(t.messages.c.account_id == account_id))
    uow.execute(delete(t.mailboxes).where(t.mailboxes.c.account_id == account_id))
    uow.execute(update(t.rules).where(t.rules.c.account_id == account_id).values(
        account_id=None, enabled=False, disabled_reason="its account was removed"))  # fmt: skip
    used = exists().where(t.messages.c.owner_id == uow.owner_id, t.messages.c.digest == t.blobs.c.digest)
    blobs.erase(uow, and_(t.blobs.c.owner_id == uow.owner_id, ~used))
    # Whoever is still at work there writes nothing more; a number is never given again, so no token is either.
    uow.execute(delete(t.leases).where(t.leases.c.resource.in_(lanes_of(account_resource(account_id)))))
    uow.execute(delete(t.accounts).where(t.accounts.c.id == account_id))


def _unless_paused(state: AccountState) -> ColumnElement[str]:
    """Answer what `state` becomes: who pauses wins, whatever ends or begins to work meanwhile."""
    return case((_is_paused, _a.state), else_=state)


_a = t.accounts.c
# While an account rests this is kept in `state_code`, whatever its source named it.
_ASKS: AccountState = "throttled"
_is_paused = _a.state == "paused"
_USABLE: Mapping[str, Any] = {"state": _unless_paused("ok"), "state_code": "", "failures": 0, "not_before": None}
# Every sync and every page asks these: they are built once.
_EVERY = select(t.accounts).where(_a.owner_id == bindparam("owner")).order_by(_a.id)
_ASKED = Prepared(select(_a.personal_prefix, _a.prefix_asked_at).where(_a.id == bindparam("account")))
_NAMES = select(_a.id, _a.name).where(_a.owner_id == bindparam("owner"))
_ROW = select(t.accounts).where(_a.id == bindparam("account"), _a.owner_id == bindparam("owner"))
_SUCCESS = (
    update(t.accounts)
    .where(_a.id == bindparam("account"), _a.owner_id == bindparam("owner"))
    .where(or_(_a.complete_at.is_not(None), bindparam("is_ready", type_=Boolean)))
    .values(
        last_success_at=bindparam("now"), next_poll_at=bindparam("then"),
        complete_at=func.coalesce(bindparam("complete", type_=_a.complete_at.type), _a.complete_at), **_USABLE,
    )
)  # fmt: skip


def _row(uow: UnitOfWork, account_id: int) -> Row[Any]:
    row: Row[Any] | None = uow.execute(_ROW, {"account": account_id, "owner": uow.owner_id}).first()
    if row is None:
        raise NotFoundError(f"There is no account {account_id} for this owner.")
    return row


def _secret(row: Row[Any], sealer: Callable[[], Sealer]) -> str:
    return "" if row.sealed_secret is None else sealer().open(row.sealed_secret, row.secret_id)


def _options(row: Row[Any]) -> dict[str, str]:
    found: dict[str, str] = json.loads(row.options)
    return found


def _account(row: Row[Any], owner: str) -> Account:
    return Account(
        id=row.id, owner=owner, name=row.name, url=row.url, username=row.username, state=row.state,
        state_code=row.state_code, policy=_policy(row.policy), addresses=frozenset(row.addresses.split()),
        failures=row.failures,
        last_success_at=moment(row.last_success_at), not_before=moment(row.not_before),
    )  # fmt: skip


def policy_json(policy: AccountPolicy) -> str:
    """Answer the `policy` column."""
    values = asdict(policy)
    values["since"] = to_micros(policy.since) if policy.since else None
    return json.dumps(values)


def _policy(text: str) -> AccountPolicy:
    values = json.loads(text)
    since, days = values.get("since"), values.get("window_days")
    # Numbers that no policy may have could be stored before that was checked: they count as the nearest that may be.
    return AccountPolicy(
        include=tuple(values.get("include", ())), exclude=tuple(values.get("exclude", ())),
        since=from_micros(since) if since is not None else None, window_days=None if days is None else max(1, days),
        size_cap_bytes=min(max(0, values.get("size_cap_bytes", DEFAULT_SIZE_CAP_BYTES)), MAX_SIZE_CAP_BYTES),
        poll_seconds=min(max(values.get("poll_seconds", DEFAULT_POLL_SECONDS), MIN_POLL_SECONDS), MAX_POLL_SECONDS),
    )  # fmt: skip
