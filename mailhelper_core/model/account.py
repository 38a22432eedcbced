"""Accounts: one login at one source, its policy and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from mailhelper_core.errors import LoginError, MailHelperError, ThrottledError

AccountState = Literal["ok", "needs_auth", "throttled", "unreachable", "paused"]
Security = Literal["tls", "starttls", "none"]

# Larger mail keeps its header and a visible note, so that memory stays bounded (Gmail refuses above 25 MB).
DEFAULT_SIZE_CAP_BYTES = 30_000_000
# What desktop clients poll at by default; IDLE makes it a safety net.
DEFAULT_POLL_SECONDS = 300
# What to do about a source that cannot be used, by the error's code.
_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "login": "Check user name and password; many providers want an app password for IMAP.",
        "throttled": "The server asks to wait; try again later.",
        "unreachable": "Check host name and port, and whether the network allows this connection.",
        "unknown_host": "Check the spelling of the host name.",
        "tls": "Check the port, and that the certificate is for this host and from an issuer that this machine trusts.",
        "timeout": "Check host and port, then try again.",
        "refused": "Check the port: 993 for imaps, 143 for imap.",
        "path": "Check the path and its permissions.",
    }
)


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """What of an account is synced: mailboxes by exact name or `*` pattern, age and size."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since: datetime | None = None
    size_cap_bytes: int = DEFAULT_SIZE_CAP_BYTES
    poll_seconds: int = DEFAULT_POLL_SECONDS


@dataclass(frozen=True, slots=True)
class Account:
    """One login at one source, without its secret."""

    id: int
    owner: str
    name: str
    url: str
    username: str
    state: AccountState = "ok"
    state_code: str = ""
    policy: AccountPolicy = AccountPolicy()
    addresses: frozenset[str] = frozenset()
    failures: int = 0
    last_success_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how a source connects; the secret never shows in repr."""

    scheme: str
    host: str
    port: int
    path: str
    username: str
    security: Security = "tls"
    secret: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What a look at the server found: latency in milliseconds, capabilities, roles; or what is wrong.

    `state` is what the account's would be; `message` says what happened, `advice` what to do about it.
    """

    ok: bool
    latency_ms: float
    capabilities: tuple[str, ...] = ()
    mailboxes: int = 0
    roles: tuple[tuple[str, str], ...] = ()
    code: str = ""
    state: AccountState = "ok"
    message: str = ""
    advice: str = ""


def state_after(error: MailHelperError) -> AccountState:
    """Answer the state of an account whose server could not be used because of this error."""
    if isinstance(error, LoginError):
        return "needs_auth"
    return "throttled" if isinstance(error, ThrottledError) else "unreachable"


def advice_for(code: str) -> str:
    """Answer what an owner can do about a `state_code` or the code of a ServerError; empty where nothing is known."""
    return _ADVICE.get(code, "")
