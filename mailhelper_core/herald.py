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
from mailhelper_core.model.work.news import HOOK_OF, News

_is_telling: ContextVar[bool] = ContextVar("mailhelper_is_telling", default=False)


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells news in the thread that committed. Observers by the name of their hook."""

    observers: Mapping[str, Sequence[Observer]]
    dispatcher: Dispatcher

    def tell(self, news: Sequence[News]) -> None:
        """Tell each observer what its hook is about, all of it at once; never raises what an observer raises.

        What an observer does itself is told to nobody: two that answer each other would never end.
        """
        if _is_telling.get():
            return
        by_hook: dict[str, list[News]] = defaultdict(list)
        for one in news:
            by_hook[HOOK_OF[type(one)]].append(one)
        token = _is_telling.set(True)
        try:
            for hook, told in by_hook.items():
                for observer in self.observers.get(hook, ()):
                    self._tell(observer, hook, tuple(told))
        finally:
            _is_telling.reset(token)

    def _tell(self, observer: Observer, hook: str, news: tuple[News, ...]) -> None:
        with suppress(PluginError):  # the dispatcher has logged and counted it, and there is no report to name it in
            self.dispatcher.call(observer.plugin, hook, lambda: observer.tell(news))
