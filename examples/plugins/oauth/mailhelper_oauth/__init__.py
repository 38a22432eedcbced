"""Token providers that trade a refresh token for access tokens (RFC 6749, section 6), from one TOML file of the host's.

MAILHELPER_OAUTH_FILE names it. The refresh token is what the owner gave as the account's password, or comes from a
command or a file of the host's; then the table says whose it is, and nobody else gets a token for it.
"""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, cast

from mailhelper_core import ConfigError, LoginError, TokenProvider, TokenRequest, hookimpl
from mailhelper_oauth.wire import Answer, alone, check_url, exchange, read_secret, write_secret

VARIABLE = "MAILHELPER_OAUTH_FILE"
# A token that ends within a minute may end on its way to the mail server.
MARGIN_SECONDS = 60.0

_Key = tuple[str, str, str]

logger = logging.getLogger("mailhelper.oauth")


@hookimpl
def register_tokens() -> Sequence[TokenProvider]:
    """Answer a provider for each table of the file; none without a file. Raises ConfigError for what cannot work."""
    path = os.environ.get(VARIABLE, "")
    try:
        return read_tables(Path(path).read_text(encoding="utf-8")) if path else []
    except (OSError, ValueError) as exc:
        raise ConfigError(f"The file of token services {path} cannot be read.") from exc


def read_tables(text: str) -> list[TokenProvider]:
    """Answer the providers of a file's text."""
    found = []
    for name, table in tomllib.loads(text).items():
        client = Client(**_checked(name, table))
        found.append(TokenProvider(name, Desk(client).token, cast(Any, client.mechanism)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One table: a client of a token service, and the one mail server that its tokens are for."""

    url: str
    host: str
    client_id: str
    scope: str = ""
    mechanism: str = "xoauth2"
    owner: str = ""  # who alone may use the refresh token below
    username: str = ""  # ... and for which user of the mail server
    refresh_token_file: str = ""
    refresh_token_command: tuple[str, ...] = ()
    client_secret_file: str = ""
    client_secret_command: tuple[str, ...] = ()

    @property
    def has_refresh_token(self) -> bool:
        """Whether the refresh token is the host's, not what the owner gave as a password."""
        return bool(self.refresh_token_file or self.refresh_token_command)


@dataclass(slots=True)
class _Kept:
    token: str = field(repr=False)
    until: float
    refresh_token: str = field(repr=False)  # the newest: a service may take the old one back
    is_unsaved: bool = False  # it belongs into the file, which has not taken it yet


@dataclass(slots=True)
class Desk:
    """Gets tokens for one client and keeps them while they are good; thread-safe."""

    client: Client
    _kept: dict[_Key, _Kept] = field(default_factory=dict, repr=False)
    _locks: dict[_Key, Lock] = field(default_factory=dict, repr=False)  # one waits for the service, the others do not

    def token(self, request: TokenRequest) -> str:
        """Answer an access token. Raises LoginError where the owner must consent again."""
        self._check(request)
        # The secret belongs to the key: a user name alone must not bring what another's secret has earned.
        key = (request.owner, request.username, sha256(request.secret.encode()).hexdigest())
        with self._locks.setdefault(key, Lock()):
            kept = self._kept.get(key)
            if kept is None or request.renew or kept.until <= monotonic():
                with alone(self.client.refresh_token_file):
                    kept = self._renewed(key, request, kept)
            return kept.token

    def _renewed(self, key: _Key, request: TokenRequest, kept: _Kept | None) -> _Kept:
        try:
            found = self._kept[key] = self._refreshed(request, kept)
        except LoginError:
            self._kept.pop(key, None)  # the next try begins with what the owner or the command says by then
            raise
        if found.is_unsaved:
            self._save(found)
        return found

    def _save(self, kept: _Kept) -> None:
        """Write a new refresh token; where that fails, this process still has it, and writes it at the next one."""
        path = self.client.refresh_token_file
        try:
            write_secret(path, kept.refresh_token)
            kept.is_unsaved = False
        except OSError as exc:
            logger.warning("the new refresh token cannot be written to %s: %s", path, type(exc).__name__)

    def _check(self, request: TokenRequest) -> None:
        client = self.client
        if request.host != client.host:
            raise ConfigError(f"These tokens are for {client.host} alone.", code="tokens")
        if client.has_refresh_token and (request.owner, request.username) != (client.owner, client.username):
            raise ConfigError("These tokens are another owner's, or another user's.", code="tokens")
        if not client.has_refresh_token and not request.secret:
            raise LoginError("There is no refresh token: give it as the account's password.")

    def _refreshed(self, request: TokenRequest, kept: _Kept | None) -> _Kept:
        client, newest = self.client, kept.refresh_token if kept else request.secret
        was_unsaved = kept is not None and kept.is_unsaved
        if client.has_refresh_token and not was_unsaved and not (kept and client.refresh_token_command):
            newest = read_secret(client.refresh_token_file, client.refresh_token_command)
        answer = self._asked(newest)
        until, is_new = monotonic() + answer.seconds - MARGIN_SECONDS, answer.refresh_token not in ("", newest)
        is_unsaved = bool(client.refresh_token_file) and (is_new or was_unsaved)
        return _Kept(answer.token, until, answer.refresh_token or newest, is_unsaved)

    def _asked(self, refresh_token: str) -> Answer:
        client = self.client
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client.client_id}
        if client.client_secret_file or client.client_secret_command:
            form["client_secret"] = read_secret(client.client_secret_file, client.client_secret_command)
        return exchange(client.url, form | ({"scope": client.scope} if client.scope else {}))


def _checked(name: str, table: Any) -> dict[str, Any]:
    known = {one.name for one in fields(Client)}
    if not isinstance(table, dict) or not table.keys() <= known or not {"url", "host", "client_id"} <= table.keys():
        raise ConfigError(f"[{name}] needs url, host and client_id, and may have {', '.join(sorted(known))}.")
    for key, value in table.items():
        wanted = list if key.endswith("_command") else str
        if not isinstance(value, wanted) or not all(isinstance(one, str) for one in value):
            raise ConfigError(f"[{name}] {key} is a {'list of texts' if wanted is list else 'text'}.")
    has_token = table.keys() & {"refresh_token_file", "refresh_token_command"}
    if has_token and not (table.get("owner") and table.get("username")):
        raise ConfigError(f"[{name}] says whose refresh token it is: owner and username.")
    if table.get("mechanism", "xoauth2") not in ("xoauth2", "oauthbearer"):
        raise ConfigError(f"[{name}] mechanism is xoauth2 or oauthbearer.")
    check_url(table["url"])
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
