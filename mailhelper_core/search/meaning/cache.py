"""The matrices of the owners who search: kept for the process, read again when the vectors have changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from mailhelper_core.ai.embedding.vectors import Matrix, matrix
from mailhelper_core.store.search import vectors
from mailhelper_core.store.search.vectors import Profile
from mailhelper_core.store.unit_of_work import UnitOfWork

# Owners whose vectors stay in memory: 10,000 messages of one are 15 MB.
MAX_MATRICES = 8


@dataclass(slots=True)
class MatrixCache:
    """Matrices by profile; thread-safe, one for a process."""

    _kept: OrderedDict[int, tuple[int, Matrix]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, uow: UnitOfWork, profile: Profile) -> Matrix:
        """Answer a profile's matrix as of its revision."""
        with self._lock:
            kept = self._kept.get(profile.id)
            if kept is not None and kept[0] == profile.revision:
                self._kept.move_to_end(profile.id)
                return kept[1]
        ids, rows = vectors.every(uow, profile.id)
        found = matrix(ids, rows, profile.dimension)
        with self._lock:
            self._kept[profile.id] = (profile.revision, found)
            self._kept.move_to_end(profile.id)
            while len(self._kept) > MAX_MATRICES:
                self._kept.popitem(last=False)
        return found
