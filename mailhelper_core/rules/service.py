"""RulesEngine: save rules, say exactly what they would do, and let them do it."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass, replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import ReadyRule, Registry
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.rules.explanation import RuleExplanation
from mailhelper_core.model.rules.rule import Finding, Plan, Rule, RuleHit, RuleMode, RuleSuggestion
from mailhelper_core.model.rules.sieve import ImportReport, SieveExport
from mailhelper_core.model.work.operation import Change
from mailhelper_core.model.work.report import IsCancelled, OnProgress, RuleRun
from mailhelper_core.query.read import read_asked
from mailhelper_core.rules import pages
from mailhelper_core.rules.advice import evidence, review
from mailhelper_core.rules.approval import approve_some
from mailhelper_core.rules.explained import explained
from mailhelper_core.rules.opened import Asked, Opened
from mailhelper_core.rules.prepare import Vanished, as_shown, check
from mailhelper_core.rules.runs import RuleRuns
from mailhelper_core.rules.sieve.checked import check_imported, losses_in, save_imported
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from mailhelper_core.settings import Settings
from mailhelper_core.store.mail import accounts, mailboxes, messages
from mailhelper_core.store.mind import categories, schedules, tags
from mailhelper_core.store.mind import rules as stored_rules
from mailhelper_core.store.mind.categories import nearest
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes, proposals


@guarded
@dataclass(frozen=True, slots=True)
class RulesEngine:
    """The rules of one owner. Rules are named by name or id; unknown ones raise NotFoundError."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    settings: Settings

    def save(self, rule: Rule, *, strict: bool = False) -> Rule:
        """Save a rule: a new one acts last; one of the same name, or id, is changed.

        strict refuses (ConflictError) a rule about which `analyze` finds something, but for its cost.

        Other criteria or actions make a new revision. Raises QueryError or InvalidError for a mistake, NotFoundError
        for an unknown id or account, ConflictError when a rule is renamed to the name of another.
        """
        check(rule, self.registry)
        read_asked(rule.when, self.registry.conditions, nearest=nearest(self.owner, self.registry.categories))
        with self.owner.begin() as uow:
            if strict:
                review.refuse(self._review(uow, [rule]), rule)
            if rule.account_id is not None:
                accounts.get(uow, self.owner.owner, rule.account_id)
            saved = stored_rules.save(uow, replace(rule, name=clean_header(rule.name))).rule
            proposals.withdraw(uow)
            return saved

    def list(self) -> tuple[Rule, ...]:
        """Answer the rules in the order in which they act; disabled_reason says why one cannot run now."""
        with self.owner.read() as uow:
            vanished = self._vanished(uow)
            return tuple(as_shown(one.rule, self.registry, vanished) for one in stored_rules.every(uow))

    def get(self, rule: str | int) -> Rule:
        """Answer one rule."""
        with self.owner.read() as uow:
            return as_shown(stored_rules.get(uow, rule).rule, self.registry, self._vanished(uow))

    def delete(self, rule: str | int) -> None:
        """Take a rule out; what it did stays, explained and undoable."""
        with self.owner.begin() as uow:
            stored_rules.delete(uow, stored_rules.get(uow, rule).rule.id)
            proposals.withdraw(uow)

    def reorder(self, order: Several[str | int]) -> tuple[Rule, ...]:
        """Let the rules act in this order. Raises InvalidError unless it names every rule once."""
        with self.owner.begin() as uow:
            ids = [stored_rules.get(uow, one).rule.id for one in order]
            if sorted(ids) != sorted(one.rule.id for one in stored_rules.every(uow)):
                raise InvalidError("Name every rule exactly once.", code="rule_order")
            stored_rules.reorder(uow, ids)
        return self.list()

    def history(self, rule: str | int) -> tuple[Rule, ...]:
        """Answer every revision of a rule, newest first; by its id also of a deleted one."""
        with self.owner.read() as uow:
            return tuple(stored_rules.history(uow, stored_rules.known_id(uow, rule)))

    def hits(self, rule: str | int | None = None, *, message_id: int = 0, limit: int = 50) -> tuple[RuleHit, ...]:
        """Answer what rules matched and decided, newest first, with the trace that says why.

        Of one rule (by its id also a deleted one), of one message, or all. Raises NotFoundError for an unknown one.
        """
        with self.owner.read() as uow:
            rule_id = 0 if rule is None else stored_rules.known_id(uow, rule)
            if message_id:
                messages.require(uow, [message_id])
            return tuple(stored_rules.hits(uow, rule_id=rule_id, message_id=message_id, limit=limit))

    def explain(self, message_id: int) -> tuple[RuleExplanation, ...]:
        """Answer for each rule that is switched on whether it matches a message as it is now, and else what keeps it.

        Each is asked by itself: what others would change or end (`stop`, `otherwise`, the mode) does not count, nor
        whether it acted before. Raises NotFoundError for an unknown message.
        """
        return explained(self.owner, self.registry, self.dispatcher, message_id)

    def ready_made(self) -> tuple[ReadyRule, ...]:
        """Answer ready-made rules; `save(one.rule)` adopts a copy of one's own."""
        return tuple(provided.provider for provided in self.registry.rules.values())

    def mode(self) -> RuleMode:
        """Answer whether all matching rules act on a message, or only the first."""
        with self.owner.read() as uow:
            return stored_rules.mode(uow)

    def set_mode(self, mode: RuleMode) -> None:
        """Let all matching rules act on a message, or only the first."""
        if mode not in ("all", "first"):
            raise InvalidError("The mode is all or first.", code="rule_mode")
        with self.owner.begin() as uow:
            stored_rules.set_mode(uow, mode)

    def plan(
        self,
        query: str | None = None,
        *,
        account_id: int | None = None,
        rules: Several[Rule] | None = None,
        only: Rule | str | int | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Plan:
        """Answer exactly what `run` with the same query and account would do now; nothing changes.

        `rules` are asked instead of the saved ones, in this order, as if they were just saved; `only` answers what
        `request` of this one rule would do, within the query, a Rule as if it were just saved. With a limit a page
        ends once it has so many hits, and `after` is the `next` of the page before. Raises as `save`, and InvalidError
        for the cursor of another plan, a limit below 1, and `rules` beside `only`.
        """
        if limit is not None and limit < 1:
            raise InvalidError("A page has at least one hit.", code="limit")
        if rules is not None and only is not None:
            raise InvalidError("Give rules, or only one.")
        for rule in (only,) if isinstance(only, Rule) else rules or ():
            check(rule, self.registry)
        binding, cursor = pages.read_cursor(after) if after else ("", None)
        opened = self._open(Asked(query, account_id, rules, only=only), now=cursor.now if cursor else None)
        if cursor:
            pages.check_binding(binding, opened.binding)
        return opened.plan(cursor, limit)

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
        Raises QueryError, NotFoundError for an unknown account, ConfigError inside the host's transaction.
        """
        return runs_of(self).on(Asked(query, account_id), progress=progress, cancel=cancel)

    def run_due(self, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None) -> RuleRun:
        """Let the rules act whose schedule says that their time has come, on all mail that they match.

        Other rules do not act again, but still end what they end. A time that was missed comes once. The tick of the
        jobs asks for it; a host without jobs calls it now and then. Raises ConfigError inside the host's transaction.
        """
        return runs_of(self).by_clock(progress=progress, cancel=cancel)[0]

    def request(self, rule: str | int) -> Rule:
        """Let a rule act on all mail that it matches, in the background: with the next job `apply_rules` of the owner.

        `run_due` does it too, and other rules do not act again. Raises NotFoundError for an unknown rule,
        ConflictError for one that is switched off or cannot run.
        """
        with self.owner.begin() as uow:
            found = as_shown(stored_rules.get(uow, rule).rule, self.registry, self._vanished(uow))
            if not found.enabled or found.disabled_reason:
                reason = found.disabled_reason or "It is switched off."
                raise ConflictError(f"The rule {found.name!r} cannot act. {reason}", code="rule_disabled")
            schedules.request(uow, found.id)
        return found

    def analyze(self, *rules: Rule) -> tuple[Finding, ...]:
        """Answer what is wrong with the rules in their order: dead, shadowed, looping, conflicting, unknown, costly.

        `rules` are looked at as if they were just saved. Raises QueryError or InvalidError for a mistake in them.
        """
        for rule in rules:
            check(rule, self.registry)
        with self.owner.read() as uow:
            return self._review(uow, rules)

    def suggest(self, *, days: int = 180) -> tuple[RuleSuggestion, ...]:
        """Answer rules that do what the owner did by hand with the mail of so many days, the best supported first.

        It looks where the mail of a list, a sender or a domain lies and which tags the owner gave it. What rules did
        does not count, nor does mail that a rule with the same deed matches: what a rule does already is not suggested.
        Raises InvalidError unless days is 1 to 36,600.
        """
        return evidence.suggestions(self.owner, self.registry, self.dispatcher, days=days)

    def proposed(self) -> tuple[Change, ...]:
        """Answer what rules with `propose` want to do and wait for: each Change is one rule's in one run."""
        with self.owner.read() as uow:
            return tuple(proposals.every(uow))

    def approve(self, change: Change | int) -> Change:
        """Let happen what a rule proposed, on the messages as they are now; what changes nothing makes no entry.

        What was touched since, or needs a mailbox that is gone, is left: its entry ends `cancelled`, with the reason.
        Raises NotFoundError for an unknown or foreign change, ConflictError for one that does not wait.
        """
        change_id = change.id if isinstance(change, Change) else change
        while True:
            with self.owner.begin() as uow:
                proposals.require(uow, change_id)
                if not approve_some(uow, change_id, self.settings.commit_batch_messages):
                    changes.set_state(uow, change_id, "applied")
                    return changes.get(uow, change_id)

    def reject(self, change: Change | int) -> Change:
        """Refuse what a rule proposed; it never proposes it again for these messages. Raises as `approve`."""
        change_id = change.id if isinstance(change, Change) else change
        with self.owner.begin() as uow:
            proposals.require(uow, change_id)
            proposals.reject(uow, change_id)
            return changes.get(uow, change_id)

    def import_sieve(
        self, text: str, *, account_id: int | None = None, overwrite: bool = False, save: bool = True,
        apart: bool = False,
    ) -> ImportReport:  # fmt: skip
        """Read a Sieve script into rules that act after those there are; all of them are saved, or none.

        Rules of one account, else of those that comments of an export name, or of all. A name that is taken gets a
        number; overwrite changes the rule that has it, and lets those of the script act in its order.
        save=False only shows what would come of it. What would end otherwise as rules of their own stays one rule;
        apart makes rules of it all the same, and the report names each. Raises SieveError with line, column and hint,
        NotFoundError for an unknown account.
        """
        found = import_script(text, apart=apart)
        check_imported(found, self.registry)
        rules = [rule if account_id is None else replace(rule, account_id=account_id) for rule in found.rules]
        if not save:
            with self.owner.read() as uow:
                return ImportReport(tuple(rules), losses_in(found, stored_rules.mode(uow)))
        with self.owner.begin() as uow:
            saved = save_imported(uow, rules, found.given, overwrite=overwrite)
            return ImportReport(tuple(saved), losses_in(found, stored_rules.mode(uow)))

    def export_sieve(self, *, account_id: int | None = None) -> SieveExport:
        """Write the rules as a Sieve script: those for all accounts, and those of one where it is named.

        What came from a script and is unchanged comes out word for word. Raises NotFoundError for an unknown account.
        """
        with self.owner.read() as uow:
            if account_id is not None:
                accounts.get(uow, self.owner.owner, account_id)
            rules = [one.rule for one in stored_rules.every(uow)]
            mode = stored_rules.mode(uow)
        return export_script([rule for rule in rules if rule.account_id in (None, account_id)], mode=mode)

    def _review(self, uow: UnitOfWork, rules: Several[Rule]) -> tuple[Finding, ...]:
        stored = [one.rule for one in stored_rules.every(uow)]
        given = self.registry.categories | categories.of(uow)
        own = accounts.every(uow, self.owner.owner)
        there = mailboxes.names(uow, [account.id for account in own])
        mode, gone, marks = stored_rules.mode(uow), self._vanished(uow), tags.names(uow)
        return review.findings(
            stored, rules, self.registry, gone, mode=mode, categories=given, mailboxes=there, accounts=own, tags=marks
        )

    def _vanished(self, uow: UnitOfWork) -> Vanished:
        return stored_rules.vanished(uow, [account.id for account in accounts.every(uow, self.owner.owner)])

    def _open(self, asked: Asked, *, now: int | None = None) -> Opened:
        return Opened.open(self.owner, self.registry, self.dispatcher, self.settings, asked, now=now)


def runs_of(rules: RulesEngine) -> RuleRuns:
    """Answer the runs of an owner's rules, for jobs: in slices."""
    return RuleRuns(rules.owner, rules.registry, rules.dispatcher, rules.settings)
