"""Accounts: one login at one source, its policy and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from mailhelper_core.errors import LoginError, MailHelperError, ThrottledError

AccountState = Literal["ok", "needs_auth", "throttled", "unreachable", "paused"]
Security = Literal["tls", "starttls", "none"]

# Larger mail keeps its header and a visible note, so that memory stays bounded (Gmail refuses above 25 MB).
DEFAULT_SIZE_CAP_BYTES = 30_000_000
# What a column of a database holds.
MAX_SIZE_CAP_BYTES = 2**63 - 1
# What desktop clients poll at by default; IDLE makes it a safety net.
DEFAULT_POLL_SECONDS = 300
# One that was always due would be polled by every bell, in a row; after a year nobody means to be polled.
MIN_POLL_SECONDS, MAX_POLL_SECONDS = 1, 31_536_000
# Older mail than of 1926 there is none; no date leaves what a datetime can hold.
MAX_WINDOW_DAYS = 36_500
_ABOUT_CREDENTIALS = "Check user name and password; many providers want an app password for IMAP."
_AT_THE_PROVIDER = "Log in on the provider's web page, and see what it asks for; then give the password again."
# What to do about a source that cannot be used, by the error's code; of a login it may be the server's own (RFC 5530).
_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "login": _ABOUT_CREDENTIALS,
        "authenticationfailed": _ABOUT_CREDENTIALS,
        "authorizationfailed": "This user may not open that mailbox: check the user name, or ask who runs the server.",
        "expired": "The password or token has expired: give a new one.",
        "alert": _AT_THE_PROVIDER,
        "contactadmin": "Ask who runs the mail server.",
        "throttled": "The server asks to wait; try again later.",
        "unreachable": "Check host name and port, and whether the network allows this connection.",
        "unknown_host": "Check the spelling of the host name.",
        "private_host": "Only servers on the public internet may be named here; ask who runs this service.",
        "privacy_required": "Use imaps:// or STARTTLS: the server wants an encrypted connection.",
        "tls": "Check the port, and that the certificate is for this host and from an issuer that this machine trusts.",
        "timeout": "Check host and port, then try again.",
        "refused": "Check the port: 993 for imaps, 143 for imap.",
        "path": "Check the path and its permissions.",
        "in_use": "Another program uses this mailbox; it is tried again by itself.",
        "unavailable": "This mailbox cannot be reached now; it is tried again by itself.",
        "contact_admin": "Ask who runs the mail server about this mailbox.",
        "over_quota": "The mailbox is full: make room on the server; it is tried again every hour.",
        "limit": "The server keeps no more keywords or messages there; it is tried again for days.",
        "key": "Give every program of this database the same key file, or enter the password again.",
        "key_file": "Let every program of this database read the same key file.",
        "imported": "Enter the password: it was not in the archive.",
        "scheme": "This host takes no accounts of this kind.",
        "tokens": "Install the plugin that gives this account's tokens, or add the account again with a password.",
        "plugin": "A plugin that this account needs fails: who runs this host finds why in its log.",
        "setting": "A setting of this account cannot be used: enter its password again, or add the account again.",
    }
)


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """What of an account is synced: mailboxes by exact name or `*` pattern, age and size."""

    include: tuple[str, ...] = ()  # only these mailboxes; empty means all
    exclude: tuple[str, ...] = ()  # not these, even where included
    since: datetime | None = None  # only mail received from then on; None means all
    window_days: int | None = None  # only mail of the last so many days; what was stored stays when it gets older
    size_cap_bytes: int = DEFAULT_SIZE_CAP_BYTES  # of larger messages only the header is stored
    poll_seconds: int = DEFAULT_POLL_SECONDS  # how long after a success a host should sync again: a second to a year


@dataclass(frozen=True, slots=True)
class Account:
    """One login at one source, without its secret."""

    id: int  # never used again after `remove`
    owner: str  # the host's own key
    name: str  # what the owner calls it; the user name if not said
    url: str  # without user name and password
    username: str  # the name at the source
    state: AccountState = "ok"  # whether it can be used now
    state_code: str = ""  # the code of the error behind the state; `advice_for` says what to do
    policy: AccountPolicy = AccountPolicy()  # what of it is synced
    addresses: frozenset[str] = frozenset()  # the owner's own addresses there, lower case; `me` in queries
    failures: int = 0  # how often in a row it could not be reached
    last_success_at: datetime | None = None  # when its source last answered
    not_before: datetime | None = None  # when trying again makes sense, None for now


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how a source connects; the secret never shows in repr."""

    scheme: str  # of the URL, lower case
    host: str  # empty for local sources
    port: int  # 0 for local sources
    path: str  # of local sources; empty for IMAP
    username: str  # the name to log in with
    security: Security = "tls"  # how the connection is protected
    secret: str = field(default="", repr=False)  # password or token, unsealed
    options: tuple[tuple[str, str], ...] = ()  # pairs from the URL's query and from `options=`


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What a look at the server found: latency in milliseconds, capabilities, roles; or what is wrong.

    `state` is what the account's would be; `message` says what happened, `advice` what to do about it.
    """

    ok: bool  # whether everything worked
    latency_ms: float  # until the answer, login included
    capabilities: tuple[str, ...] = ()  # of an IMAP server, sorted
    mailboxes: int = 0  # how many there are
    roles: tuple[tuple[str, str], ...] = ()  # pairs of role and mailbox name, such as (`trash`, `Bin`)
    not_synced: tuple[tuple[str, str], ...] = ()  # pairs of mailbox name and reason, such as (`Spam`, `excluded`)
    code: str = ""  # of the error, empty when ok
    state: AccountState = "ok"  # what the account's would be
    message: str = ""  # what happened
    advice: str = ""  # what to do about it
    refused: tuple[str, ...] = ()  # capabilities that the server names and then refuses: it is done without them


@dataclass(frozen=True, slots=True)
class MailboxDifference:
    """How one mailbox in the store differs from the server's; counts of messages."""

    mailbox_id: int  # `Mailbox.id`
    missing: int = 0  # on the server and not in the store
    extra: int = 0  # in the store and not on the server
    differing: int = 0  # with other keywords than the server says
    code: str = ""  # of the error that kept us from looking
    other: int = 0  # of a sample of up to 200: where the store has another mail than the server
    short: int = 0  # whose body came clearly shorter than the server announced it


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison of the whole store with the server found; nothing is changed by it."""

    mailboxes: int = 0  # that were compared
    messages: int = 0  # that the server holds in them
    differences: tuple[MailboxDifference, ...] = ()  # of mailboxes that differ
    not_stored: tuple[str, ...] = ()  # names of wanted mailboxes that only the server has
    not_listed: tuple[str, ...] = ()  # names of wanted mailboxes that only the store has

    @property
    def ok(self) -> bool:
        """Whether both say the same."""
        return not (self.differences or self.not_stored or self.not_listed)


def window_of(policy: AccountPolicy, now: datetime) -> datetime | None:
    """Answer from when on mail is wanted, None for all; a window of days moves at midnight UTC."""
    if policy.window_days is None:
        return policy.since
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=min(policy.window_days, MAX_WINDOW_DAYS))
    return start if policy.since is None else max(start, policy.since)


def state_after(error: MailHelperError) -> AccountState:
    """Answer the state of an account whose server could not be used because of this error."""
    if isinstance(error, LoginError):
        return "needs_auth"
    return "throttled" if isinstance(error, ThrottledError) else "unreachable"


def advice_for(code: str) -> str:
    """Answer what an owner can do about a `state_code` or the code of a ServerError; empty where nothing is known."""
    return _ADVICE.get(code, "")
