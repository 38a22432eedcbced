"""Pages in the order of relevance: the newest hits are ranked anew for every page, nothing is written."""

from __future__ import annotations

from mailhelper_core.model.mail.words import words
from mailhelper_core.search.asked import Asked
from mailhelper_core.search.cursor import Cursor
from mailhelper_core.search.rank import rank, ranked_tests
from mailhelper_core.store.search import find, search_index
from mailhelper_core.store.search.find import Found
from mailhelper_core.store.search.text_query import phrase

# Ranking very common words over 100,000 texts takes a second; nobody pages beyond the best of the newest.
MAX_RANKED = 2_000


def ranked_page(asked: Asked, cursor: Cursor, limit: int) -> tuple[list[int], Cursor | None]:
    """Answer the ids of a page and the next cursor.

    The first page notes the highest message id: what arrives later is not ranked into later pages.
    """
    up_to_id = cursor.up_to_id if cursor.up_to_id is not None else find.newest_id(asked.uow)
    if cursor.key is not None:
        run = asked.run("newest", limit, after=cursor.key, up_to_id=up_to_id)
        following = Cursor(cursor.now, run.next, up_to_id) if run.next is not None else None
        return [hit.id for hit in run.hits], following
    run = asked.run("newest", MAX_RANKED, up_to_id=up_to_id)
    ordered = sorted(_ranked(asked, run.hits), reverse=True)
    left = [place for place in ordered if cursor.rank is None or place < cursor.rank]
    page = left[:limit]
    if len(left) > limit:
        following = Cursor(cursor.now, None, up_to_id, page[-1])
    else:
        following = Cursor(cursor.now, run.next, up_to_id) if run.next is not None else None
    return [id_ for _, _, id_ in page], following


def best_by_words(asked: Asked, limit: int) -> list[int]:
    """Answer the best hits of a query among the newest, best first."""
    run = asked.run("newest", MAX_RANKED)
    return [id_ for _, _, id_ in sorted(_ranked(asked, run.hits), reverse=True)[:limit]]


def _ranked(asked: Asked, hits: tuple[Found, ...]) -> list[tuple[int, int, int]]:
    """Answer (score, sort_at, id) of each hit."""
    uow, ids = asked.uow, [hit.id for hit in hits]
    tests = ranked_tests(asked.criteria)
    queries = [phrase(uow.dialect, field, words(leaf.value), prefix=leaf.prefix) for leaf, field in tests]
    answers = search_index.among(uow, queries, ids)
    scores = rank(ids, [(leaf, field, found) for (leaf, field), found in zip(tests, answers, strict=True)])
    return [(scores[hit.id], int(hit.key[0]), hit.id) for hit in hits]
