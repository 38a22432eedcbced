"""Serve the web host and ask it as its users do: load.py quiet|busy|flood USERS RATE SYNCING.

`quiet`: users read and correct, together RATE requests a second, while SYNCING accounts are synced. `busy`: they log
in, sync and ask for summaries besides. `flood`: RATE connections ask at once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bench.children.web.answers import Answers
from bench.children.web.grounds import Servers, host_config, make_users, servers, serving
from bench.children.web.visitor import Visitor
from bench.gauge import tell
from mailhelper_core import MailHelper, OwnerServices

One = TypeVar("One")

MESSAGES = 100
# More than four threads sync and judge while it is measured.
TO_SYNC = 10_000
# What a sync finds that a user asks for.
NEWS = 5
SECONDS = 30
START_SECONDS = 60
READING = (
    "start", "list", "message", "search", "message", "list", "correct", "message", "list", "message", "message",
)  # fmt: skip
# So every step is taken, the rare ones at about the share they have in a day.
ALL = (
    "log_in", "start", "list", "message", "search", "message", "correct", "sync", "list", "message", "search", "start",
    "message", "summary", "list", "message",
)  # fmt: skip


def main() -> None:
    """Make users with mail, serve, ask, tell."""
    mode, users, rate, syncing = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as name, servers(users, MESSAGES) as grounds:
        config = host_config(Path(name), grounds)
        accounts = make_users(config, grounds, users)
        with MailHelper(config.database_url) as helper, serving(config, max(2, syncing)) as port:
            found = [(helper.for_owner(owner), account_id) for owner, account_id in accounts]
            visitors = [Visitor(port, number, account_id) for number, (_, account_id) in enumerate(accounts)]
            _together(Visitor.arrive, visitors, at_once=8)
            if mode == "flood":
                tell(_flood(port, visitors, rate).as_figures())
            elif mode == "busy":
                tell(_busy(visitors, found, grounds, rate))
            else:
                tell(_quiet(visitors, found[:syncing], grounds, rate))


def _quiet(
    visitors: Sequence[Visitor], syncing: Sequence[tuple[OwnerServices, int]], grounds: Servers, rate: float
) -> dict[str, float]:
    """Measure readers while accounts are synced, all of them from the first request to the last."""
    for number in range(len(syncing)):
        grounds.append(number, TO_SYNC)
    jobs = [ada.jobs.submit("run", account_id=account_id).id for ada, account_id in syncing]
    before = [_held(ada) for ada, _ in syncing]
    deadline = time.monotonic() + START_SECONDS
    while not _all_at_work(syncing, jobs, before) and time.monotonic() < deadline:
        time.sleep(0.2)
    begin = _require_syncing(syncing, jobs, before)
    _walk(visitors, READING, rate)
    end = _require_syncing(syncing, jobs, begin)
    came = [last - first for first, last in zip(begin, end, strict=True)]
    return {**_sum(visitors).as_figures(), "came": float(sum(came))}


def _all_at_work(syncing: Sequence[tuple[OwnerServices, int]], jobs: Sequence[int], before: Sequence[int]) -> bool:
    return all(
        ada.jobs.get(job).is_open and _held(ada) > count
        for (ada, _), job, count in zip(syncing, jobs, before, strict=True)
    )


def _require_syncing(
    syncing: Sequence[tuple[OwnerServices, int]], jobs: Sequence[int], before: Sequence[int]
) -> list[int]:
    """Answer how many messages each account holds; raise unless all are at work and hold more than before."""
    if not _all_at_work(syncing, jobs, before):
        states = [(ada.jobs.get(job).state, _held(ada)) for (ada, _), job in zip(syncing, jobs, strict=True)]
        raise RuntimeError(f"not all accounts sync: {states}, before {list(before)}")
    return [_held(ada) for ada, _ in syncing]


def _busy(
    visitors: Sequence[Visitor], accounts: Sequence[tuple[OwnerServices, int]], grounds: Servers, rate: float
) -> dict[str, float]:
    """Measure users who do everything; raise unless every step was taken and did something."""
    for number in range(len(accounts)):
        grounds.append(number, NEWS)
    before, asked = [_held(ada) for ada, _ in accounts], grounds.summaries()
    _walk(visitors, ALL, rate)
    figures = _sum(visitors).as_figures()
    came = sum(_held(ada) - count for (ada, _), count in zip(accounts, before, strict=True))
    summaries, corrected = grounds.summaries() - asked, sum(_corrections(ada) for ada, _ in accounts)
    missing = [step for step in ALL if not figures.get(f"{step}_count")]
    if missing or not (came and summaries and corrected):
        raise RuntimeError(f"not done: {missing}, {came} new messages, {summaries} summaries, {corrected} corrections")
    return {**figures, "came": float(came), "summaries": float(summaries), "corrections": float(corrected)}


def _held(ada: OwnerServices) -> int:
    return ada.count("", at_most=1_000_000)


def _corrections(ada: OwnerServices) -> int:
    return sum(1 for one in ada.changes(limit=200) if one.kind == "correct")


def _walk(visitors: Sequence[Visitor], steps: Sequence[str], rate: float) -> None:
    """Let all walk at once, each from another step on, so that every step is taken all the time."""
    begin, pause = time.monotonic(), len(visitors) / rate

    def one(numbered: tuple[int, Visitor]) -> None:
        number, visitor = numbered
        at = number % len(steps)
        own = [*steps[at:], *steps[:at]]
        visitor.walk(own, begin=begin + pause * number / len(visitors), ends=begin + SECONDS, pause=pause)

    _together(one, list(enumerate(visitors)), at_once=len(visitors))


def _flood(port: int, visitors: Sequence[Visitor], connections: int) -> Answers:
    crowd = [Visitor(port, number, 0) for number in range(connections)]
    for number, one in enumerate(crowd):
        one.go_on_as(visitors[number % len(visitors)])
    _together(lambda one: one.ask("/mail/?view=all"), crowd, at_once=connections)
    return _sum(crowd)


def _together(work: Callable[[One], None], each: Iterable[One], *, at_once: int) -> None:
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(work, each))  # raises what was raised


def _sum(visitors: Iterable[Visitor]) -> Answers:
    every = Answers()
    for visitor in visitors:
        visitor.close()
        every.refused += visitor.answers.refused
        every.errors += visitor.answers.errors
        for step, walls in visitor.answers.walls.items():
            every.walls[step] += walls
    return every


if __name__ == "__main__":
    main()
