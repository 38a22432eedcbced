"""Asleep: a machine that was suspended wakes to leases that have ended; who works there gets the time to renew them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from mailhelper_core.jobs.beat import BEATS_A_LEASE

# The two clocks are read one after the other; no suspension is shorter.
SHORTEST_SECONDS = 1.0
# One may come late.
BEATS = 2


def seconds_asleep() -> float:
    """Answer how long this machine has been suspended since it was started; 0 where the system does not say."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    if boot is None:
        return 0.0
    try:
        return max(0.0, time.clock_gettime(boot) - time.clock_gettime(time.CLOCK_MONOTONIC))
    except OSError:  # a sandbox that has no such clock
        return 0.0


@dataclass(slots=True)
class Asleep:
    """Notices that the machine of this process was suspended since it was last asked."""

    total: Callable[[], float] = seconds_asleep
    clock: Callable[[], float] = monotonic
    _seen: float = field(init=False)
    _woke_at: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        """Sleep before this moment is nobody's here."""
        self._seen = self.total()

    def has_just_ended(self, lease_seconds: float) -> bool:
        """Say whether the machine has just woken: who was at work then renews such a lease with its next beat."""
        total = self.total()
        if total - self._seen >= SHORTEST_SECONDS:
            self._seen, self._woke_at = total, self.clock()
        return self.clock() - self._woke_at < BEATS * lease_seconds / BEATS_A_LEASE
