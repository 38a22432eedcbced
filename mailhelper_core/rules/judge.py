"""Judge: the rules of one plan or run, compiled once, and the cap on destructive operations that both share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import RuleMode, read_delay
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import MoveMessage, Operation
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.rules.batches import Batch
from mailhelper_core.rules.engine import CompiledRule, evaluate
from mailhelper_core.rules.prepare import Planner, Vanished, check_targets, prepare
from mailhelper_core.rules.sieve.words import is_kept
from mailhelper_core.store.mind.rules import NewHit, StoredRule

# Notes of one report: beyond, the same rule fails in the same way.
MAX_NOTES = 50
# Where mail is out of sight.
_OUT_OF_SIGHT = ("trash", "junk")


@dataclass(slots=True)
class Judge:
    """Says what the rules decide about batches of messages, and counts as it goes.

    held_back: messages that the cap leaves for another run. acting: the only rules that decide anything, by id; the
    others had their turn.
    """

    rules: tuple[CompiledRule, ...]
    mode: RuleMode
    planner: Planner
    destructive_cap: int
    vanished: Vanished = field(default_factory=dict)
    errors: list[ErrorNote] = field(default_factory=list)
    messages: int = 0
    held_back: set[int] = field(default_factory=set)
    acting: frozenset[int] | None = None
    destructive: int = 0  # messages that were taken out of sight, or held back from that

    @classmethod
    def of(
        cls,
        stored: Sequence[StoredRule],
        registry: Registry,
        context: MatchContext,
        *,
        mode: RuleMode,
        cap: int,
        vanished: Vanished,
    ) -> Judge:
        """Compile the rules that are switched on; those that fail are named in `errors`, those kept for export not."""
        compiled: list[CompiledRule] = []
        notes: list[ErrorNote] = []
        for one in stored:
            try:
                if one.rule.enabled and not is_kept(one.rule):
                    check_targets(one.rule, vanished)
                    compiled.append(prepare(one, registry, context))
            except MailHelperError as exc:
                notes.append(ErrorNote.of(f"rule:{one.rule.name}", exc))
        judge = cls(tuple(compiled), mode, Planner(context.dispatcher, context.context_of), cap, vanished)
        judge.note(notes)
        return judge

    def decide(self, batch: Batch) -> list[NewHit]:
        """Answer the hits in order; all of a message that passes the cap are held back."""
        found: list[NewHit] = []
        self.note(batch.errors)
        self.messages += sum(map(len, batch.ids.values()))
        for message in batch.details:
            where = batch.directories[message.account_id]
            outcome = evaluate(
                self.rules,
                message,
                where,
                plan_step=replace(self.planner, directory=where),
                mode=self.mode,
                settled=self._settled(batch, message),
                placed=batch.placed.get(message.id, ()),
                mirrors=batch.mirrors,
                gone=self.vanished.get(message.account_id, ()),
            )
            self.note(outcome.errors)
            if self._admits(outcome.hits, where):
                found += outcome.hits
            else:
                self.held_back.add(message.id)
        return found

    def too_young(self, message: MessageDetail) -> datetime | None:
        """Answer when a message will be old enough for the next rule with a delay, None when it waits for none."""
        waiting = (one for one in self.rules if not one.rule.schedule and one.waits_for(message))
        found = (message.received_at + read_delay(one.rule.delay) for one in waiting)
        return min(found, default=None)

    def note(self, errors: Sequence[ErrorNote]) -> None:
        """Keep what failed, each once."""
        for error in errors:
            if error not in self.errors and len(self.errors) < MAX_NOTES:
                self.errors.append(error)

    def _settled(self, batch: Batch, message: MessageDetail) -> Collection[tuple[int, int]]:
        settled = batch.settled.get(message.id, ())
        if self.acting is not None:
            return {*settled, *((one.rule.id, 0) for one in self.rules if one.rule.id not in self.acting)}
        if not batch.again:
            return settled
        owed = batch.owed.get(message.id, ())
        done = (one.rule.id for one in self.rules if one.not_after is None and one.rule.id not in owed)
        return {*settled, *((id_, 0) for id_ in done)}

    def _admits(self, hits: Sequence[NewHit], where: Directory) -> bool:
        acting = [new.hit for new in hits if not new.hit.proposed]
        if not any(_takes_out_of_sight(one, where) for hit in acting for one in hit.operations):
            return True
        self.destructive += 1
        return self.destructive <= self.destructive_cap


def _takes_out_of_sight(operation: Operation, where: Directory) -> bool:
    return isinstance(operation, MoveMessage) and where.target(operation).role in _OUT_OF_SIGHT
