"""The categories that an owner's mail has, and which known one a misspelt word is close to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches

from sqlalchemy import literal_column, select

from mailhelper_core.model.mail.words import fold
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

# A letter or two beside it: `invocie` (0.86), `newsleter` (0.95); not `vip` or `invoice` for `invitation` (0.59).
CLOSE = 0.75

_m = t.messages.c


def of(uow: UnitOfWork) -> frozenset[str]:
    """Answer the effective categories of the owner's messages."""
    # True of every message; the words by which SQLite knows that it may read the index of what is counted.
    counted = (_m.owner_id == uow.owner_id, _m.account_id != literal_column("0"), _m.category.is_not(None))
    return frozenset(uow.connection.scalars(select(_m.category).where(*counted).distinct()))


def nearest(owner: OwnerStore, known: Collection[str]) -> Callable[[str], str]:
    """Answer a function that says which category a word is close to, where nothing gives and no mail has that word."""

    def close_to(word: str) -> str:
        folded = fold(word)
        given = {fold(one): one for one in known}
        if folded in given:
            return ""
        with owner.read() as uow:
            given |= {fold(one): one for one in of(uow)}
        close = [] if folded in given else get_close_matches(folded[:100], given, 1, CLOSE)
        return given[close[0]] if close else ""

    return close_to
