"""WatchService: one selector loop that listens on many accounts' connections, and submits jobs for what it hears."""

from __future__ import annotations

import logging
import random
import selectors
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from math import isnan
from queue import Empty, SimpleQueue
from time import monotonic

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.source.push import Pusher
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import watched
from mailhelper_core.watch import plan
from mailhelper_core.watch.sign import Sign

logger = logging.getLogger("mailhelper.watch")

# Descriptors and the server's patience: large providers allow 10 to 15 connections for an account, a process 1,024.
DEFAULT_CONNECTIONS = 500
# Logging in takes a second at worst of a good server's time; a bad one's must not keep others waiting.
CONNECTING_THREADS = 4
# How often the list of accounts is read again and a sign of life given, and how soon `stop` is noticed.
REFRESH_SECONDS = 30.0
ROUND_SECONDS = 0.5

IsStopped = Callable[[], bool]
# Opens a connection that listens, None where the server cannot push: (owner, account_id).
Connect = Callable[[str, int], Pusher | None]
# Hears that an account's server is there and may have news: (owner, account_id).
Heard = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a try to connect; without pusher and code the server cannot push."""

    account_id: int
    pusher: Pusher | None = None
    code: str = ""
    asked_seconds: float = 0.0


@dataclass(slots=True, eq=False)
class WatchService:
    """Listens for one process; what the servers say between two connections is found by one job after each."""

    store: Store
    connect: Connect
    heard: Heard
    connections: int = DEFAULT_CONNECTIONS
    draw: Callable[[], float] = random.random
    _owners: dict[int, str] = field(default_factory=dict)
    _listening: dict[int, Pusher] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)
    _connecting: set[int] = field(default_factory=set)
    _waits_until: dict[int, float] = field(default_factory=dict)
    _failures: dict[int, int] = field(default_factory=dict)
    _answers: SimpleQueue[_Answer] = field(default_factory=SimpleQueue)
    _refreshed: float = float("-inf")
    _turned: float = field(default_factory=monotonic)
    _after: int = 0
    _lively: tuple[int, ...] = ()
    _news: Counter[int] = field(default_factory=Counter)

    def watch(self, stop: IsStopped) -> None:
        """Listen until `stop` says so."""
        waker, woken = socket.socketpair()
        with waker, woken, selectors.DefaultSelector() as selector, ThreadPoolExecutor(CONNECTING_THREADS) as pool:
            woken.setblocking(False)
            selector.register(woken, selectors.EVENT_READ)
            try:
                with Sign(self.store) as sign:
                    while not stop():
                        self._arrange(selector, lambda id_: pool.submit(self._connect, id_, waker), sign)
                        self._hear(selector, woken)
                        self._take_up(selector)
            finally:
                for account_id in list(self._listening):
                    self._drop(selector, account_id)
                pool.shutdown(wait=True, cancel_futures=True)
                self._close_late()

    @property
    def listening(self) -> frozenset[int]:
        """The accounts that are listened to now."""
        return frozenset(self._listening)

    def _arrange(self, selector: selectors.BaseSelector, begin: Callable[[int], object], sign: Sign) -> None:
        now = monotonic()
        if now - self._refreshed >= REFRESH_SECONDS:
            self._refreshed = now
            sign.give()
            self._take_turns(now)
            self._refresh(now)
        busy = self._listening.keys() | self._connecting
        chosen = plan.choose(list(self._owners), busy, self._waits_until, now=now, budget=self.connections)
        for account_id in chosen.drop:
            self._drop(selector, account_id)
        for account_id in chosen.connect:
            self._connecting.add(account_id)
            begin(account_id)

    def _refresh(self, now: float) -> None:
        """Read which accounts are in use; one whose server asks to be left alone gives its connection to the polls."""
        try:
            self._owners = watched.in_use(
                self.store, limit=self.connections, rest_seconds=plan.ONE_TOO_MANY_SECONDS, first=self._lively,
                after=self._after,
            )  # fmt: skip
            dropped = (self._listening.keys() | self._connecting) - self._owners.keys()
            for account_id in watched.asked_to_wait(self.store, dropped) if dropped else ():
                self._waits_until[account_id] = now + plan.ONE_TOO_MANY_SECONDS
        except MailHelperError as exc:
            logger.warning("accounts cannot be read: %s", exc.code)

    def _take_turns(self, now: float) -> None:
        """Let those be listened to next that the budget left out, and go on with those that had most news."""
        if now - self._turned < plan.TURN_SECONDS:
            return
        self._turned = now
        if self._owners and len(self._owners) >= self.connections:
            self._after = next(reversed(self._owners))
        self._lively = plan.liveliest(self._news, self.connections)
        self._news.clear()

    def _connect(self, account_id: int, waker: socket.socket) -> None:
        try:
            answer = _Answer(account_id, self.connect(self._owners[account_id], account_id))
        except MailHelperError as exc:
            answer = _Answer(account_id, code=exc.code, asked_seconds=exc.retry_after or 0.0)
        except Exception as exc:  # noqa: BLE001 - the top of a thread: one account must not end the others
            answer = _Answer(account_id, code=type(exc).__name__)
        self._answers.put(answer)
        with suppress(OSError):
            waker.send(b"!")

    def _take_up(self, selector: selectors.BaseSelector) -> None:
        with suppress(Empty):
            while True:
                answer = self._answers.get_nowait()
                self._connecting.discard(answer.account_id)
                if answer.pusher is not None and answer.account_id not in self._owners:
                    answer.pusher.close()  # it was paused or removed while its connection was being made
                elif answer.pusher is not None:
                    self._listen(selector, answer.account_id, answer.pusher)
                elif answer.code:
                    self._failed(answer.account_id, answer.code, answer.asked_seconds)
                else:
                    self._waits_until[answer.account_id] = monotonic() + plan.CANNOT_PUSH_SECONDS

    def _listen(self, selector: selectors.BaseSelector, account_id: int, pusher: Pusher) -> None:
        self._listening[account_id] = pusher
        self._since[account_id] = monotonic()
        self._guarded(selector, account_id, lambda: selector.register(pusher, selectors.EVENT_READ, account_id))
        if account_id in self._listening:
            self._tell(account_id)  # what came before was pushed to nobody
            self._read(selector, account_id, pusher)

    def _hear(self, selector: selectors.BaseSelector, woken: socket.socket) -> None:
        left = self._left(selector)
        for key, _ in selector.select(max(0.0, min([ROUND_SECONDS, *left.values()]))):
            if key.data is None:
                with suppress(BlockingIOError):
                    woken.recv(1024)
            elif key.data in self._listening:
                self._read(selector, key.data, self._listening[key.data])
        for account_id, seconds in self._left(selector).items():
            if seconds <= 0:
                self._guarded(selector, account_id, self._listening[account_id].renew)

    def _left(self, selector: selectors.BaseSelector) -> dict[int, float]:
        """Answer by account how long until its pusher is to be renewed."""
        left: dict[int, float] = {}

        def ask(account_id: int, pusher: Pusher) -> None:
            seconds = float(pusher.seconds_left)
            if isnan(seconds):  # which is never over, and no time to wait for
                raise ValueError
            left[account_id] = seconds

        for account_id, pusher in list(self._listening.items()):
            self._guarded(selector, account_id, partial(ask, account_id, pusher))
        return left

    def _read(self, selector: selectors.BaseSelector, account_id: int, pusher: Pusher) -> None:
        changed: list[str] = []
        self._guarded(selector, account_id, lambda: changed.extend(pusher.read()))
        if changed:
            self._news[account_id] += 1
            self._tell(account_id)

    def _guarded(self, selector: selectors.BaseSelector, account_id: int, step: Callable[[], object]) -> None:
        try:
            step()
            return
        except MailHelperError as exc:
            code, asked = exc.code, exc.retry_after or 0.0
        except Exception as exc:  # noqa: BLE001 - one loop for all: a plugin's pusher must not end the others
            code, asked = type(exc).__name__, 0.0
        held = monotonic() - self._since[account_id]
        self._drop(selector, account_id)
        self._failed(account_id, code, asked, held_seconds=held)

    def _tell(self, account_id: int) -> None:
        try:
            self.heard(self._owners.get(account_id, ""), account_id)
        except Exception as exc:  # noqa: BLE001 - one loop for all
            said = exc.code if isinstance(exc, MailHelperError) else type(exc).__name__
            logger.warning("account %d: no job could be submitted: %s", account_id, said)

    def _failed(self, account_id: int, code: str, asked_seconds: float, *, held_seconds: float = 0.0) -> None:
        failures = plan.failures_after(self._failures.get(account_id, 0), held_seconds)
        self._failures[account_id] = failures
        self._waits_until[account_id] = monotonic() + plan.reconnect_wait(failures, self.draw(), asked_seconds)
        logger.info("account %d: nobody listens for a while: %s", account_id, code)

    def _drop(self, selector: selectors.BaseSelector, account_id: int) -> None:
        self._since.pop(account_id, None)
        pusher = self._listening.pop(account_id, None)
        if pusher is not None:
            # A descriptor that is closed already cannot be named; the selector finds it by its object.
            for key in [key for key in selector.get_map().values() if key.fileobj is pusher]:
                with suppress(KeyError, ValueError):
                    selector.unregister(key.fd)
            pusher.close()

    def _close_late(self) -> None:
        with suppress(Empty):
            while True:
                pusher = self._answers.get_nowait().pusher
                if pusher is not None:
                    pusher.close()
