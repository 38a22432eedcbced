"""Run: what the judge decides, written batch by batch as entries of one Change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.report import OnProgress, Progress, RuleRun
from mailhelper_core.rules.batches import BEFORE, STAGE, Batch
from mailhelper_core.rules.judge import Judge
from mailhelper_core.store.mind import rules
from mailhelper_core.store.mind.rules import NewHit
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes, pending
from mailhelper_core.store.work.decisions import Decision, decide


@dataclass(slots=True)
class Run:
    """One run of the rules; a batch is one short transaction. `total` messages are expected."""

    owner: OwnerStore
    judge: Judge
    progress: OnProgress | None
    total: int = 0
    change: int | None = None
    hits: int = 0
    operations: int = 0

    def act(self, batch: Batch) -> None:
        """Decide about a batch and write what was decided; its messages wait no longer, but for those held back."""
        found = self.judge.decide(batch)
        if batch.ids:
            with self.owner.begin() as uow:
                for account_id, ids in batch.ids.items():
                    done = [id_ for id_ in ids if id_ not in self.judge.held_back]
                    pending.done(uow, STAGE, account_id, done, unless=BEFORE)
                if found:
                    self._write(uow, found)
        if self.progress:
            self.progress(Progress(STAGE, self.judge.messages, max(self.total, self.judge.messages)))

    def report(self) -> RuleRun:
        """Answer what the run did."""
        return RuleRun(
            change=self.change,
            messages=self.judge.messages,
            hits=self.hits,
            operations=self.operations,
            capped=len(self.judge.held_back),
            errors=tuple(self.judge.errors),
        )

    def _write(self, uow: UnitOfWork, found: Sequence[NewHit]) -> None:
        change_id = self.change or changes.new_change(uow, "rules")
        new = rules.add_hits(uow, change_id, found)
        decisions = [Decision(operation, "rule", one.revision_id) for one in new for operation in one.hit.operations]
        self.operations += len(decide(uow, change_id, decisions))
        self.hits += len(new)
        self.change = change_id
