"""A copy of sessions in Redis for a minute; whatever Redis does, a request never waits for it longer than a blink."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mailhelper_core import ConfigError

if TYPE_CHECKING:
    from redis import Redis

# How long a copy may outlive what it was copied from.
CACHE_SECONDS = 60
# How long it is known that a session has ended: whoever read it just before may keep a copy just after.
ENDED_SECONDS = 2 * CACHE_SECONDS
# A Redis on the same network answers within milliseconds; one that needs longer is no help.
TIMEOUT_SECONDS = 0.15
# How long a Redis that failed is left alone.
REST_SECONDS = 10.0
_WRONG_ADDRESS = "MAILHELPER_WEB_REDIS_URL is an address such as redis://127.0.0.1:6379/0, or rediss://... for TLS."

T = TypeVar("T")


class SessionCache(Protocol):
    """Keeps copies of session rows by their digest; may forget any of them at any time."""

    def get(self, digest: str) -> dict[str, Any] | None:
        """Answer the copy, None when there is none."""

    def put(self, digest: str, row: dict[str, Any]) -> None:
        """Keep a copy."""

    def drop(self, digest: str) -> None:
        """Forget a copy, and those that come too late: the session has ended."""

    @property
    def state(self) -> str:
        """Say `off`, `ok` or `away`, for the health page."""


class NoCache:
    """What a host without Redis uses."""

    state = "off"

    def get(self, digest: str) -> dict[str, Any] | None:
        """Answer None."""

    def put(self, digest: str, row: dict[str, Any]) -> None:
        """Keep nothing."""

    def drop(self, digest: str) -> None:
        """Forget nothing."""


class RedisCache:
    """Copies in Redis; after a failure it is left alone for REST_SECONDS."""

    def __init__(self, client: Redis, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._rests_until = 0.0

    @classmethod
    def open(cls, url: str) -> RedisCache:
        """Make the client; nothing is connected yet. Raises ConfigError without redis-py, and for a wrong address."""
        try:
            from redis import Redis  # noqa: PLC0415 - an extra
            from redis.backoff import NoBackoff  # noqa: PLC0415
            from redis.retry import Retry  # noqa: PLC0415
        except ImportError as exc:
            problem = "redis-py is missing: pip install 'mailhelper-web[redis]', or unset MAILHELPER_WEB_REDIS_URL."
            raise ConfigError(problem) from exc
        try:
            client = Redis.from_url(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                # redis-py tries again for seconds unless told otherwise.
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
            )
            # An option that it does not know is found out here, else with the first request. The pool's own way would
            # count a connection of its `max_connections` that is never given back.
            client.connection_pool.connection_class(**client.connection_pool.connection_kwargs)
        except (TypeError, ValueError):
            # What it says quotes the address, and so perhaps a password.
            raise ConfigError(_WRONG_ADDRESS) from None
        return cls(client)

    @property
    def state(self) -> str:
        """Say `ok`, or `away` while Redis is left alone."""
        return "away" if self._clock() < self._rests_until else "ok"

    def get(self, digest: str) -> dict[str, Any] | None:
        """Answer the copy, None when there is none, when the session has ended, or when Redis is away."""
        copy, ended = self._try(lambda: self._client.mget(_key(digest), _ended(digest)), (None, None))
        row: dict[str, Any] | None = json.loads(copy) if copy and not ended else None
        return row

    def put(self, digest: str, row: dict[str, Any]) -> None:
        """Keep a copy, if Redis is there."""
        self._try(lambda: self._client.set(_key(digest), json.dumps(row), ex=CACHE_SECONDS), None)

    def drop(self, digest: str) -> None:
        """Note that a session has ended, if Redis is there; else its copy ends by itself."""
        self._try(lambda: self._client.set(_ended(digest), 1, ex=ENDED_SECONDS), None)

    def _try(self, call: Callable[[], Any], otherwise: Any) -> Any:
        from redis import RedisError  # noqa: PLC0415 - an extra

        if self._clock() < self._rests_until:
            return otherwise
        try:
            return call()
        except (RedisError, OSError):
            self._rests_until = self._clock() + REST_SECONDS
            return otherwise


def _key(digest: str) -> str:
    return f"mailhelper-web:session:{digest}"


def _ended(digest: str) -> str:
    return f"mailhelper-web:ended:{digest}"


def open_cache(url: str) -> SessionCache:
    """Answer the cache that the configuration asks for. Raises ConfigError for what cannot be one."""
    if not url:
        return NoCache()
    # Limits are counted there too, and their library knows no other way that redis-py knows as well.
    if not url.startswith(("redis://", "rediss://")):
        raise ConfigError(_WRONG_ADDRESS)
    return RedisCache.open(url)
