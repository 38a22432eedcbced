"""Judge: the rules of one plan or run, compiled once, and the cap on destructive operations that both share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.operation import is_destructive
from mailhelper_core.model.report import ErrorNote
from mailhelper_core.model.rule import RuleHit, RuleMode
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.rules.batches import Batch
from mailhelper_core.rules.engine import CompiledRule, evaluate
from mailhelper_core.rules.prepare import Planner, prepare
from mailhelper_core.store.rules import StoredRule

# Notes of one report: beyond, the same rule fails in the same way.
MAX_NOTES = 50


@dataclass(slots=True)
class Judge:
    """Says what the rules decide about batches of messages, and counts as it goes."""

    rules: tuple[CompiledRule, ...]
    mode: RuleMode
    planner: Planner
    destructive_cap: int
    errors: list[ErrorNote] = field(default_factory=list)
    messages: int = 0
    capped: int = 0
    held_back: set[int] = field(default_factory=set)
    _destructive: int = 0

    @classmethod
    def of(
        cls, stored: Sequence[StoredRule], registry: Registry, context: MatchContext, *, mode: RuleMode, cap: int
    ) -> Judge:
        """Compile the rules that are switched on; those that cannot run are named in `errors`."""
        judge = cls((), mode, Planner(context.dispatcher), cap)
        compiled = []
        for one in stored:
            if not one.rule.enabled:
                continue
            try:
                compiled.append(prepare(one, registry, context))
            except MailHelperError as exc:
                judge.note([ErrorNote(f"rule:{one.rule.name}", exc.code, str(exc))])
        judge.rules = tuple(compiled)
        return judge

    def decide(self, batch: Batch) -> list[tuple[int, int, RuleHit]]:
        """Answer (account, revision, hit) in order; a message whose hits pass the cap is held back."""
        found = []
        for message in batch.details:
            self.messages += 1
            outcome = evaluate(
                self.rules,
                message,
                batch.directories[message.account_id],
                plan_step=self.planner,
                mode=self.mode,
                settled=batch.settled.get(message.id, ()),
            )
            self.note(outcome.errors)
            if not self._admits([hit for _, hit in outcome.hits]):
                self.held_back.add(message.id)
            else:
                found += [(message.account_id, revision_id, hit) for revision_id, hit in outcome.hits]
        return found

    def note(self, errors: Sequence[ErrorNote]) -> None:
        """Keep what failed, each once."""
        for error in errors:
            if error not in self.errors and len(self.errors) < MAX_NOTES:
                self.errors.append(error)

    def _admits(self, hits: Sequence[RuleHit]) -> bool:
        destructive = sum(is_destructive(one) for hit in hits for one in hit.operations)
        if destructive and self._destructive + destructive > self.destructive_cap:
            self.capped += destructive
            return False
        self._destructive += destructive
        return True
