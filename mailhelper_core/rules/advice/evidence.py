"""The evidence for rules that are suggested: what the owner did by hand, without what rules match already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.rules.criteria import fields_used
from mailhelper_core.model.rules.rule import RuleSuggestion
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import Matcher, compile_criteria
from mailhelper_core.query.narrow import narrowed
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.advice import mine, review
from mailhelper_core.rules.advice.known import Known
from mailhelper_core.rules.advice.mine import Deed, Habit
from mailhelper_core.rules.batches import load
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind import habits, owner_settings, rules
from mailhelper_core.store.mind.habits import Count, Done
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.search import find
from mailhelper_core.store.search.criteria import compile_bounds
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, from_micros

MICROSECONDS_A_DAY = 86_400_000_000
# A hundred years: before all mail.
MAX_DAYS = 36_600
# Of one habit so many of the newest messages are compared with the rules; more would say the same.
MAX_LOOKS = 1_000
# Details of so many messages are held at a time.
_BATCH = 100

# What puts mail into a mailbox with a role.
_DEEDS: dict[str, Deed] = {"archive": "archive", "trash": "discard"}
_ROLES: dict[Deed, str] = {deed: role for role, deed in _DEEDS.items()}


def suggestions(
    owner: OwnerStore, registry: Registry, dispatcher: Dispatcher, *, days: int
) -> tuple[RuleSuggestion, ...]:
    """Answer rules for the habits of so many days. Raises InvalidError for a number of days that is out of range."""
    if not 1 <= days <= MAX_DAYS:
        raise InvalidError(f"Habits are looked for in the mail of 1 to {MAX_DAYS} days.", code="days")
    with owner.read() as uow:
        since = uow.now - days * MICROSECONDS_A_DAY
        names = accounts.names(uow)
        context = MatchContext(
            from_micros(uow.now), owner_settings.get(uow).zone, registry, dispatcher, names,
            contexts(owner, uow, registry),
        )  # fmt: skip
        found = [_habit(one) for one in habits.counts(uow, since, mine.MIN_SUPPORT)]
        known = review.known([one.rule for one in rules.every(uow)], registry)
        return mine.suggest(found, known, _Uncovered(uow, context, since).left)


def _habit(count: Count) -> Habit:
    """Answer what was counted as a habit: a mailbox with a role is spoken of by what puts mail there."""
    if count.tag:
        return Habit(count.trait, count.value, "tag", count.tag, count.support, count.total)
    deed = _DEEDS.get(count.role, "fileinto")
    target = count.mailbox if deed == "fileinto" else ""
    return Habit(count.trait, count.value, deed, target, count.support, count.total)


def _done(habit: Habit) -> Done:
    if habit.deed == "tag":
        return Done(tag=habit.target)
    return Done(role=_ROLES[habit.deed]) if habit.deed in _ROLES else Done(mailbox=habit.target)


@dataclass(frozen=True, slots=True)
class _Uncovered:
    """Counts the mail of habits that rules leave, in one transaction."""

    uow: UnitOfWork
    context: MatchContext
    since: int

    def left(self, habit: Habit, doing: Sequence[Known]) -> Habit:
        """Answer a habit as it would be counted without the mail that these rules match."""
        rest = habits.newest(self.uow, self.since, habit.trait, habit.value, _done(habit), MAX_LOOKS)
        for known in doing:
            account_id = known.rule.account_id
            ids = [one.message_id for one in rest if account_id in (None, one.account_id)]
            covered = self._matched(known, ids) if ids else frozenset()
            rest = [one for one in rest if one.message_id not in covered]
        return replace(habit, support=sum(one.is_done for one in rest), total=len(rest))

    def _matched(self, known: Known, ids: Sequence[int]) -> frozenset[int]:
        matcher = compile_criteria(mine.arriving(known.criteria), self.context)
        bounds = compile_bounds(
            self.uow, matcher.criteria, now=self.context.now, time_zone=self.context.time_zone,
            narrow=lambda leaf: narrowed(leaf, self.context),
        )  # fmt: skip
        found = find.among(self.uow, bounds, ids)
        sure = frozenset(one.id for one in found if one.sure)
        return sure | self._confirmed(matcher, [one.id for one in found if not one.sure])

    def _confirmed(self, matcher: Matcher, ids: Sequence[int]) -> frozenset[int]:
        with_headers = "header" in fields_used(matcher.criteria) or matcher.has_plugins
        batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
        details = (one for batch in batches for one in load(self.uow, batch, with_headers=with_headers))
        return frozenset(one.id for one in details if matcher.matches(MessageView(one)))
