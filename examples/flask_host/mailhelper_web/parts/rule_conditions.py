"""The conditions of a rule's query one by one, as far as all of them have to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from mailhelper_core import OwnerServices, QueryError


def conditions_of(ada: OwnerServices, when: str) -> tuple[str, ...]:
    """Answer the conditions as query text; none where one of several is enough, or the query has a mistake."""
    return tuple(ada.searches.from_json(part) for part in _parts(ada, when))


def without(ada: OwnerServices, when: str, condition: str) -> str:
    """Answer the query without a condition, once; as it is where it has none such."""
    parts = _parts(ada, when)
    texts = [ada.searches.from_json(part) for part in parts]
    if condition not in texts:
        return when
    at = texts.index(condition)
    return ada.searches.from_json({"all": [*parts[:at], *parts[at + 1 :]]})


def _parts(ada: OwnerServices, when: str) -> list[Mapping[str, object]]:
    """Answer the forms of the conditions."""
    try:
        form = ada.searches.to_json(when)
    except QueryError:
        return []
    if "any" in form:
        return []
    return cast("list[Mapping[str, object]]", form.get("all", [form]))
