"""Which accounts get a connection that listens, and when a lost one is tried again. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# Servers drop idle connections, and then all at once: they come back spread over some seconds, later each time.
FIRST_WAIT_SECONDS = 5.0
MAX_DOUBLINGS = 6
# A server that cannot push may be upgraded one day.
CANNOT_PUSH_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do about connections now, by account id."""

    connect: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()


def choose(
    accounts: Sequence[int], listening: Collection[int], waits_until: Mapping[int, float], *, now: float, budget: int
) -> Choice:
    """Decide which accounts to connect and which connections to end; never more than the budget are listened to.

    accounts are those in use, the first ones first; waits_until is when one that failed may be tried again.
    """
    wanted = accounts[:budget] if len(accounts) > budget else accounts
    drop = tuple(id_ for id_ in sorted(listening) if id_ not in set(wanted))
    room = budget - (len(listening) - len(drop))
    ready = [id_ for id_ in wanted if id_ not in listening and waits_until.get(id_, now) <= now]
    return Choice(tuple(ready[: max(room, 0)]), drop)


def reconnect_wait(failures: int, draw: float) -> float:
    """Answer the seconds until a lost connection is made again: doubled each time, times 0.5 to 1.5 by the draw."""
    return float(FIRST_WAIT_SECONDS * 2 ** min(max(failures - 1, 0), MAX_DOUBLINGS) * (0.5 + draw))
