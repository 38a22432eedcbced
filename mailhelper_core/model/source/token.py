"""Access tokens (OAuth): what a token provider is asked, and how its answer logs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Mechanism = Literal["xoauth2", "oauthbearer"]


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a token provider is asked for."""

    username: str  # of the account
    host: str  # of the mail server
    secret: str = field(default="", repr=False)  # what was given as the account's password, such as a refresh token
    renew: bool = False  # the server refused the last token: answer no kept one
    owner: str = ""  # whose account it is: who may use which secret is for the provider to say


@dataclass(frozen=True, slots=True)
class TokenProvider:
    """Gets access tokens: `token(request)` answers one, from a cache of its own while that is good.

    Within a process, logins that are refused one token at once ask for one renewal. Between processes (web, workers,
    watcher) nothing is shared: each asks, and where the service takes a refresh token back when it is used, the
    provider must let them take turns and keep the newest where all of them find it.

    It raises LoginError when the owner must consent again, ServerError when the service is away.
    """

    name: str
    token: Callable[[TokenRequest], str]
    mechanism: Mechanism = "xoauth2"
