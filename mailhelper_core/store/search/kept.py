"""Bounds that were asked for lately, by all that they were made of: a view takes a third less where it has its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from mailhelper_core.store.forked import OwnLock
from mailhelper_core.store.search.bounds import Bounds


class KeptBounds:
    """The bounds of the `most` keys that were asked for last; for all threads of a process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = OwnLock()
        self._bounds: OrderedDict[tuple[object, ...], Bounds] = OrderedDict()

    def get(self, key: tuple[object, ...], make: Callable[[], Bounds]) -> Bounds:
        """Answer what is kept by this key, else what `make` answers, which may read the database."""
        with self._lock:
            if (found := self._bounds.get(key)) is not None:
                self._bounds.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._bounds[key] = made
            if len(self._bounds) > self._most:
                self._bounds.popitem(last=False)
        return made
