"""What one plan or run works with: its rules compiled at one moment, and the messages that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.rules.criteria import EVERYTHING
from mailhelper_core.model.rules.rule import Plan, Rule, RuleHit
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.read import read_asked
from mailhelper_core.rules import pages
from mailhelper_core.rules.batches import Waiting, needs_headers
from mailhelper_core.rules.judge import Judge
from mailhelper_core.rules.pages import PlanCursor
from mailhelper_core.rules.prepare import as_shown
from mailhelper_core.rules.selection import Selection
from mailhelper_core.rules.tried import as_saved, in_place
from mailhelper_core.settings import Settings
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind import owner_settings, rules
from mailhelper_core.store.mind.rules import StoredRule
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.unit_of_work import OwnerStore, from_micros

# A plan writes nothing, so its batches may be larger than those of a run; so many details are held at a time.
PLAN_BATCH = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants ruled on: what a query finds, or what waits; by other rules than the saved ones.

    acting: rules whose time has come, by id; they alone decide, on all that they match. only: the one rule that acts
    so, by name or id or as it would be saved.
    """

    query: str | None
    account_id: int | None
    rules: Sequence[Rule] | None = None
    acting: frozenset[int] | None = None
    only: Rule | str | int | None = None

    def among(self, stored: list[StoredRule]) -> tuple[list[StoredRule], frozenset[int] | None]:
        """Answer the rules that look, and which alone decide. Raises NotFoundError for a rule that there is not."""
        acting = self.acting
        if self.only is not None:
            stored, one = in_place(stored, self.only)
            acting = frozenset((one.rule.id,))
        elif self.rules is not None:
            stored = as_saved(stored, self.rules)
        return [one for one in stored if self._looks(one.rule, acting)], acting

    def _looks(self, rule: Rule, acting: frozenset[int] | None) -> bool:
        """Say whether a rule looks at all: one with a schedule not at what waits, nor while others' time has come."""
        if not rule.schedule:
            return True
        return self.query is not None if acting is None else rule.id in acting


@dataclass(frozen=True, slots=True)
class Opened:
    """The rules, ready, and their messages; `binding` says what a cursor belongs to."""

    owner: OwnerStore
    judge: Judge
    source: Waiting | Selection
    now: int
    binding: str

    @classmethod
    def open(
        cls,
        owner: OwnerStore,
        registry: Registry,
        dispatcher: Dispatcher,
        settings: Settings,
        asked: Asked,
        *,
        now: int | None = None,
    ) -> Opened:
        """Compile the rules and prepare the selection. Raises QueryError, and NotFoundError for the account."""
        criteria = None if asked.query is None else read_asked(asked.query, registry.conditions)
        account_id = asked.account_id
        with owner.read() as uow:
            names = {one.id: one.name for one in accounts.every(uow, owner.owner)}
            account_ids = tuple(names) if account_id is None else (accounts.get(uow, owner.owner, account_id).id,)
            looking, acting = asked.among(rules.every(uow))
            at, zone = now or uow.now, owner_settings.get(uow).zone
            mode, vanished = rules.mode(uow), rules.vanished(uow, list(names))
            context_of = contexts(owner, uow, registry)
        context = MatchContext(from_micros(at), zone, registry, dispatcher, names, context_of)
        judge = Judge.of(looking, registry, context, mode=mode, cap=settings.destructive_cap, vanished=vanished)
        judge.acting = acting
        with_headers = needs_headers(judge.rules)
        source: Waiting | Selection
        if criteria is None and acting is None:
            source = Waiting(account_ids, judge.rules, with_headers, at if asked.rules is None else 0)
        else:
            reach = [one for one in judge.rules if acting is None or one.rule.id in acting]
            within = criteria or EVERYTHING
            source = Selection.of(within, reach, context, account_id=account_id, with_headers=with_headers)
        decides = (asked.query, account_id, acting and sorted(acting), mode, zone, judge.destructive_cap)
        shown = [replace(one, rule=as_shown(one.rule, registry, vanished)) for one in looking]
        binding = pages.bound_to(decides, shown)
        return cls(owner, judge, source, at, binding)

    def plan(self, cursor: PlanCursor | None, limit: int | None) -> Plan:
        """Answer what a run would do; with a limit a page of about so many hits, and where to go on."""
        judge, at = self.judge, None
        if cursor:
            judge.destructive, at = cursor.destructive, cursor.at
        hits: list[RuleHit] = []
        following: str | None = None
        for batch in self.source.batches(self.owner, min(limit or PLAN_BATCH, PLAN_BATCH), after=at):
            if at is not None and limit is not None and len(hits) >= limit and batch.ids:
                following = pages.write_cursor(PlanCursor(self.now, judge.destructive, at), self.binding)
                break
            hits += [new.hit for new in judge.decide(batch)]
            at = batch.end
        return Plan(tuple(hits), judge.messages, len(judge.held_back), tuple(judge.errors), following)
