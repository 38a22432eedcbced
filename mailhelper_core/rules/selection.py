"""Messages for the rules by a query: those that it finds and some rule can match, oldest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhelper_core.model.rules.criteria import EVERYTHING, AllOf, AnyOf, Criteria, Is, Not, leaves
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import Matcher, compile_criteria
from mailhelper_core.query.narrow import narrowed
from mailhelper_core.query.read import MAX_TESTS
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.batches import Batch, Position, batch_of, load
from mailhelper_core.rules.engine import CompiledRule
from mailhelper_core.store.search import find
from mailhelper_core.store.search.criteria import compile_bounds
from mailhelper_core.store.search.find import Found
from mailhelper_core.store.unit_of_work import OwnerStore

# Keys of so many messages are held at most. The first look is for one batch, so that the first page of a plan comes at
# once; each later one is for twice as many, because it asks the index of words anew.
MAX_LOOK = 3_200


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query finds; messages that no rule can match now, and that are to wait for none, are not loaded."""

    matcher: Matcher
    context: MatchContext
    account_id: int | None
    with_headers: bool

    @classmethod
    def of(
        cls,
        query: Criteria,
        compiled: Sequence[CompiledRule],
        context: MatchContext,
        *,
        account_id: int | None,
        with_headers: bool,
    ) -> Selection:
        """Narrow a query to an account and to what the rules can match."""
        # The place that a rule asks about need not be the one that the query asks about: a NOT asks anew.
        within = [query, Not(Not(_reach(compiled)))]
        if account_id is not None:
            within.append(Is("account", "=", str(account_id)))
        return cls(compile_criteria(AllOf(tuple(within)), context), context, account_id, with_headers)

    def total(self, owner: OwnerStore) -> int:
        """Answer 0: to count what a query finds costs as much as to look at it."""
        return 0

    def batches(self, owner: OwnerStore, size: int, *, after: Position | None = None) -> Iterator[Batch]:
        """Yield batches, from the beginning or behind the end of one; each is loaded when it is asked for.

        A plugin condition that fails is named in `errors`.
        """
        look, is_last = size, False
        while not is_last:
            found = self._find(owner, look, after)
            for start in range(0, len(found), size):
                batch = self._load(owner, found[start : start + size])
                yield batch
                after = batch.end
            is_last, look = len(found) < look, min(2 * look, MAX_LOOK)

    def _find(self, owner: OwnerStore, limit: int, after: Position | None) -> list[Found]:
        with owner.read() as uow:
            bounds = compile_bounds(
                uow, self.matcher.criteria, now=self.context.now, time_zone=self.context.time_zone,
                narrow=lambda leaf: narrowed(leaf, self.context),
            )  # fmt: skip
            return find.find(uow, bounds, sort="oldest", limit=limit, after=after)

    def _load(self, owner: OwnerStore, found: Sequence[Found]) -> Batch:
        sure = {one.id for one in found if one.sure}
        with owner.read() as uow:
            views = [MessageView(one) for one in load(uow, [one.id for one in found], with_headers=self.with_headers)]
            kept = [view.message for view in views if self._holds(view, sure)]
            ids: dict[int, list[int]] = defaultdict(list)
            for message in kept:
                ids[message.account_id].append(message.id)
            errors = [error for view in views for error in view.errors]
            return batch_of(uow, ids, kept, errors, end=(int(found[-1].key[0]), found[-1].id))

    def _holds(self, view: MessageView, sure: Collection[int]) -> bool:
        # The criteria also find an account that has the wanted one's id for a name.
        is_wanted = self.account_id in (None, view.message.account_id)
        return is_wanted and (view.message.id in sure or self.matcher.matches(view))


def _reach(compiled: Sequence[CompiledRule]) -> Criteria:
    """Answer what the rules can match, or may match once it is old enough for one with a delay, whatever it is now."""
    tests = sum(1 for one in compiled for _ in leaves(one.matcher.criteria))
    # Beyond what one query may have, SQL grows too deep for SQLite's parser: then every message is looked at.
    if tests > MAX_TESTS or any(one.rule.otherwise for one in compiled):
        return EVERYTHING
    matching = [one.matcher.criteria for one in compiled]
    return AnyOf((*matching, *(_younger_than(one.not_after) for one in compiled if one.not_after is not None)))


def _younger_than(moment: datetime) -> Criteria:
    # Days of a zone: one day more is looked at than can be meant, and who waits is decided to the second.
    return Is("received", ">=", (moment - timedelta(days=1)).date().isoformat())
