"""SearchService: pages of messages that meet criteria, counts, snippets, and the index stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from typing import Literal, get_args

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.errors import InvalidError
from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Context, Registry
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.mind.meaning import RankedMessage, SearchMode
from mailhelper_core.model.rules.criteria import FIELDS, Criteria, fields_used
from mailhelper_core.model.rules.rule import TraceStep
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, OnProgress, Page, Progress
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import explain
from mailhelper_core.query.read import read_asked
from mailhelper_core.query.write import write
from mailhelper_core.search.asked import Asked, CountSoFar, GroupCounts
from mailhelper_core.search.cursor import Cursor, read_cursor, write_cursor
from mailhelper_core.search.indexing import index_some
from mailhelper_core.search.meaning.cache import MatrixCache
from mailhelper_core.search.meaning.fuse import Fused, fused
from mailhelper_core.search.meaning.makers import Makers
from mailhelper_core.search.meaning.service import MAX_RANKED, PLACE, MeaningSearch, question, results
from mailhelper_core.search.relevance import best_by_words, ranked_page
from mailhelper_core.search.snippet import Snippet, make_snippet, needles
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mind import owner_settings
from mailhelper_core.store.mind.categories import nearest
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.search import index_check
from mailhelper_core.store.search.find import Sort
from mailhelper_core.store.search.vectors import Profile
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, from_micros
from mailhelper_core.store.work import pending

SearchSort = Literal["newest", "oldest", "size", "priority", "sender", "relevance"]
SEARCH_SORTS: tuple[SearchSort, ...] = get_args(SearchSort)
SEARCH_MODES: tuple[SearchMode, ...] = get_args(SearchMode)

# A page is held in memory whole.
MAX_LIMIT = 1_000
# Tests that are about a day, which begins in the owner's time zone.
_DATED = frozenset(name for name, field in FIELDS.items() if field.type in ("date", "age"))
# What messages can be counted by: columns of few values.
COUNTED_BY = frozenset(("urgency", "importance", "category", "language", "account_id", "parse_status", "day"))


_Found = tuple[UnitOfWork, list[Fused], tuple[ErrorNote, ...]]
# The orders of pages by both: as it should be, and as it is where no vector of the query can be made.
BY_BOTH, BY_WORDS = 0, 1
LEFT_OUT = ErrorNote(PLACE, "left_out", "This goes on with what the words find.")


@guarded
@dataclass(frozen=True, slots=True)
class SearchService:
    """Search in one owner's messages. Every call that takes a query raises QueryError for one it cannot read."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    matrices: MatrixCache = field(default_factory=MatrixCache)

    @property
    def meaning(self) -> MeaningSearch:
        """Search by vectors, with the matrices that this process keeps."""
        gate = EgressGate(self.owner, self.registry, self.dispatcher)
        return MeaningSearch(self.owner, Makers(self.registry, self.dispatcher, gate), self.matrices)

    def search(
        self,
        query: str | Criteria,
        *,
        limit: int = 50,
        after: str | None = None,
        sort: SearchSort = "newest",
        mode: SearchMode = "words",
    ) -> Page[Message]:
        """Answer a page of messages by `newest`, `oldest`, `size`, `priority`, `sender` or `relevance`.

        after is the `next` of the page before.
        A page may hold fewer than `limit` and still have a `next`: tests that no index answers go on in steps.
        relevance ranks the newest 2,000 hits; older ones follow, newest first. The modes `meaning` and `both` answer
        the best 200 by their vectors, or by words and vectors, in that order; `ranked` says what each signal added.
        Where who makes vectors does not answer, or may not be asked, `both` goes by the words, and the page's `notes`
        say why; `meaning` raises what it raises.
        """
        _check(limit, sort)
        criteria = self._read(query)
        text = write(criteria)
        if mode != "words":
            return self._by_meaning(criteria, text, mode, limit, after)
        with self.owner.read() as uow:
            cursor = read_cursor(after, text, sort) if after else Cursor(uow.now)
            asked = Asked.prepare(uow, criteria, self._context(uow, criteria, cursor.now))
            if sort == "relevance":
                found, following = ranked_page(asked, cursor, limit)
            else:
                found, following = _page(asked, cursor, limit, sort)
            items = tuple(messages.summaries(uow, found))
        return Page(items, write_cursor(following, text, sort) if following else None)

    def ranked(self, query: str | Criteria, *, limit: int = 20, mode: SearchMode = "both") -> tuple[RankedMessage, ...]:
        """Answer the best hits with what words and meaning added to the score of each.

        Raises InvalidError for a query without words, ConflictError while there are no vectors. With `both`, `missing`
        says why words alone have ranked.
        """
        _check(limit, "relevance")
        criteria = self._read(query)
        with self._hits(criteria, mode) as (uow, hits, notes):
            return results(uow, hits[:limit], notes)

    def count(self, query: str | Criteria, *, at_most: int = 1_000) -> int:
        """Count the hits, no further than `at_most`: 1,000 means 1,000 or more. Raises InvalidError below 1."""
        _check_number(at_most)
        criteria = self._read(query)
        with self.owner.read() as uow:
            return Asked.prepare(uow, criteria, self._context(uow, criteria, uow.now)).count(at_most)

    def count_some(self, query: str | Criteria, *, at_most: int = 1_000) -> CountSoFar:
        """Count the hits as `count` does, in a time that a page of a search takes too; it says whether these are all.

        What no index answers (a regular expression, a condition of a plugin) is asked of 2,000 messages at most.
        """
        _check_number(at_most)
        criteria = self._read(query)
        with self.owner.read() as uow:
            return Asked.prepare(uow, criteria, self._context(uow, criteria, uow.now)).count_some(at_most)

    def counts(self, query: str | Criteria, *, by: Sequence[str]) -> GroupCounts:
        """Count the hits by `urgency`, `importance`, `category`, `language`, `account_id`, `parse_status` or `day`.

        Answers {(value of the first, of the second ...): number}; None is no opinion. A day is that of arrival in UTC,
        as in `2026-11-28`.
        """
        if not by or not set(by) <= COUNTED_BY:
            raise InvalidError(f"Messages are counted by one or more of {', '.join(sorted(COUNTED_BY))}.")
        criteria = self._read(query)
        with self.owner.read() as uow:
            return Asked.prepare(uow, criteria, self._context(uow, criteria, uow.now)).counts(by)

    def snippets(self, query: str | Criteria, message_ids: Sequence[int]) -> tuple[Snippet, ...]:
        """Answer for each message the piece of its text with the first hit, hits marked; its beginning otherwise.

        Raises NotFoundError.
        """
        wanted = needles(self._read(query))
        with self.owner.read() as uow:
            found = messages.details(uow, messages.require(uow, message_ids))
        return tuple(make_snippet(detail.id, detail.text, wanted) for detail in found)

    def explain(self, query: str | Criteria, message_id: int) -> tuple[bool, tuple[TraceStep, ...]]:
        """Answer whether a message meets the criteria, and what each test saw. Raises NotFoundError."""
        criteria = self._read(query)
        with self.owner.read() as uow:
            messages.require(uow, [message_id])
            detail = messages.details(uow, [message_id], decode_headers=header_fields_of)[0]
            return explain(criteria, detail, context=self._context(uow, criteria, uow.now))

    def index(self, account_id: int, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None) -> int:
        """Index the account's messages that wait for it, in small transactions; answer how many."""
        self.owner.require_own_transaction("index")
        with self.owner.read() as uow:
            total = pending.count(uow, "index", account_id)
        done = 0
        while done < total and not (cancel and cancel()):
            indexed = index_some(self.owner, account_id)
            done += indexed
            if progress:
                progress(Progress("index", done, max(total, done)))
            if not indexed:
                break
        return done

    def verify(self) -> int:
        """Let messages that the index has lost wait for it again; answer how many. `index` then adds them."""
        with self.owner.begin() as uow:
            return index_check.verify(uow)

    def _by_meaning(
        self, criteria: Criteria, text: str, mode: SearchMode, limit: int, after: str | None
    ) -> Page[Message]:
        order = f"relevance by {mode}"
        cursor = read_cursor(after, text, order) if after else None
        start = cursor.rank[0] if cursor and cursor.rank else 0
        # A page of one order cannot go on where one of the other stood.
        order_of = (cursor.rank[1] if cursor.rank else BY_BOTH) if cursor else None
        with self._hits(criteria, mode, order_of) as (uow, hits, notes):
            page = hits[start : start + limit]
            items = tuple(messages.summaries(uow, [hit.message_id for hit in page]))
            ends = start + limit >= len(hits)
            following = None if ends else Cursor(uow.now, None, None, (start + limit, int(bool(notes)), 0))
        return Page(items, write_cursor(following, text, order) if following else None, notes)

    @contextmanager
    def _hits(self, criteria: Criteria, mode: SearchMode, order: int | None = None) -> Iterator[_Found]:
        """Answer the hits of a mode with the transaction that they were found in; the vector is made before it.

        order: that of the page before. A first page by both goes by words where no vector can be made, and says so.
        """
        if mode not in SEARCH_MODES:
            raise InvalidError(f"A search goes by one of {', '.join(SEARCH_MODES)}.", code="mode")
        if mode == "words":
            with self.owner.read() as uow:
                asked = Asked.prepare(uow, criteria, self._context(uow, criteria, uow.now))
                yield uow, fused(best_by_words(asked, MAX_RANKED), []), ()
            return
        words, rest = question(criteria)
        made: tuple[Profile, bytes] | ErrorNote
        if order == BY_WORDS:
            made = LEFT_OUT
        elif mode == "both" and order is None:
            made = self.meaning.vector_or_note(words)
        else:
            made = self.meaning.vector(words)
        with self.owner.read() as uow:
            context = self._context(uow, criteria, uow.now)
            by_words = best_by_words(Asked.prepare(uow, criteria, context), MAX_RANKED) if mode == "both" else None
            if isinstance(made, ErrorNote):
                yield uow, fused(by_words or [], []), (made,)
            else:
                yield uow, self.meaning.hits(Asked.prepare(uow, rest, context), *made, by_words), ()

    def _read(self, query: str | Criteria) -> Criteria:
        if not isinstance(query, str):
            return query
        return read_asked(query, self.registry.conditions, nearest=nearest(self.owner, self.registry.categories))

    def _context(self, uow: UnitOfWork, criteria: Criteria, now: int) -> MatchContext:
        # What a plugin narrows its condition to may ask for either; the views that are opened most ask for neither.
        asked = fields_used(criteria)
        asks_plugins = not asked <= FIELDS.keys()
        names = accounts.names(uow) if asks_plugins or "account" in asked else {}
        zone = owner_settings.get(uow).zone if asks_plugins or not _DATED.isdisjoint(asked) else UTC
        # Most queries ask no plugin: what plugins may know is read when the first one does.
        known = cache(lambda: contexts(self.owner, uow, self.registry))

        def context_of(plugin: str) -> Context:
            return known()(plugin)

        return MatchContext(from_micros(now), zone, self.registry, self.dispatcher, names, context_of)


def _check(limit: int, sort: str) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidError(f"A page has 1 to {MAX_LIMIT} messages.", code="limit")
    if sort not in SEARCH_SORTS:
        raise InvalidError(f"Messages are sorted by one of {', '.join(SEARCH_SORTS)}.", code="sort")


def _check_number(at_most: int) -> None:
    if at_most < 1:
        raise InvalidError("Hits are counted up to 1 at least.", code="limit")


def _page(asked: Asked, cursor: Cursor, limit: int, sort: Sort) -> tuple[list[int], Cursor | None]:
    # One more than asked for says whether there is a next page.
    run = asked.run(sort, limit + 1, after=cursor.key)
    hits = run.hits[:limit]
    key = hits[-1].key if len(run.hits) > limit else run.next
    return [hit.id for hit in hits], Cursor(cursor.now, key) if key is not None else None
