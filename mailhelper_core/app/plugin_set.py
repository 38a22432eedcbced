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
from mailhelper_core.store.work.leases import new_holder

# Often enough that a process which works is never taken for one that ended.
NOTE_SECONDS = sets.RECENT_SECONDS / 3


@dataclass(slots=True)
class PluginSet:
    """The plugins of this process."""

    store: Store
    registry: Registry
    clock: Callable[[], float] = monotonic
    # Drawn where work begins: a worker forks after the helper is made.
    _worker: str = field(default="")
    _noted_at: float | None = field(default=None)

    def noting(self, works: Mapping[str, Work]) -> dict[str, Work]:
        """Answer works that note this process's plugins before they begin, every few minutes."""
        return {kind: self._noting(work) for kind, work in works.items()}

    def item(self) -> HealthItem:
        """Say whether another process works here with other plugins: the two may answer differently."""
        mine = fingerprint(self.registry)
        try:
            others = sets.others(self.store, mine)
        except MailHelperError as exc:
            return HealthItem("plugin sets", ok=False, found=exc.code, advice=str(exc))
        found = f"{mine}, and {len(others)} other{'' if len(others) == 1 else 's'}"
        return HealthItem("plugin sets", ok=not others, found=found, advice=self._advice(others))

    def leave(self) -> None:
        """Let the database forget this process, which ends; where it cannot, the note grows old."""
        worker, self._worker, self._noted_at = self._worker, "", None
        if worker:
            try:
                sets.forget(self.store, worker)
            except MailHelperError:
                return

    def _advice(self, others: list[str]) -> str:
        if not others:
            return ""
        mine, theirs = self._names(), others[0].split(", ")
        only_there = [name for name in theirs if name and name not in mine]
        only_here = [name for name in mine if name not in theirs]
        there, here = ", ".join(only_there) or "none of them", ", ".join(only_here) or "none of them"
        return f"another process has {there}, this one {here}; install the same everywhere and start all again"

    def _noting(self, work: Work) -> Work:
        def noted(one: Slice) -> Counts:
            now = self.clock()
            if self._noted_at is None or now - self._noted_at > NOTE_SECONDS:
                self._worker = self._worker or new_holder()
                sets.record(self.store, self._worker, fingerprint(self.registry), ", ".join(self._names()))
                self._noted_at = now
            return work(one)

        return noted

    def _names(self) -> list[str]:
        return [f"{one.name} {one.version}".strip() for one in self.registry.plugins if not one.built_in]
