"""Saved searches: a query that has a name; and what is said of a query that asks for what is not there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A view: `ada.search(saved.query, sort=saved.sort)` answers it as it is now."""

    name: str  # unique for the owner, whatever its case
    query: str  # in the criteria language
    sort: str = "newest"  # the order of its pages
    id: int = 0  # our own key
    problem: str = ""  # why the query cannot be read now, such as a plugin that is missing


@dataclass(frozen=True, slots=True)
class SearchHint:
    """A name in a query that nothing has, so that its test finds no mail; or `me` where no own address is known."""

    field: str  # which test asks for it: `in`, `tag`, `account` or `category`; of `me` an address field such as `to`
    value: str  # as it was written
    nearest: str = ""  # the name that was probably meant; empty where none is close
    query: str = ""  # the whole query with that name instead; empty without one
