"""Counters of rate limits in this process; the one of `limits` starts a thread for each request that it counts."""

from __future__ import annotations

import threading
import time

from limits.storage import Storage

# Over so many, those that are past are swept; a household has tens.
_SWEEP_AT = 10_000


class ProcessStorage(Storage):
    """Fixed windows in a dict: `process://` for flask_limiter."""

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 - the name and type that `limits` asks for

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:  # noqa: FBT001, FBT002 - as the base class
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = threading.Lock()
        self._counters: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Answer what this storage raises by itself: nothing."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more, in a new window where the last one is past."""
        now = time.time()
        with self._lock:
            if len(self._counters) > _SWEEP_AT:
                self._counters = {name: one for name, one in self._counters.items() if one[1] > now}
            count, ends = self._counters.get(key, (0, 0.0))
            count, ends = (count + amount, ends) if ends > now else (amount, now + expiry)
            self._counters[key] = (count, ends)
        return count

    def get(self, key: str) -> int:
        """Answer how many there are in the window that is open."""
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Answer when the window ends."""
        return max(self._counters.get(key, (0, 0.0))[1], time.time())

    def check(self) -> bool:
        """Say that it is there."""
        return True

    def reset(self) -> int:
        """Forget all counters."""
        with self._lock:
            number = len(self._counters)
            self._counters.clear()
        return number

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._counters.pop(key, None)
