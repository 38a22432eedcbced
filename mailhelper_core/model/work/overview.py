"""What an administrator sees across owners: how queues and accounts stand; counts and states, never mail."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.source.account import AccountState
from mailhelper_core.model.work.report import AsDict


@dataclass(frozen=True, slots=True)
class QueueState(AsDict):
    """The jobs of one kind."""

    kind: str  # sync, run, process ...
    due: int = 0  # wait for a worker
    later: int = 0  # wait for a time, or for what works on their account
    running: int = 0  # at work
    oldest_seconds: float = 0.0  # how long the one that is due longest has waited
    done: int = 0  # ended well in the last day
    failed: int = 0  # failed in the last day
    quarantined: int = 0  # taken out of circulation in the last day


@dataclass(frozen=True, slots=True)
class AccountHealth(AsDict):
    """How one account stands; neither its name nor its server."""

    owner: str  # the host's own key
    account_id: int  # for `ada.accounts.get`
    state: AccountState  # whether it can be used now
    state_code: str = ""  # why not; `advice_for` says what to do
    failures: int = 0  # how often in a row it could not be reached
    lag_seconds: float | None = None  # since its server last answered; None: it never did
    waiting: int = 0  # operations that its server has not got yet


@dataclass(frozen=True, slots=True)
class ErrorCount(AsDict):
    """How often jobs of the last day ended with a code, or wait because of it."""

    kind: str  # of job
    code: str  # of the error
    jobs: int  # how many
