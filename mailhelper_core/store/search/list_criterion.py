"""One test of the List-Id as SQL: an owner has few lists, so the index is asked for those whose name answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, false, func, literal_column, select

from mailhelper_core.model.mail.words import fold, words
from mailhelper_core.model.rules.criteria import Is, is_presence
from mailhelper_core.store import tables as t
from mailhelper_core.store.search.bounds import Bounds, at_most, exact
from mailhelper_core.store.search.fact_criterion import of_text
from mailhelper_core.store.search.lookup import Lookup
from mailhelper_core.store.search.search_index import FEW

_list_id = t.messages.c.list_id
# True of what the index holds; SQLite uses a partial index only where the query says so itself.
_LISTED = _list_id != literal_column("''")
# Names in one statement, each a parameter of it; whoever asks for more asks for most of the lists.
MAX_NAMED = 200


def list_bounds(leaf: Is, lookup: Lookup) -> Bounds:
    """Answer the bounds of a test of the list that distributed a message."""
    if is_presence(leaf):
        return exact(_LISTED)
    if not leaf.value:
        return exact(_list_id == "")
    if leaf.operator == "~":
        return at_most(_LISTED)
    known = lookup.list_ids
    named = None if known is None else [list_id for list_id in known if _answers(leaf, list_id)]
    if named is None or len(named) > MAX_NAMED:
        return of_text(lookup.dialect, _list_id, leaf)
    return _by_index(named, lookup) if named else exact(false())


def _by_index(named: Sequence[str], lookup: Lookup) -> Bounds:
    direct = exact(and_(_list_id.in_(named), _LISTED))
    if lookup.dialect != "sqlite":
        return direct
    # SQLite has no statistics: of several lists it would walk all messages for three hits, as for rare words.
    m = t.messages.alias().c
    ids = select(m.id).where(m.owner_id == lookup.uow.owner_id, m.list_id.in_(named), m.list_id != literal_column("''"))
    some = ids.limit(FEW + 1).subquery()
    few = (lookup.uow.connection.scalar(select(func.count()).select_from(some)) or 0) <= FEW
    return exact(t.messages.c.id.in_(ids), few=few) if few or len(named) > 1 else direct


def _answers(leaf: Is, list_id: str) -> bool:
    if leaf.operator == "=":
        return fold(list_id) == fold(leaf.value)
    end = "" if leaf.prefix else " "
    return f" {' '.join(words(leaf.value))}{end}" in f" {' '.join(words(list_id))} "
