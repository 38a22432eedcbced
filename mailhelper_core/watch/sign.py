"""The sign of life of a watcher: given by its own loop, so one that hangs gives none, and taken back at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from socket import gethostname
from types import TracebackType

from mailhelper_core.errors import MailHelperError
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import watchers

logger = logging.getLogger("mailhelper.watch")


@dataclass(frozen=True, slots=True)
class Sign:
    """Stands for its host, so that a watcher that is started again after a crash takes up where that left off.

    A context manager; a watcher that fails with an exception is as gone as one that was killed, and its sign stays.
    """

    store: Store
    host: str = field(default_factory=gethostname)

    def __enter__(self) -> Sign:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None or not issubclass(kind, Exception):  # Ctrl-C is an end in order
            self._try(lambda: watchers.leave(self.store, self.host))

    def give(self) -> None:
        """Say that the watcher of this host is alive; a database that is away is told the next time."""
        self._try(lambda: watchers.sign(self.store, self.host))

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except MailHelperError as exc:
            logger.warning("the watcher's sign of life cannot be written: %s", exc.code)
