"""RulesEngine: save rules, say exactly what they would do, and let them do it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Several
from dataclasses import dataclass

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.criteria import AllOf, Is
from mailhelper_core.model.extension import ReadyRule, Registry
from mailhelper_core.model.report import IsCancelled, OnProgress, RuleRun
from mailhelper_core.model.rule import Plan, Rule, RuleHit, RuleMode
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.read import read
from mailhelper_core.rules.batches import STAGE, Batch, Selection, needs_headers, waiting
from mailhelper_core.rules.judge import Judge
from mailhelper_core.rules.prepare import check, problem
from mailhelper_core.rules.run import Run
from mailhelper_core.settings import Settings
from mailhelper_core.store import accounts, messages, rules
from mailhelper_core.store.rules import StoredRule
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, from_micros


@dataclass(frozen=True, slots=True)
class RulesEngine:
    """The rules of one owner. Rules are named by name or id; unknown ones raise NotFoundError."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    settings: Settings

    def save(self, rule: Rule) -> Rule:
        """Save a rule; one of the same name gets a new revision. Raises QueryError or InvalidError for a mistake."""
        check(rule, self.registry)
        with self.owner.begin() as uow:
            if rule.account_id is not None:
                accounts.get(uow, self.owner.owner, rule.account_id)
            return rules.save(uow, rule).rule

    def list(self) -> tuple[Rule, ...]:
        """Answer the rules in the order in which they act; disabled_reason says why one cannot run now."""
        with self.owner.read() as uow:
            return tuple(self._shown(one.rule) for one in rules.every(uow))

    def get(self, rule: str | int) -> Rule:
        """Answer one rule."""
        with self.owner.read() as uow:
            return self._shown(rules.get(uow, rule).rule)

    def delete(self, rule: str | int) -> None:
        """Take a rule out; what it did stays, explained and undoable."""
        with self.owner.begin() as uow:
            rules.delete(uow, rules.get(uow, rule).rule.id)

    def reorder(self, order: Several[str | int]) -> tuple[Rule, ...]:
        """Let the rules act in this order. Raises InvalidError unless it names every rule once."""
        with self.owner.begin() as uow:
            ids = [rules.get(uow, one).rule.id for one in order]
            if sorted(ids) != sorted(one.rule.id for one in rules.every(uow)):
                raise InvalidError("Name every rule exactly once.", code="rule_order")
            rules.reorder(uow, ids)
        return self.list()

    def history(self, rule: str | int) -> tuple[Rule, ...]:
        """Answer every revision of a rule, newest first."""
        with self.owner.read() as uow:
            return tuple(rules.history(uow, rules.get(uow, rule).rule.id))

    def hits(self, rule: str | int | None = None, *, message_id: int = 0, limit: int = 50) -> tuple[RuleHit, ...]:
        """Answer what rules matched and decided, newest first, with the trace that says why.

        Raises NotFoundError for an unknown rule or message.
        """
        with self.owner.read() as uow:
            rule_id = 0 if rule is None else rules.get(uow, rule).rule.id
            if message_id:
                messages.require(uow, [message_id])
            return tuple(rules.hits(uow, rule_id=rule_id, message_id=message_id, limit=limit))

    def ready_made(self) -> tuple[ReadyRule, ...]:
        """Answer ready-made rules; `save(one.rule)` adopts a copy of one's own."""
        return tuple(provided.provider for provided in self.registry.rules.values())

    def mode(self) -> RuleMode:
        """Answer whether all matching rules act on a message, or only the first."""
        with self.owner.read() as uow:
            return rules.mode(uow)

    def set_mode(self, mode: RuleMode) -> None:
        """Let all matching rules act on a message, or only the first."""
        if mode not in ("all", "first"):
            raise InvalidError("The mode is all or first.", code="rule_mode")
        with self.owner.begin() as uow:
            rules.set_mode(uow, mode)

    def plan(self, query: str = "", *, account_id: int | None = None, tried: Several[Rule] | None = None) -> Plan:
        """Answer exactly what `run` with the same query would do now; nothing changes.

        With `tried` these rules are asked instead of the saved ones. Raises QueryError or InvalidError.
        """
        judge, selection = self._judge(query, account_id, tried)
        hits = [hit for batch in self._found(selection) for _, _, hit in judge.decide(batch)]
        errors = tuple(note.message for note in judge.errors)
        return Plan(tuple(hits), judge.messages, capped=judge.capped, errors=errors)

    def run(
        self,
        account_id: int | None = None,
        *,
        query: str | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> RuleRun:
        """Let the rules act on what waits for them, or on all that a query finds; one Change can undo it all.

        A rule never acts twice on a message in the same revision, and never again where the owner took it back.
        """
        self.owner.require_own_transaction(STAGE)
        judge, selection = self._judge(query or "", account_id, None)
        run = Run(self.owner, judge, progress)
        batches = self._waiting(judge, account_id) if query is None else self._found(selection)
        for batch in batches:
            if cancel and cancel():
                break
            run.act(batch)
        return run.report()

    def _shown(self, rule: Rule) -> Rule:
        found = problem(rule, self.registry)
        if not found:
            return rule
        return Rule(
            rule.name, rule.when, rule.then, account_id=rule.account_id, enabled=rule.enabled,
            otherwise=rule.otherwise, id=rule.id, revision=rule.revision, position=rule.position, disabled_reason=found,
        )  # fmt: skip

    def _judge(self, query: str, account_id: int | None, tried: Several[Rule] | None) -> tuple[Judge, Selection]:
        for rule in tried or ():
            check(rule, self.registry)
        criteria = read(query, self.registry.conditions)
        with self.owner.read() as uow:
            if account_id is not None:
                accounts.get(uow, self.owner.owner, account_id)
                criteria = AllOf((criteria, Is("account", "=", str(account_id))))
            stored = rules.every(uow) if tried is None else [StoredRule(rule, 0) for rule in tried]
            context, mode = self._context(uow), rules.mode(uow)
        judge = Judge.of(stored, self.registry, context, mode=mode, cap=self.settings.destructive_cap)
        return judge, Selection.of(criteria, judge.rules, context, self._built_in())

    def _found(self, selection: Selection) -> Iterator[Batch]:
        after = None
        while True:
            with self.owner.read() as uow:
                batch = selection.batch(uow, self.settings.process_batch_messages, after)
            yield batch
            after = batch.after
            if after is None:
                return

    def _waiting(self, judge: Judge, account_id: int | None) -> Iterator[Batch]:
        with_headers = needs_headers(judge.rules, self._built_in())
        with self.owner.read() as uow:
            ids = [account_id] if account_id else [one.id for one in accounts.every(uow, self.owner.owner)]
        for one in ids:
            after = 0
            while True:
                with self.owner.read() as uow:
                    batch = waiting(
                        uow, one, self.settings.process_batch_messages, after=after, with_headers=with_headers
                    )
                if not batch.ids:
                    break
                yield batch
                after = batch.ids[-1]

    def _context(self, uow: UnitOfWork) -> MatchContext:
        names = {one.id: one.name for one in accounts.every(uow, self.owner.owner)}
        return MatchContext(
            from_micros(uow.now), registry=self.registry, dispatcher=self.dispatcher, account_names=names
        )

    def _built_in(self) -> frozenset[str]:
        return frozenset(plugin.name for plugin in self.registry.plugins if plugin.built_in)
