"""Search by words, by meaning or by both: offered where there are vectors, and by words where meaning cannot answer."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import (
    ConflictError,
    MailHelperError,
    Message,
    OwnerServices,
    Page,
    PluginError,
    ProviderError,
    SearchMode,
)
from mailhelper_web.safety.elsewhere import asking_elsewhere
from mailhelper_web.words.trouble import Told, provider_trouble

SearchSort = Literal["newest", "oldest", "size", "priority", "sender", "relevance"]
MODES: tuple[SearchMode, ...] = get_args(SearchMode)
MODE_NAMES: dict[str, LazyString] = {
    "words": lazy_gettext("Words"),
    "meaning": lazy_gettext("Meaning"),
    "both": lazy_gettext("Both"),
}
_BY_WORDS = lazy_gettext("This is what the words find.")
_FILTERS_ALONE = Told(lazy_gettext("A search by meaning needs a word besides its filters."), _BY_WORDS)
_BEING_MADE = Told(lazy_gettext("Search by meaning is being prepared."), _BY_WORDS)
_AWAY = Told(lazy_gettext("Search by meaning does not work at the moment."), _BY_WORDS)
# What a search by meaning is refused for; all else is a mistake of whoever asked.
_REFUSALS = {"mode": _FILTERS_ALONE, "no_embedder": _AWAY, "waits_already": _AWAY, "all_wait": _AWAY}
# How the engine names the vectors of a model provider, which is asked to understand a query too.
PROVIDER = "provider:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for; the modes `meaning` and `both` have an order of their own."""

    query: str
    sort: SearchSort
    mode: SearchMode
    after: str | None


def modes_for(ada: OwnerServices) -> tuple[SearchMode, ...]:
    """Answer the modes to choose from: none while there are no vectors."""
    return MODES if ada.vectors.embedder() else ()


def mode_of(word: str, modes: tuple[SearchMode, ...]) -> SearchMode:
    """Answer the mode that was asked for, `words` for one that is not there."""
    chosen = cast("SearchMode", word)
    return chosen if chosen in modes else "words"


def search(ada: OwnerServices, asked: Asked, *, limit: int) -> tuple[Page[Message], SearchMode, Told | None]:
    """Answer what is found, by which mode, and why it is not the one that was asked for. Raises QueryError."""
    try:
        with _place_for(ada, asked.mode):
            found = ada.search(asked.query, limit=limit, after=asked.after, sort=asked.sort, mode=asked.mode)
    except MailHelperError as error:
        told = _told(error)
        # A page of another order cannot go on where this one stood.
        if asked.mode == "words" or asked.after or told is None:
            raise
        return ada.search(asked.query, limit=limit, sort=asked.sort), "words", told
    return found, asked.mode, _missing(found) if not asked.after else None


def _place_for(ada: OwnerServices, mode: SearchMode) -> AbstractContextManager[None]:
    is_elsewhere = mode != "words" and ada.vectors.embedder().startswith(PROVIDER)
    return asking_elsewhere() if is_elsewhere else nullcontext()


def _missing(found: Page[Message]) -> Told | None:
    """Answer why words alone have ranked a page by both."""
    note = next(iter(found.notes), None)
    if note is None:
        return None
    return _AWAY if note.plugin or note.code in _REFUSALS else replace(provider_trouble(note), advice=_BY_WORDS)


def _told(error: MailHelperError) -> Told | None:
    """Answer why a search by meaning found nothing, None for an error that words would make too."""
    if isinstance(error, ProviderError):
        return replace(provider_trouble(error), advice=_BY_WORDS)
    if isinstance(error, ConflictError):
        return _BEING_MADE
    return _AWAY if isinstance(error, PluginError) else _REFUSALS.get(error.code)
