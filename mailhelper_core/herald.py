"""Herald: tells observers what was committed, best effort; one that fails or is paused hears nothing of it later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import PluginError
from mailhelper_core.model.extension import Observer
from mailhelper_core.model.work.news import HOOK_OF, Metric, News

# What was measured while an observer is told; None while nobody is.
_measured: ContextVar[list[Metric] | None] = ContextVar("mailhelper_measured", default=None)


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells news in the thread that committed. Observers by the name of their hook."""

    observers: Mapping[str, Sequence[Observer]]
    dispatcher: Dispatcher

    def tell(self, news: Sequence[News]) -> None:
        """Tell each observer what its hook is about, all of it at once; never raises what an observer raises.

        What an observer does itself is told to nobody: two that answer each other would never end. What is measured
        meanwhile, such as its failure, is told to the others once, at the end; what is measured then is not.
        """
        if (measured := _measured.get()) is not None:
            measured += (one for one in news if isinstance(one, Metric))
            return
        by_hook: dict[str, list[News]] = defaultdict(list)
        for one in news:
            by_hook[HOOK_OF[type(one)]].append(one)
        meanwhile = [
            (observer, self._tell(observer, hook, tuple(told)))
            for hook, told in by_hook.items()
            for observer in self.observers.get(hook, ())
        ]
        hook = HOOK_OF[Metric]
        for observer in self.observers.get(hook, ()):
            if told := [one for whose, found in meanwhile if whose is not observer for one in found]:
                self._tell(observer, hook, tuple(told))

    def _tell(self, observer: Observer, hook: str, news: tuple[News, ...]) -> list[Metric]:
        """Tell one observer, and answer what was measured meanwhile."""
        measured: list[Metric] = []
        token = _measured.set(measured)
        try:
            # The dispatcher has logged and counted what it raises, and there is no report to name it in.
            with suppress(PluginError):
                self.dispatcher.call(observer.plugin, hook, lambda: observer.tell(news))
        finally:
            _measured.reset(token)
        return measured
