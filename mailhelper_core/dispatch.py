"""The isolating call of plugin providers: a failure names the plugin and costs only its own contribution."""

from __future__ import annotations

import inspect
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import PurePath
from time import monotonic
from typing import TypeVar

from mailhelper_core.errors import PluginError, ProviderError

T = TypeVar("T")
# Hears which provider is called next ("": none), and answers whether it may be.
Watchman = Callable[[str], bool]
# Hears which plugin and provider failed, and the code.
Notice = Callable[[str, str, str], None]
_watchman: ContextVar[Watchman | None] = ContextVar("mailhelper_watchman", default=None)

logger = logging.getLogger("mailhelper.plugins")

# Failures in a row before a provider is left out, and for how long: a bad deploy must not cost a call a mail.
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 60.0
# Answers without complaint after which earlier wrong ones are forgotten: a call that returns says nothing yet.
ANSWERS_TO_FORGIVE = 10


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    wrong: int = 0
    answers: int = 0
    open_until: float = 0.0


@dataclass(slots=True)
class Dispatcher:
    """Calls providers; thread-safe. One per process, so that a broken provider is known everywhere in it."""

    clock: Callable[[], float] = monotonic
    notice: Notice | None = None  # hears of every failure
    _breakers: dict[str, _Breaker] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, plugin: str, provider: str, function: Callable[[], T]) -> T:
        """Call a provider; raise PluginError when it fails or its breaker is open.

        The one other error that passes is ProviderError: a model service that is away is no broken plugin.
        """
        breaker = self._breaker(f"{plugin}/{provider}")
        if breaker.open_until > self.clock():
            raise PluginError(
                f"{provider!r} of plugin {plugin!r} is paused after failures", plugin=plugin, code="paused"
            )
        watchman = _watchman.get()
        if watchman is not None and not watchman(f"{plugin}/{provider}"):
            raise PluginError(
                f"{provider!r} of plugin {plugin!r} is left out after it ended a worker", plugin=plugin, code="paused"
            )
        try:
            answer = function()
        except ProviderError as exc:
            if exc.transient:
                self._failed(breaker, plugin, provider, exc)
            raise
        except (Exception, SystemExit) as exc:
            self._failed(breaker, plugin, provider, exc)
            problem = f"{provider!r} of plugin {plugin!r} raised {type(exc).__name__} at {_place(exc)}"
            raise PluginError(problem, plugin=plugin) from exc
        finally:
            if watchman is not None:
                watchman("")
        breaker.failures = 0
        breaker.answers += 1
        return answer

    def reject(self, plugin: str, provider: str, problem: str) -> PluginError:
        """Count a wrong answer as a failure and answer the error to report."""
        error = PluginError(f"{provider!r} of plugin {plugin!r} {problem}", plugin=plugin, code="plugin_answer")
        breaker = self._breaker(f"{plugin}/{provider}")
        with self._lock:
            breaker.wrong = breaker.wrong + 1 if breaker.answers <= ANSWERS_TO_FORGIVE else 1
            breaker.answers = 0
        self._failed(breaker, plugin, provider, error)
        return error

    def _breaker(self, key: str) -> _Breaker:
        with self._lock:
            return self._breakers.setdefault(key, _Breaker())

    def _failed(self, breaker: _Breaker, plugin: str, provider: str, exc: BaseException) -> None:
        # The exception's text may quote mail, so only its type and place are logged.
        logger.warning("plugin %s: %s failed: %s at %s", plugin, provider, type(exc).__name__, _place(exc))
        with self._lock:
            breaker.failures += 1
            if max(breaker.failures, breaker.wrong) >= FAILURES_TO_OPEN:
                breaker.open_until = self.clock() + OPEN_SECONDS
                breaker.failures = breaker.wrong = 0
        if self.notice is not None:
            self.notice(plugin, provider, exc.code if isinstance(exc, PluginError) else "plugin")


@contextmanager
def watched(watchman: Watchman) -> Iterator[None]:
    """Let a watchman hear of every call of a provider in this thread, before it is made and when it is over."""
    token = _watchman.set(watchman)
    try:
        yield
    finally:
        _watchman.reset(token)


def _place(exc: BaseException) -> str:
    """Answer file and line where an exception was raised, which quote no mail."""
    frames = traceback.extract_tb(exc.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "its answer"


def takes_context(function: Callable[..., Sequence[object]]) -> bool:
    """Say whether a batch function takes a second argument for the context."""
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 2 or any(p.kind is p.VAR_POSITIONAL for p in parameters)
