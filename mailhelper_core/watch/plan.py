"""Which accounts get a connection that listens, and when a lost one is tried again. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.model.work.backoff import backoff

# Servers drop idle connections, and then all at once: they come back spread over some seconds, later each time.
FIRST_WAIT_SECONDS = 5.0
# As long as a poll's usual interval: who is cut sooner each time would log in more often than polls do.
HOLDS_SECONDS = 300.0
# A server that cannot push may be upgraded one day.
CANNOT_PUSH_SECONDS = 3600.0
# Where a server refuses a sync while one connection listens, that connection may be the one too many.
ONE_TOO_MANY_SECONDS = 3600.0
# Where there are more accounts than connections: long enough that a new login weighs nothing.
TURN_SECONDS = 3600.0


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
    kept = frozenset(wanted)
    drop = tuple(id_ for id_ in sorted(listening) if id_ not in kept)
    room = budget - (len(listening) - len(drop))
    ready = [id_ for id_ in wanted if id_ not in listening and waits_until.get(id_, now) <= now]
    return Choice(tuple(ready[: max(room, 0)]), drop)


def liveliest(news: Mapping[int, int], budget: int) -> tuple[int, ...]:
    """Answer the accounts that go on listening for another turn: those with most news, on half of the connections."""
    return tuple(sorted(news, key=lambda id_: (-news[id_], id_))[: budget // 2])


def failures_after(failures: int, held_seconds: float) -> int:
    """Answer the failures in a row when one more connection is lost; one that held for long forgives those before."""
    return 1 if held_seconds >= HOLDS_SECONDS else failures + 1


def reconnect_wait(failures: int, draw: float, asked_seconds: float = 0.0) -> float:
    """Answer the seconds until a lost connection is made again: later each time, and never sooner
    than the server has asked for.
    """
    return max(backoff(failures, FIRST_WAIT_SECONDS, draw), asked_seconds)
