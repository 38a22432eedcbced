"""One lease and one connection for a call about one account, and the account's state when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from random import random

from mailhelper_core.app.wiring import Wiring
from mailhelper_core.errors import (
    ConfigError,
    ConflictError,
    InvalidError,
    LoginError,
    MailHelperError,
    PluginError,
    ServerError,
    ThrottledError,
)
from mailhelper_core.model.source.account import Account, state_after
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.work.backoff import backoff
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.store.clock import is_wait_over
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore, to_micros
from mailhelper_core.store.work import leases

FIRST_RETRY_SECONDS = 60.0


@contextmanager
def leased(wiring: Wiring, owner: OwnerStore, account: Account) -> Iterator[Lease]:
    """Hold the account's lease; a ServerError on the way is noted on the account. Raises BusyError.

    Raises ConflictError for a paused account, ThrottledError while its server has asked to be left alone.
    """
    require_rest_over(owner, account)
    held = leases.holding(wiring.store, account_resource(account.id), seconds=wiring.settings.lease_seconds)
    with held as lease, failures_noted(owner, account):
        yield lease


@contextmanager
def failures_noted(owner: OwnerStore, account: Account) -> Iterator[None]:
    """Note a ServerError on the account: its state, and from when on its server may be asked again."""
    try:
        yield
    except ServerError as exc:
        _record_failure(owner, account, exc)
        raise


def opened(wiring: Wiring, owner: OwnerStore, account: Account) -> MailSession:
    """Connect to an account's server; what keeps this process from asking it is noted on the account, and raised.

    Such are a plugin that is gone or raises and a setting that no longer holds; a ServerError is its caller's to note.
    """
    try:
        return wiring.sources.open(account)
    except (ConfigError, InvalidError, PluginError) as exc:
        _record_failure(owner, account, exc)
        raise


@contextmanager
def refusals_noted(owner: OwnerStore, account: Account) -> Iterator[None]:
    """Note a refused login, and for how long the server asks to be left alone; for who only listens to it.

    That it is away, polls find out by themselves: counted twice, it would make them rarer than their own rule.
    """
    try:
        yield
    except LoginError as exc:
        _record_refusal(owner, account, exc)
        raise
    except ThrottledError as exc:
        if exc.retry_after is not None:
            _record_refusal(owner, account, exc)
        raise


@contextmanager
def leased_session(wiring: Wiring, owner: OwnerStore, account: Account) -> Iterator[tuple[MailSession, Lease]]:
    """Hold the account's lease and an open session. Raises BusyError, and what connecting raises."""
    with leased(wiring, owner, account) as lease, closing(opened(wiring, owner, account)) as session:
        yield session, lease


def require_rest_over(owner: OwnerStore, account: Account) -> None:
    """Raise ConflictError for a paused account, ThrottledError while its server has asked to be left alone."""
    if account.state == "paused":
        raise ConflictError("This account is paused; `accounts.update(id, paused=False)` ends that.", code="paused")
    now = owner.store.clock()
    if account.state != "throttled" or account.not_before is None:
        return
    if not is_wait_over(to_micros(account.not_before), to_micros(now)):
        raise ThrottledError(retry_after=(account.not_before - now).total_seconds())


def _record_refusal(owner: OwnerStore, account: Account, error: LoginError | ThrottledError) -> None:
    wait = error.retry_after
    until = owner.store.clock() + timedelta(seconds=wait) if wait is not None else None
    with owner.begin() as uow:
        accounts.record_failure(uow, account.id, state_after(error), error.code, not_before=until, is_counted=False)


def _record_failure(owner: OwnerStore, account: Account, error: MailHelperError) -> None:
    wait = error.retry_after if isinstance(error, ServerError) else None
    # What only its owner can mend is asked for again too, hourly in the end; a refused login is not.
    if wait is None and not isinstance(error, LoginError):
        wait = backoff(account.failures + 1, FIRST_RETRY_SECONDS, random())  # noqa: S311
    with owner.begin() as uow:
        until = owner.store.clock() + timedelta(seconds=wait) if wait is not None else None
        accounts.record_failure(uow, account.id, state_after(error), error.code, not_before=until)
