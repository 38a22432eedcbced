"""The isolating call of plugin providers: a failure names the plugin and costs only its own contribution."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import PurePath
from time import monotonic
from typing import TypeVar

from mailhelper_core.errors import MailHelperError, PluginError, ProviderError
from mailhelper_core.watchman import Watchman, heard_by

T = TypeVar("T")
# Hears which plugin and provider failed, and the code.
Notice = Callable[[str, str, str], None]
# Ends what a provider has left open; says whether there was something.
Closer = Callable[[], bool]
# Errors that reach the caller as they are.
Passing = tuple[type[ProviderError], ...]


_closers: ContextVar[list[Closer] | None] = ContextVar("mailhelper_closers", default=None)

logger = logging.getLogger("mailhelper.plugins")

# Failures in a row before a provider is left out, and for how long: a bad deploy must not cost a call a mail.
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 60.0
# A service may ask to be left alone; beyond this it is asked whether it still means it.
MOST_REST_SECONDS = 3_600.0
# Answers without complaint after which earlier wrong ones are forgotten: a call that returns says nothing yet.
ANSWERS_TO_FORGIVE = 10
# A call that takes longer is counted as a failure, though its answer is taken: three are a provider that holds up mail;
# one that had to be ended after that is left out at once. One process cannot end a call that hangs: a worker's soft
# limit raises in what is Python, its hard limit ends the process, and the job's row names the provider.
OVERRUN_SECONDS = 30.0
_ENDED_A_WORKER = "is left out after it ended a worker"
LEFT_OUT = "left_out"  # the code of a source that is; what asked for it cannot go on without it


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    wrong: int = 0
    answers: int = 0
    open_until: float = 0.0


@dataclass(slots=True)
class Dispatcher:
    """Calls providers; thread-safe. One per process, so that a broken provider is known everywhere in it.

    With `trace` every call is logged when it begins, and its duration when it returns.
    """

    clock: Callable[[], float] = monotonic
    notice: Notice | None = None  # hears of every failure
    trace: bool = False
    _breakers: dict[tuple[str, str, str], _Breaker] = field(default_factory=dict)
    _rests: dict[tuple[str, str], float] = field(default_factory=dict)  # until when a service wants to be left alone
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, plugin: str, provider: str, function: Callable[[], T], *, kind: str = "", passes: Passing = ()) -> T:
        """Call a provider; raise PluginError when it fails or its breaker is open; kind: what tells namesakes apart.

        passes: raised as it is, for callers who know that a service which is away is no broken plugin.
        """
        breaker = self._breakers.get((plugin, provider, kind)) or self._breaker(plugin, provider, kind)
        began, watchman = self._begin(plugin, provider)
        _require_admitted(breaker, plugin, provider, began, watchman)
        try:
            answer = _closing(function)
        except KeyboardInterrupt:
            raise
        except passes as exc:
            if exc.transient:
                self._failed(breaker, plugin, provider, exc)
            raise
        except BaseException as exc:
            raise self._raised(breaker, plugin, provider, exc, self.clock() - began) from exc
        finally:
            if watchman is not None:
                watchman("")
        self._trace(plugin, provider, began)
        self._returned(breaker, plugin, provider, self.clock() - began)
        return answer

    def let_rest(self, plugin: str, provider: str, seconds: float) -> None:
        """Note that a service has asked to be left alone for so long, an hour at most; what was noted last counts."""
        self._rests[plugin, provider] = self.clock() + min(seconds, MOST_REST_SECONDS)

    def rest_of(self, plugin: str, provider: str) -> float:
        """Answer for how many seconds a service is still to be left alone."""
        return max(0.0, self._rests.get((plugin, provider), 0.0) - self.clock())

    def call_source(
        self, plugin: str, provider: str, function: Callable[[], T], *, is_risky: bool = False, stays: bool = False
    ) -> T:
        """Call what may raise any error of ours, as mail sources and token providers do; all else is a PluginError.

        Failures say nothing of other accounts: nobody is left out for them, only by a job whose worker it ended. What
        is called for every message, or in a transaction (a beat would wait for it), is not risky. Who stays, `leave`s.
        """
        began, watchman = self._begin(plugin, provider)
        if watchman is not None and not watchman(f"{plugin}/{provider}", is_risky=is_risky, stays=stays):
            raise _error_of(plugin, provider, _ENDED_A_WORKER, LEFT_OUT)
        try:
            answer = function()
            stays = False  # from here on it is at work until it says `leave`, whatever is called meanwhile
            self._trace(plugin, provider, began)
            return answer
        except (KeyboardInterrupt, MailHelperError):
            raise
        except BaseException as exc:
            error = _error(plugin, provider, exc, self.clock() - began)
            self._say(plugin, provider, error if error.code == "overrun" else exc)
            raise error from exc
        finally:
            if watchman is not None:
                watchman("", is_risky=is_risky, stays=stays)

    def reject(self, plugin: str, provider: str, problem: str, *, kind: str = "") -> PluginError:
        """Count a wrong answer as a failure and answer the error to report."""
        error = _error_of(plugin, provider, problem, "plugin_answer")
        breaker = self._breaker(plugin, provider, kind)
        with self._lock:
            breaker.wrong = breaker.wrong + 1 if breaker.answers <= ANSWERS_TO_FORGIVE else 1
            breaker.answers = 0
        self._failed(breaker, plugin, provider, error)
        return error

    def paused(self, plugin: str, *, kind: str | None = None) -> tuple[str, ...]:
        """Answer the providers of a plugin that are left alone now, after failures in this process."""
        now = self.clock()
        with self._lock:
            found = [key for key, one in self._breakers.items() if key[0] == plugin and one.open_until > now]
        return tuple(sorted({name for _, name, of in found if kind in (None, of)}))

    def _begin(self, plugin: str, provider: str) -> tuple[float, Watchman | None]:
        if self.trace:  # of a call that ends the process the log has this line and no other
            logger.info("plugin %s: %s begins", plugin, provider)
        return self.clock(), heard_by()

    def _trace(self, plugin: str, provider: str, began: float) -> None:
        if self.trace:
            logger.info("plugin %s: %s took %.3f ms", plugin, provider, (self.clock() - began) * 1000)

    def _breaker(self, plugin: str, provider: str, kind: str) -> _Breaker:
        with self._lock:
            return self._breakers.setdefault((plugin, provider, kind), _Breaker())

    def _raised(self, breaker: _Breaker, plugin: str, provider: str, exc: BaseException, seconds: float) -> PluginError:
        error = _error(plugin, provider, exc, seconds)
        if error.code == "overrun":
            # Whoever ends a call, such as a worker's soft limit, does so once: the next call must not hang as well.
            breaker.failures = FAILURES_TO_OPEN
        self._failed(breaker, plugin, provider, error if error.code == "overrun" else exc)
        return error

    def _returned(self, breaker: _Breaker, plugin: str, provider: str, seconds: float) -> None:
        if seconds > OVERRUN_SECONDS:
            self._failed(breaker, plugin, provider, PluginError(f"took {seconds:.0f} s", plugin=plugin, code="overrun"))
            return
        breaker.failures = 0
        breaker.answers += 1

    def _failed(self, breaker: _Breaker, plugin: str, provider: str, exc: BaseException) -> None:
        with self._lock:
            breaker.failures += 1
            is_opened = max(breaker.failures, breaker.wrong) >= FAILURES_TO_OPEN
            if is_opened:
                breaker.open_until = self.clock() + OPEN_SECONDS
                breaker.failures = breaker.wrong = 0
        self._say(plugin, provider, exc)
        if is_opened and self.notice is not None:
            self.notice(plugin, provider, "paused")

    def _say(self, plugin: str, provider: str, exc: BaseException) -> None:
        # The exception's text may quote mail, so only its type and place are logged.
        logger.warning("plugin %s: %s failed: %s at %s", plugin, provider, type(exc).__name__, place_of(exc))
        if self.notice is not None:
            self.notice(plugin, provider, exc.code if isinstance(exc, PluginError) else "plugin")


def when_returned(close: Closer) -> None:
    """Let something be ended when the provider that is called now returns; leaving it open is a failure of it."""
    if (closers := _closers.get()) is not None:
        closers.append(close)


def _require_admitted(breaker: _Breaker, plugin: str, provider: str, now: float, watchman: Watchman | None) -> None:
    if breaker.open_until > now:
        raise _error_of(plugin, provider, "is paused after failures", "paused")
    if watchman is not None and not watchman(f"{plugin}/{provider}"):
        raise _error_of(plugin, provider, _ENDED_A_WORKER, "paused")


class _LeftOpenError(PluginError):
    """A provider returned with something open."""

    default_code = "left_open"


def _closing(function: Callable[[], T]) -> T:
    closers: list[Closer] = []
    token = _closers.set(closers)
    try:
        answer = function()
    finally:
        _closers.reset(token)
        left_open = sum(close() for close in closers)
    if left_open:
        raise _LeftOpenError
    return answer


def _error(plugin: str, provider: str, exc: BaseException, seconds: float) -> PluginError:
    if seconds > OVERRUN_SECONDS:
        return _error_of(plugin, provider, f"was ended after {seconds:.0f} s", "overrun")
    code = exc.code if isinstance(exc, _LeftOpenError) else None
    return _error_of(plugin, provider, f"raised {type(exc).__name__} at {place_of(exc)}", code)


def _error_of(plugin: str, provider: str, problem: str, code: str | None) -> PluginError:
    return PluginError(f"{provider!r} of plugin {plugin!r} {problem}", plugin=plugin, provider=provider, code=code)


def place_of(exc: BaseException) -> str:
    """Answer file and line where an exception was raised, which quote no mail."""
    if isinstance(exc, SyntaxError) and exc.filename and exc.lineno:  # raised by who reads the file
        return f"{PurePath(exc.filename).name}:{exc.lineno}"
    frames = traceback.extract_tb(exc.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "its answer"
