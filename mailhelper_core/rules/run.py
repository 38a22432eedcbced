"""Run: what the judge decides, written batch by batch as entries of one Change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.model.rules.rule import RuleHit
from mailhelper_core.model.work.operation import ChangeState
from mailhelper_core.model.work.report import OnProgress, Progress, RuleRun
from mailhelper_core.rules.batches import BEFORE, STAGE, Batch, Position
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.judge import Judge
from mailhelper_core.store.mind import rules, waits
from mailhelper_core.store.mind.rules import NewHit
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, to_micros
from mailhelper_core.store.work import changes, pending, proposals
from mailhelper_core.store.work.decisions import Decision, decide


@dataclass(slots=True)
class Run:
    """One run of the rules; a batch is one short transaction. `total` messages are expected, `at` is where it is."""

    owner: OwnerStore
    judge: Judge
    progress: OnProgress | None
    total: int = 0
    change: int | None = None
    hits: int = 0
    operations: int = 0
    proposed: dict[int, int] = field(default_factory=dict)
    at: Position | None = None
    counted: frozenset[int] = frozenset()

    @classmethod
    def after(
        cls, carried: Carried, owner: OwnerStore, judge: Judge, progress: OnProgress | None, total: int = 0
    ) -> Run:
        """Go on after earlier slices: under what they left of the cap, in their Change unless it was undone since."""
        judge.destructive = carried.destructive
        ours = [*carried.proposed.values(), *([carried.change] if carried.change else ())]
        states: Mapping[int, ChangeState] = {}
        if ours:
            with owner.read() as uow:
                states = changes.states(uow, ours)
        proposed = {rule: id_ for rule, id_ in carried.proposed.items() if states.get(id_) == "proposed"}
        change = carried.change if carried.change and states.get(carried.change) == "applied" else None
        return cls(owner, judge, progress, total, change, proposed=proposed, at=carried.at, counted=carried.held_back)

    def carried(self) -> Carried:
        """Answer what a later slice goes on with."""
        held_back = self.counted | self.judge.held_back
        return Carried(self.judge.destructive, self.change, dict(self.proposed), self.at, held_back=held_back)

    def act(self, batch: Batch) -> None:
        """Decide about a batch and write what was decided; its messages wait no longer, but for those held back."""
        found = self.judge.decide(batch)
        if batch.ids:
            with self.owner.begin() as uow:
                if self.judge.acting is None:  # rules whose time has come leave to the others what waits for them
                    self._end_waiting(uow, batch)
                if found:
                    self._write(uow, found)
        if self.progress:
            # What is held back waits as before: a job that tells of it each time has not got further.
            done = self.judge.messages - len(self.judge.held_back)
            self.progress(Progress(STAGE, done, max(self.total, done), self.report()))
        self.at = batch.end

    def report(self) -> RuleRun:
        """Answer what the run did."""
        return RuleRun(
            change=self.change,
            messages=self.judge.messages,
            hits=self.hits,
            operations=self.operations,
            capped=len(self.judge.held_back - self.counted),
            proposed=tuple(self.proposed.values()),
            errors=tuple(self.judge.errors),
        )

    def _end_waiting(self, uow: UnitOfWork, batch: Batch) -> None:
        for account_id, ids in batch.ids.items():
            done = [id_ for id_ in ids if id_ not in self.judge.held_back]
            if batch.again:
                waits.done(uow, account_id, done)
            else:
                pending.done(uow, STAGE, account_id, done, unless=BEFORE)
        self._let_wait(uow, batch)

    def _let_wait(self, uow: UnitOfWork, batch: Batch) -> None:
        young = [
            (message.account_id, message.id, to_micros(moment))
            for message in batch.details
            if message.id not in self.judge.held_back and (moment := self.judge.too_young(message))
        ]
        waits.put(uow, young)

    def _write(self, uow: UnitOfWork, found: Sequence[NewHit]) -> None:
        # All hits first, so that they stand in the order in which the rules acted; what is decided comes last: its
        # events lock the owner's row.
        new = rules.add_hits(uow, [replace(one, change_id=self._change_of(uow, one.hit)) for one in found])
        self.hits += len(new)
        by_change: dict[int, list[NewHit]] = defaultdict(list)
        for one in new:
            by_change[one.change_id].append(one)
        for change_id in sorted(set(by_change) - {self.change}):
            self.operations += proposals.put(uow, change_id, _decisions(by_change[change_id]))
        if self.change is not None:
            done = [decision for _, decision in _decisions(by_change[self.change])]
            self.operations += len(decide(uow, self.change, done))

    def _change_of(self, uow: UnitOfWork, hit: RuleHit) -> int:
        if hit.proposed:
            if hit.rule_id not in self.proposed:
                self.proposed[hit.rule_id] = proposals.new(uow, "rules", hit.rule)
            return self.proposed[hit.rule_id]
        self.change = self.change or changes.new_change(uow, "rules")
        return self.change


def _decisions(new: Sequence[NewHit]) -> list[tuple[int, Decision]]:
    """Answer decisions with the accounts of their messages."""
    return [
        (one.account_id, Decision(operation, "rule", one.revision_id))
        for one in new
        for operation in one.hit.operations
    ]
