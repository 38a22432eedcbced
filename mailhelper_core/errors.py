"""Every error that mailhelper raises, in one tree; each says whether trying again can help.

    MailHelperError              code, transient, retry_after
    ├── ConfigError              the host's settings: URL, key, engine, environment
    ├── SchemaError              the database needs `migrate()`, or newer code
    ├── NotFoundError            no such id for this owner (another owner's id looks the same)
    ├── InvalidError             a value the owner gave: name, size, unknown word
    │   └── QueryError           a query or rule that cannot be read: position and hint
    │       └── SieveError       a Sieve script that cannot be read: line and column too
    ├── ConflictError            the state has moved on: already undone, already exists
    ├── BusyError                somebody else holds the account's lease
    ├── ServerError              the mail server or the way to it
    │   ├── LoginError           refused credentials; the account waits for its owner
    │   └── ThrottledError       the server asks us to wait
    ├── ProviderError            a model provider
    │   ├── BudgetError          the owner's budget is spent
    │   └── ConsentError         the owner has not allowed this text to leave
    └── PluginError              a plugin broke its contract; names the plugin

The docstring of a class is its default message. No error carries mail content, addresses or secrets.
"""

from __future__ import annotations

from math import isfinite
from typing import ClassVar

# No longer is a server, or a row of the outbox, left alone, whatever a service or a plugin asks for: the longest of our
# own waits is 26 hours.
LONGEST_WAIT_SECONDS = 172_800.0
# After these nothing more can be said on the connection; what a server refuses, by whatever code, leaves it open.
CONNECTION_CODES = frozenset({
    "connection_lost", "timeout", "line_too_long", "too_much", "tls", "unreachable",
})  # fmt: skip


class MailHelperError(Exception):
    """Something went wrong in mailhelper."""

    code: str = "error"
    transient: bool = False
    retry_after: float | None = None
    default_code: ClassVar[str] = "error"
    default_transient: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        transient: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").split("\n")[0])
        self.code = self.default_code if code is None else code
        self.transient = self.default_transient if transient is None else transient
        self.retry_after = _bounded(retry_after)


def _bounded(seconds: object) -> float | None:
    """Answer a wait that can be kept: plugins hand on what a service's header says, and that may be anything."""
    if not isinstance(seconds, int | float) or (isinstance(seconds, float) and not isfinite(seconds)):
        return None
    return min(max(seconds, 0), LONGEST_WAIT_SECONDS)


class ConfigError(MailHelperError):
    """The configuration cannot work."""

    default_code = "config"


class SchemaError(MailHelperError):
    """The database schema does not fit this version."""

    default_code = "schema"
    # What each door has for it: a program, a shell with nothing but the wheel. A host with commands names its own.
    remedy: ClassVar[str] = "Run `helper.migrate()`, or in a shell `python -m mailhelper_core migrate --database URL`."

    @property
    def needs_migration(self) -> bool:
        """Say whether `migrate()` mends it."""
        return self.code in ("schema", "schema_missing")

    def __str__(self) -> str:
        return f"{self.args[0]} {self.remedy}" if self.needs_migration else str(self.args[0])


class NotFoundError(MailHelperError):
    """There is no such thing for this owner."""

    default_code = "not_found"


class InvalidError(MailHelperError):
    """This value is not allowed here."""

    default_code = "invalid"


class QueryError(InvalidError):
    """This query cannot be read."""

    default_code = "query"

    def __init__(self, message: str = "", *, position: int = 0, hint: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.args[0]} (at character {self.position + 1})"
        return f"{where}; {self.hint}" if self.hint else where


class SieveError(QueryError):
    """This Sieve script cannot be read."""

    default_code = "sieve"

    def __init__(
        self, message: str = "", *, text: str = "", position: int = 0, hint: str = "", code: str | None = None
    ) -> None:
        super().__init__(message, position=position, hint=hint, code=code)
        self.line = text.count("\n", 0, position) + 1
        self.column = position - text.rfind("\n", 0, position)

    def __str__(self) -> str:
        where = f"{self.args[0]} (line {self.line}, column {self.column})"
        return f"{where}; {self.hint}" if self.hint else where


class ConflictError(MailHelperError):
    """The state has changed since; look again before repeating this."""

    default_code = "conflict"


class BusyError(MailHelperError):
    """Another process works on this account right now; try again shortly."""

    default_code = "busy"
    default_transient = True


class ServerError(MailHelperError):
    """The mail server could not be reached or did not answer as it should."""

    default_code = "server"
    default_transient = True


class LoginError(ServerError):
    """The mail server refused these credentials."""

    default_code = "login"
    default_transient = False


class ThrottledError(ServerError):
    """The mail server asks us to wait before the next attempt."""

    default_code = "throttled"


class ProviderError(MailHelperError):
    """The model provider could not answer."""

    default_code = "provider"
    default_transient = True


class BudgetError(ProviderError):
    """The owner's budget for model providers is spent."""

    default_code = "budget"
    default_transient = False


class ConsentError(ProviderError):
    """The owner has not consented to this text leaving the program."""

    default_code = "consent"
    default_transient = False


class PluginError(MailHelperError):
    """A plugin broke its contract."""

    default_code = "plugin"

    def __init__(self, message: str = "", *, plugin: str = "", provider: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.plugin, self.provider = plugin, provider


def breaks_connection(error: MailHelperError) -> bool:
    """Say whether the connection broke: nobody knows at whose fault, and a new one may go further."""
    return error.code in CONNECTION_CODES


def ends_connection(error: MailHelperError) -> bool:
    """Say whether the connection is of no use after this error: it broke, or the server wants us to go or to wait."""
    return isinstance(error, LoginError | ThrottledError) or breaks_connection(error)
