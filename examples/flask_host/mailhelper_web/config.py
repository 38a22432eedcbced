"""Config: all that an operator decides, read from the environment and checked before the first request."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from limits import parse_many

from mailhelper_core import ConfigError, Settings

Registration = Literal["open", "invited", "closed"]

# Below this a secret can be guessed (NIST SP 800-63B asks for 112 bits).
MIN_SECRET_CHARACTERS = 32
# What argon2 needs for a hash at all (RFC 9106 3.1); OWASP asks for more.
MIN_ARGON2_KIB = 8


@dataclass(frozen=True, slots=True)
class Config:
    """How one web host works. Durations are in seconds.

    secret signs cookies and seals TOTP secrets; without one, `secret_file` is made beside the database.
    private_hosts says that users may name mail servers in private networks; only a household wants that.
    """

    database_url: str = "sqlite:///mailhelper.db"
    secret: str = field(default="", repr=False)
    secret_file: Path = Path("mailhelper-web.secret")
    redis_url: str = field(default="", repr=False)
    registration: Registration = "open"
    # Where people reach this host, for addresses that are handed on; empty: where the administrator reaches it.
    url: str = ""
    https: bool = True
    private_hosts: bool = False
    # What OWASP's session advice calls short for low risk: a day without use, two weeks at most.
    session_idle: int = 86_400
    session_absolute: int = 14 * 86_400
    trusted_proxies: int = 0
    login_limit: str = "10 per minute; 50 per hour"
    api_limit: str = "600 per minute"
    # KiB that one password hash takes; OWASP asks for 19 MiB at least.
    argon2_memory: int = 19_456
    # Jobs run in so many threads, of this process or one beside it (`apart`); 0 leaves them to workers on the database.
    job_threads: int = 2
    # Where Celery workers listen; without it they find a job with the next tick.
    broker_url: str = field(default="", repr=False)
    # Whether they listen to a queue for each kind of work, as `mailhelper_celery.app` reads MAILHELPER_QUEUES.
    broker_queues: bool = False
    # The engine's own: the key that seals passwords, plugins, model providers.
    engine: Settings = field(default_factory=Settings, repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read MAILHELPER_WEB_* and MAILHELPER_DATABASE_URL; raise ConfigError for what cannot work."""
        default = cls()
        take = _Environment(environ)
        config = cls(
            database_url=environ.get("MAILHELPER_DATABASE_URL", default.database_url),
            secret=take.text("SECRET", ""),
            secret_file=Path(take.text("SECRET_FILE", str(default.secret_file))),
            redis_url=take.text("REDIS_URL", ""),
            registration=cast("Registration", take.choice("REGISTRATION", get_args(Registration), "open")),
            url=take.text("URL", ""),
            https=take.switch("HTTPS", default=default.https),
            private_hosts=take.switch("PRIVATE_HOSTS", default=default.private_hosts),
            session_idle=take.number("SESSION_IDLE", default.session_idle),
            session_absolute=take.number("SESSION_ABSOLUTE", default.session_absolute),
            trusted_proxies=take.number("TRUSTED_PROXIES", default.trusted_proxies),
            login_limit=take.text("LOGIN_LIMIT", default.login_limit),
            api_limit=take.text("API_LIMIT", default.api_limit),
            argon2_memory=take.number("ARGON2_MEMORY", default.argon2_memory),
            job_threads=take.number("JOB_THREADS", default.job_threads),
            broker_url=environ.get("CELERY_BROKER_URL", ""),
            broker_queues=bool(environ.get("MAILHELPER_QUEUES")),
            engine=Settings.from_env(environ),
        )
        config.check()
        return config

    def check(self) -> None:
        """Raise ConfigError for a secret that can be guessed, and for what no request could work with."""
        if self.secret and len(self.secret) < MIN_SECRET_CHARACTERS:
            raise ConfigError(f"MAILHELPER_WEB_SECRET needs at least {MIN_SECRET_CHARACTERS} characters.")
        if not self.database_url.startswith("sqlite") and not (self.engine.key_file or self.engine.key):
            raise ConfigError("MAILHELPER_KEY_FILE must name the file of the key that seals passwords.")
        if not 0 < self.session_idle <= self.session_absolute:
            raise ConfigError("MAILHELPER_WEB_SESSION_IDLE must lie between 1 and MAILHELPER_WEB_SESSION_ABSOLUTE.")
        if self.argon2_memory < MIN_ARGON2_KIB:
            raise ConfigError(f"MAILHELPER_WEB_ARGON2_MEMORY needs at least {MIN_ARGON2_KIB} KiB.")
        if self.url and not _is_address(self.url):
            raise ConfigError("MAILHELPER_WEB_URL is an address such as https://mail.example.org.")
        # The limiter reads them with the first request, and lets everything pass where it cannot.
        for name, limit in (("LOGIN_LIMIT", self.login_limit), ("API_LIMIT", self.api_limit)):
            if not _is_limit(limit):
                raise ConfigError(f"MAILHELPER_WEB_{name} is such as '10 per minute; 50 per hour', not {limit!r}.")

    def read_secret(self) -> str:
        """Answer the secret; make the file that keeps it, readable by its owner alone, when there is none."""
        if self.secret:
            return self.secret
        try:
            descriptor = os.open(self.secret_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return self._stored_secret()
        except OSError as exc:
            raise ConfigError(f"Cannot write {self.secret_file}: {exc.strerror}. Set MAILHELPER_WEB_SECRET.") from exc
        secret = secrets.token_urlsafe(48)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret)
        return secret

    def _stored_secret(self) -> str:
        secret = self.secret_file.read_text().strip()
        if len(secret) < MIN_SECRET_CHARACTERS:
            raise ConfigError(f"{self.secret_file} holds no secret; remove it and a new one is made.")
        return secret


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_limit(limit: str) -> bool:
    """Say whether the limiter can read a limit, and something passes it."""
    try:
        return all(one.amount > 0 for one in parse_many(limit))
    except ValueError:
        return False


class _Environment:
    """Typed looks at MAILHELPER_WEB_* that say which variable is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(f"MAILHELPER_WEB_{name}", default)

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            raise ConfigError(f"MAILHELPER_WEB_{name} is a whole number, not {value!r}.")
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        return self.choice(name, ("1", "0"), "1" if default else "0") == "1"

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise ConfigError(f"MAILHELPER_WEB_{name} is one of {', '.join(allowed)}, not {value!r}.")
        return value
