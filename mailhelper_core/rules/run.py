"""Run: what the judge decides, written batch by batch as entries of one Change."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.report import OnProgress, Progress, RuleRun
from mailhelper_core.model.rule import RuleHit
from mailhelper_core.rules.batches import STAGE, Batch
from mailhelper_core.rules.judge import Judge
from mailhelper_core.store import changes, pending, rules
from mailhelper_core.store.decisions import Decision, decide
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork


@dataclass(slots=True)
class Run:
    """One run of the rules; a batch is one short transaction."""

    owner: OwnerStore
    judge: Judge
    progress: OnProgress | None
    change: int | None = None
    hits: int = 0
    operations: int = 0

    def act(self, batch: Batch) -> None:
        """Decide about a batch and write what was decided; its messages wait no longer, but for those held back."""
        found = self.judge.decide(batch)
        with self.owner.begin() as uow:
            by_account: dict[int, list[int]] = {}
            for message in batch.details:
                if message.id not in self.judge.held_back:
                    by_account.setdefault(message.account_id, []).append(message.id)
            for account_id, ids in by_account.items():
                pending.done(uow, STAGE, account_id, ids)
            if found:
                self._write(uow, found)
        if self.progress:
            self.progress(Progress(STAGE, self.judge.messages, self.judge.messages))

    def report(self) -> RuleRun:
        """Answer what the run did."""
        return RuleRun(
            change=self.change,
            messages=self.judge.messages,
            hits=self.hits,
            operations=self.operations,
            capped=self.judge.capped,
            errors=tuple(self.judge.errors),
        )

    def _write(self, uow: UnitOfWork, found: list[tuple[int, int, RuleHit]]) -> None:
        if self.change is None:
            self.change = changes.new_change(uow, "rules")
        rules.add_hits(uow, self.change, found)
        decisions = [
            Decision(operation, "rule", revision_id) for _, revision_id, hit in found for operation in hit.operations
        ]
        self.operations += len(decide(uow, self.change, decisions))
        self.hits += len(found)
