"""Saved searches: a query and its order under a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.saved import SavedSearch
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork

_s = t.saved_searches.c


def every(uow: UnitOfWork) -> list[SavedSearch]:
    """Answer the owner's saved searches by name."""
    mine = select(t.saved_searches).where(_s.owner_id == uow.owner_id).order_by(_s.folded)
    return [_saved(row) for row in uow.execute(mine)]


def get(uow: UnitOfWork, name: str) -> SavedSearch:
    """Answer the saved search of this name in any case; raise NotFoundError when there is none."""
    row = uow.one(select(t.saved_searches).where(_is(uow, name)))
    if row is None:
        raise NotFoundError("There is no saved search of this name for this owner.", code="saved_search_not_found")
    return _saved(row)


def save(uow: UnitOfWork, name: str, query: str, sort: str) -> SavedSearch:
    """Write a saved search; one of the same name is changed."""
    uow.lock_owner()  # two that save at once would both find the name free
    values = {"name": name, "query": query, "sort": sort, "updated_at": uow.now}
    if uow.one(select(_s.id).where(_is(uow, name))) is not None:
        uow.execute(update(t.saved_searches).where(_is(uow, name)).values(values))
    else:
        new = {"owner_id": uow.owner_id, "folded": _fold(name), "created_at": uow.now}
        uow.execute(insert(t.saved_searches).values(values | new))
    return get(uow, name)


def rewrite(uow: UnitOfWork, name: str, query: str) -> None:
    """Write the query of a saved search that is there in other words."""
    uow.execute(update(t.saved_searches).where(_is(uow, name)).values(query=query, updated_at=uow.now))


def remove(uow: UnitOfWork, name: str) -> None:
    """Delete a saved search; raise NotFoundError as `get`."""
    get(uow, name)
    uow.execute(delete(t.saved_searches).where(_is(uow, name)))


def _is(uow: UnitOfWork, name: str) -> Any:
    return (_s.owner_id == uow.owner_id) & (_s.folded == _fold(name))


def _fold(name: str) -> str:
    return fold(name).strip()


def _saved(row: Row[Any]) -> SavedSearch:
    return SavedSearch(row.name, row.query, row.sort, row.id)
