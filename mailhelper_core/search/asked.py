"""One query in one transaction: what SQL finds within the bounds, and the predicate's word on what lies between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import Criteria, fields_used
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import Matcher, compile_criteria
from mailhelper_core.query.narrow import narrowed
from mailhelper_core.query.view import MessageView
from mailhelper_core.store.mail import messages
from mailhelper_core.store.search import find
from mailhelper_core.store.search.bounds import Bounds
from mailhelper_core.store.search.criteria import compile_bounds
from mailhelper_core.store.search.find import Found, Key, Sort
from mailhelper_core.store.unit_of_work import UnitOfWork

# Messages that the predicate looks at for one page, so that a regular expression over everything answers in steps.
MAX_LOOKS = 2_000
# Details of so many messages are held at a time.
_BATCH = 100

GroupCounts = dict[tuple[int | str | None, ...], int]  # how many by the values asked for, in the order of `by`


@dataclass(frozen=True, slots=True)
class CountSoFar:
    """How many messages a query finds: all of them, or as many as could be counted quickly."""

    number: int  # found so far
    is_all: bool  # False: there may be more


@dataclass(frozen=True, slots=True)
class Run:
    """Hits in order, and the key behind which to go on: None when there are no more."""

    hits: tuple[Found, ...]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query prepared for one transaction."""

    uow: UnitOfWork
    criteria: Criteria
    matcher: Callable[[], Matcher]
    bounds: Bounds

    @classmethod
    def prepare(cls, uow: UnitOfWork, criteria: Criteria, context: MatchContext) -> Asked:
        """Compile criteria for SQL and for the predicate."""
        bounds = compile_bounds(
            uow, criteria, now=context.now, time_zone=context.time_zone, narrow=lambda leaf: narrowed(leaf, context)
        )
        matcher = cache(lambda: compile_criteria(criteria, context))
        if not bounds.is_exact:
            matcher()  # a pattern that cannot be read is told before any message is looked at
        return cls(uow, criteria, matcher, bounds)

    def run(self, sort: Sort, want: int, *, after: Key | None = None, up_to_id: int | None = None) -> Run:
        """Answer up to `want` hits behind `after`; fewer, with a key to go on, when MAX_LOOKS were needed."""
        hits: list[Found] = []
        looks = 0
        while True:
            size = want - len(hits) if self.bounds.is_exact else max(want - len(hits), _BATCH)
            found = find.find(self.uow, self.bounds, sort=sort, limit=size, after=after, up_to_id=up_to_id)
            for one in self._confirmed(found):
                hits.append(one)
                if len(hits) == want:
                    return Run(tuple(hits), one.key)
            if len(found) < size:
                return Run(tuple(hits), None)
            after = found[-1].key
            looks += sum(not one.sure for one in found)
            if looks >= MAX_LOOKS:
                return Run(tuple(hits), after)

    def among(self, ids: Sequence[int]) -> set[int]:
        """Answer those of these messages that meet the criteria."""
        return {one.id for one in self._confirmed(find.among(self.uow, self.bounds, ids))}

    def count(self, at_most: int) -> int:
        """Count the hits, no further than `at_most`."""
        sure = find.count(self.uow, self.bounds, at_most)
        for _, matching in self._between() if sure < at_most else ():
            sure += len(matching)
            if sure >= at_most:
                break
        return min(sure, at_most)

    def count_some(self, at_most: int) -> CountSoFar:
        """Count the hits, no further than `at_most`, nor beyond MAX_LOOKS by the predicate."""
        number = find.count(self.uow, self.bounds, at_most + 1)
        looks = 0
        for looked, matching in self._between() if number <= at_most else ():
            number, looks = number + len(matching), looks + looked
            if number > at_most or looks >= MAX_LOOKS:
                return CountSoFar(min(number, at_most), is_all=False)
        return CountSoFar(min(number, at_most), is_all=number <= at_most)

    def counts(self, by: Sequence[str]) -> GroupCounts:
        """Count the hits by columns of `messages` that a Message has too."""
        groups = Counter(find.grouped(self.uow, self.bounds, by))
        for _, matching in self._between():
            groups.update(tuple(_value(detail, name) for name in by) for detail in matching)
        return dict(groups)

    def _confirmed(self, found: Sequence[Found]) -> Iterator[Found]:
        if self.bounds.is_exact:
            yield from found
            return
        for start in range(0, len(found), _BATCH):
            batch = found[start : start + _BATCH]
            matching = {detail.id for detail in self._matching([one.id for one in batch if not one.sure])}
            yield from (one for one in batch if one.sure or one.id in matching)

    def _between(self) -> Iterator[tuple[int, list[MessageDetail]]]:
        """Yield how many of those that SQL leaves open were looked at, and which of them match, a batch at a time."""
        if self.bounds.is_exact:
            return
        between, after = self.bounds.between(), None
        while found := find.find(self.uow, between, sort="newest", limit=_BATCH, after=after):
            yield len(found), self._matching([one.id for one in found])
            after = found[-1].key

    def _matching(self, ids: Sequence[int]) -> list[MessageDetail]:
        matcher = self.matcher()
        decode = header_fields_of if "header" in fields_used(self.criteria) or matcher.has_plugins else None
        details = messages.details(self.uow, ids, decode_headers=decode) if ids else []
        return [detail for detail in details if matcher.matches(MessageView(detail))]


def _value(detail: MessageDetail, name: str) -> int | str | None:
    found: int | str | None = detail.received_at.date().isoformat() if name == "day" else getattr(detail, name)
    return found
