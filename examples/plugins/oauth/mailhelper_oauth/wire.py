"""One call of a token service over the wire, and secrets from files and commands."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from mailhelper_core import ConfigError, LoginError, ServerError, ThrottledError

TIMEOUT_SECONDS = 30.0
# A token is some kilobytes at most.
MAX_OCTETS = 100_000
# Where a service does not say how long a token is good (RFC 6749, 5.1): shorter than any that is known.
DEFAULT_SECONDS = 600.0
# Longer than any token is good; a number may be larger than a float can be.
MOST_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a token service answered."""

    token: str = field(repr=False)
    seconds: float
    refresh_token: str = field(default="", repr=False)  # a new one, which takes the place of the old


def exchange(url: str, form: Mapping[str, str]) -> Answer:
    """Ask for a token. Raises LoginError, ThrottledError, ServerError or ConfigError; none quotes the service."""
    status, wait, body = _post(url, urlencode(form).encode())
    if status == 429:
        raise ThrottledError("The token service asks to wait.", retry_after=float(wait) if wait.isdecimal() else None)
    if status >= 500:
        raise ServerError(f"The token service answered {status}.")
    said = _object(body)
    if status == 200:
        return _answer(said)
    if said.get("error") == "invalid_grant":
        raise LoginError("The owner has to consent again: the refresh token is no longer good.", code="expired")
    raise ConfigError(f"The token service refuses this client or its question ({status}).", code="tokens")


def check_url(url: str) -> None:
    """Refuse what would carry secrets unprotected; plain http is for this machine alone."""
    target = urlsplit(url)
    is_local = target.hostname in ("127.0.0.1", "::1", "localhost")
    if not target.hostname or target.scheme not in (("http", "https") if is_local else ("https",)):
        raise ConfigError("The url of a token service begins with https://.")


def read_secret(path: str, command: Sequence[str]) -> str:
    """Answer the first line of a file, or of what a command prints; no shell reads the command."""
    try:
        if path:
            text = Path(path).read_text(encoding="utf-8")
        else:
            done = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT_SECONDS, text=True)
            text = done.stdout
    except (OSError, ValueError, subprocess.SubprocessError) as exc:
        # What they say may quote the secret, so it is not the cause of this.
        raise ConfigError(f"A secret cannot be read: {type(exc).__name__} of {path or command[0]}") from None
    secret = text.partition("\n")[0].strip()
    if not secret:
        raise ConfigError(f"A secret cannot be read: {path or command[0]} holds none.")
    return secret


def write_secret(path: str, secret: str) -> None:
    """Put a new secret in the place of the old, all or nothing, for this user alone."""
    beside = f"{path}.new"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep out all other processes of this machine that use the secret in this file; nothing without a file.

    From reading to writing: of two that trade one refresh token at once, the service takes the second for a thief.
    """
    if not path:
        yield
        return
    try:
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise ConfigError(f"No lock can be made beside {path}: {type(exc).__name__}") from None
    with open(lock, "rb"):  # closing it, or the end of the process, gives it back
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _post(url: str, body: bytes) -> tuple[int, str, bytes]:
    target = urlsplit(url)
    connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = connect(target.hostname or "", target.port, timeout=TIMEOUT_SECONDS)
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    try:
        connection.request("POST", f"{target.path or '/'}{'?' + target.query if target.query else ''}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("retry-after") or "", answer.read(MAX_OCTETS)
    except (OSError, HTTPException) as exc:
        raise ServerError("The token service cannot be reached.", code="unreachable") from exc
    finally:
        connection.close()


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _answer(said: Mapping[str, object]) -> Answer:
    token, seconds, refresh = said.get("access_token"), said.get("expires_in"), said.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise ServerError("The token service answered no token.")
    good = DEFAULT_SECONDS
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
        good = float(min(seconds, MOST_SECONDS))
    return Answer(token, good, refresh if isinstance(refresh, str) else "")
