"""Which plugins the processes on one database have: noted while they work, compared by `check`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.work import Counts, Slice, Work
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.work.health import HealthItem
from mailhelper_core.plugins.load import fingerprint
from mailhelper_core.store.plugins import sets
from mailhelper_core.store.unit_of_work import Store

# A worker that runs for weeks is seen as one that runs.
NOTE_SECONDS = 3_600.0


@dataclass(slots=True)
class PluginSet:
    """The plugins of this process."""

    store: Store
    registry: Registry
    clock: Callable[[], float] = monotonic
    _noted_at: float | None = field(default=None)

    def noting(self, works: Mapping[str, Work]) -> dict[str, Work]:
        """Answer works that note this process's plugins before they begin, once an hour."""
        return {kind: self._noting(work) for kind, work in works.items()}

    def item(self) -> HealthItem:
        """Say whether another process worked here within a day with other plugins: the two may answer differently."""
        mine = fingerprint(self.registry)
        try:
            others = sets.others(self.store, mine)
        except MailHelperError as exc:
            return HealthItem("plugin sets", ok=False, found=exc.code, advice=str(exc))
        found = f"{mine}, and {len(others)} other{'' if len(others) == 1 else 's'} within a day"
        advice = f"another process has {others[0] or 'none'}; install the same everywhere" if others else ""
        return HealthItem("plugin sets", ok=not others, found=found, advice=advice)

    def _noting(self, work: Work) -> Work:
        def noted(one: Slice) -> Counts:
            now = self.clock()
            if self._noted_at is None or now - self._noted_at > NOTE_SECONDS:
                self._noted_at = now
                sets.record(self.store, fingerprint(self.registry), self._names())
            return work(one)

        return noted

    def _names(self) -> str:
        return ", ".join(f"{one.name} {one.version}".strip() for one in self.registry.plugins if not one.built_in)
