"""Saved searches: a query that has a name."""

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
