"""What a refusal means: response codes (RFC 5530 and others) to errors. Never matches English text."""

from __future__ import annotations

import re

from mailhelper_core.errors import LoginError, ServerError, ThrottledError
from mailhelper_core.server.imap.response import Status

# Where a server names no time: a full mailbox or a day's bandwidth does not come back within minutes.
QUOTA_RETRY_SECONDS = 3600.0
THROTTLE_RETRY_SECONDS = 60.0
# A server may not stop an account for longer than a day.
MAX_RETRY_SECONDS = 86_400.0

_LOGIN_CODES = frozenset(
    {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "WEBALERT", "CONTACTADMIN", "ALERT"}
)
_THROTTLED_SECONDS = {
    "UNAVAILABLE": THROTTLE_RETRY_SECONDS,
    "LIMIT": THROTTLE_RETRY_SECONDS,
    "INUSE": THROTTLE_RETRY_SECONDS,
    "THROTTLED": THROTTLE_RETRY_SECONDS,
    "OVERQUOTA": QUOTA_RETRY_SECONDS,
}
# To these a NO speaks of one mailbox or one message, where the other commands hear of the login as a whole: of requests
# that are too many, or octets (Gmail says OVERQUOTA to a FETCH, Yahoo LIMIT).
_OPENS = frozenset({b"SELECT", b"EXAMINE", b"STATUS"})
_WRITES = frozenset({
    b"APPEND", b"CREATE", b"EXPUNGE", b"UID STORE", b"UID COPY", b"UID MOVE", b"UID EXPUNGE",
})  # fmt: skip
# code -> (our code, message); all may be other in a while
_OF_ONE_MAILBOX = {
    "INUSE": ("in_use", "the mailbox is in use by another program"),
    "UNAVAILABLE": ("unavailable", "the mailbox cannot be reached on the mail server now"),
    "CONTACTADMIN": ("contact_admin", "the mail server says that its administrator must look after this mailbox"),
}
_OF_ONE_COMMAND = _OF_ONE_MAILBOX | {
    "OVERQUOTA": ("over_quota", "the mailbox is full"),
    "LIMIT": ("limit", "the mail server keeps no more of this"),
}
# code -> (our code, transient, message)
_REFUSED = {
    "NONEXISTENT": ("no_mailbox", False, "the mail server has no such mailbox"),
    "TRYCREATE": ("no_mailbox", False, "the mail server has no such mailbox"),
    "ALREADYEXISTS": ("exists", False, "the mailbox exists already"),
    "NOPERM": ("no_permission", False, "the mail server does not permit this"),
    "READ-ONLY": ("read_only", False, "the mailbox is read-only"),
    "PRIVACYREQUIRED": ("privacy_required", False, "the mail server wants an encrypted connection"),
    "CANNOT": ("cannot", False, "the mail server can never do this"),
    "TOOBIG": ("too_large", False, "the message is too large for the mail server"),
    "UIDNOTSTICKY": ("no_uid_validity", False, "the mailbox has no lasting uids"),
    "CLIENTBUG": ("bad_command", False, "the mail server did not understand us"),
    "EXPUNGEISSUED": ("expunged", True, "a message was expunged meanwhile"),
    "SERVERBUG": ("server_bug", True, "the mail server met a fault of its own"),
    "CORRUPTION": ("corruption", True, "the mailbox is damaged on the mail server"),
    "CLOSED": ("connection_lost", True, "the mail server closed the connection"),
}
# The one documented exception (Exchange Online throttling): the time stands in the text alone.
_BACKOFF = re.compile(r"Suggested Backoff Time: (\d{1,12}) milliseconds")
_SECONDS = re.compile(r"\d{1,9}")
_ADDRESS = re.compile(r"\S*@\S*")


def refusal(status: Status, command: bytes = b"") -> ServerError:
    """Make the error for NO, BAD or BYE; of a command (`UID STORE`) a code may mean less than of the login."""
    concerned = _of_command(status, command)
    if concerned:
        return concerned
    throttled = _throttled(status)
    if throttled:
        return throttled
    if status.code in _REFUSED:
        code, transient, message = _REFUSED[status.code]
        return ServerError(message, code=code, transient=transient)
    if status.name == "BYE":
        # Whatever its reason, such as a token that expired: the next login tells whether we may come again.
        return ServerError("the mail server ended the session", code="connection_lost")
    if status.code in _LOGIN_CODES and status.code != "ALERT":
        return _login_error(status)
    if status.name == "BAD":
        return ServerError("the mail server did not understand us", code="bad_command", transient=False)
    return ServerError("the mail server rejected the command", code="rejected")


def farewell(status: Status) -> ServerError:
    """Make the error for a BYE within a session: a code may say why, but the connection is over in any case."""
    error = refusal(status)
    return error if isinstance(error, ThrottledError) else ServerError(str(error), code="connection_lost")


def login_refusal(status: Status) -> ServerError:
    """Make the error for a refused login; without a code NO means the credentials."""
    if status.name == "NO" and (not status.code or status.code in _LOGIN_CODES):
        return _throttled(status) or _login_error(status)
    return refusal(status)


def _of_command(status: Status, command: bytes) -> ServerError | None:
    """Answer what concerns no more than what a command names (RFC 5530); the account goes on."""
    if status.name != "NO" or _BACKOFF.search(status.text):
        return None
    known = _OF_ONE_COMMAND if command in _WRITES else _OF_ONE_MAILBOX if command in _OPENS else {}
    if status.code not in known:
        return None
    code, message = known[status.code]
    wait = QUOTA_RETRY_SECONDS if code == "over_quota" else None
    return ServerError(message, code=code, transient=True, retry_after=wait)


def _throttled(status: Status) -> ThrottledError | None:
    backoff = _BACKOFF.search(status.text)
    if backoff:
        return ThrottledError(retry_after=min(int(backoff[1]) / 1000, MAX_RETRY_SECONDS))
    if status.code not in _THROTTLED_SECONDS:
        return None
    seconds = _SECONDS.fullmatch(status.argument.strip())
    wait = float(seconds[0]) if seconds else _THROTTLED_SECONDS[status.code]
    return ThrottledError(retry_after=min(wait, MAX_RETRY_SECONDS))


def _login_error(status: Status) -> LoginError:
    code = status.code.lower() or None
    if status.code not in ("ALERT", "WEBALERT"):
        return LoginError(code=code)
    # RFC 9051 7.1: the text of an alert is for the user; an address in it is not for our logs.
    said = _ADDRESS.sub("...", "".join(filter(str.isprintable, status.text)))[:200]
    return LoginError(f"the mail server refused the login and says: {said}", code="alert")
