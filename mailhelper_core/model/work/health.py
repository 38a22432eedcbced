"""Health: what a look at database, key and plugins found."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.work.report import AsDict


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One thing looked at: whether it is well, and what to do when it is not."""

    name: str  # what was looked at
    ok: bool  # whether it is well
    found: str  # what was seen there
    advice: str = ""  # what to do; of what is well, what would be better


@dataclass(frozen=True, slots=True)
class Health(AsDict):
    """All that was looked at."""

    items: tuple[HealthItem, ...]  # in the order of looking

    @property
    def ok(self) -> bool:
        """Say whether everything is well."""
        return all(item.ok for item in self.items)
