"""`helper.admin`: counts and states across owners, never mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mailhelper_core.model.egress import EgressCounts
from mailhelper_core.store.egress import ledger
from mailhelper_core.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Admin:
    """What the one who runs the program may see."""

    store: Store

    def egress(self, *, days: int = 30) -> tuple[EgressCounts, ...]:
        """Count the calls of model providers in the last days, by provider, purpose and outcome."""
        with self.store.read() as connection:
            return ledger.counts(connection, self.store.clock() - timedelta(days=days))
