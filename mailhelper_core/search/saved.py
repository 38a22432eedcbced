"""`ada.searches`: searches under a name, checked when they are saved; what queries ask in vain; the index behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError, QueryError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.saved import SavedSearch, SearchHint
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.model.work.report import IndexCheck, IsCancelled, OnProgress
from mailhelper_core.query.json import from_json, to_json
from mailhelper_core.query.near import hints, names_asked
from mailhelper_core.query.read import read_asked
from mailhelper_core.query.write import write
from mailhelper_core.search.index_care import IndexCare
from mailhelper_core.search.service import SEARCH_SORTS, SearchSort
from mailhelper_core.store.mail import accounts, mailboxes
from mailhelper_core.store.mind import categories, tags
from mailhelper_core.store.mind.categories import nearest
from mailhelper_core.store.search import saved
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

# A line in a list of views.
MAX_NAME_CHARACTERS = 100
# Roles that mailboxes have besides those that mail is put into.
_OTHER_ROLES = ("all", "flagged")


@guarded
@dataclass(frozen=True, slots=True)
class SavedSearches:
    """The saved searches of one owner; unknown names raise NotFoundError."""

    owner: OwnerStore
    registry: Registry

    def save(self, name: str, query: str, *, sort: SearchSort = "newest") -> SavedSearch:
        """Keep a query under a name; one of the same name is changed. Raises QueryError and InvalidError."""
        name = clean_header(name)
        if not fold(name).strip() or len(name) > MAX_NAME_CHARACTERS:
            raise InvalidError(f"A search's name has 1 to {MAX_NAME_CHARACTERS} characters.", code="search_name")
        if sort not in SEARCH_SORTS:
            raise InvalidError(f"Messages are sorted by one of {', '.join(SEARCH_SORTS)}.", code="sort")
        read_asked(query, self.registry.conditions, nearest=nearest(self.owner, self.registry.categories))
        with self.owner.begin() as uow:
            return saved.save(uow, name, query, sort)

    def list(self) -> tuple[SavedSearch, ...]:
        """Answer all by name; `problem` says why one cannot be asked now."""
        with self.owner.read() as uow:
            return tuple(self._checked(one) for one in saved.every(uow))

    def get(self, name: str) -> SavedSearch:
        """Answer one by its name in any case."""
        with self.owner.read() as uow:
            return self._checked(saved.get(uow, name))

    def delete(self, name: str) -> None:
        """Forget one."""
        with self.owner.begin() as uow:
            saved.remove(uow, name)

    def from_json(self, form: Mapping[str, object]) -> str:
        """Answer the query text of a form; raise QueryError whose message names the place, as in `form.all[1]`."""
        return write(from_json(form, self.registry.conditions))

    def to_json(self, query: str) -> dict[str, object]:
        """Answer a query as a form that `from_json` reads; raise QueryError."""
        return to_json(read_asked(query, self.registry.conditions))

    def hints(self, query: str) -> tuple[SearchHint, ...]:
        """Answer the mailboxes, tags, accounts and categories that a query names and nothing has, and the nearest.

        Ten at most. Raises QueryError. It reads the names of what the query asks for and no mail.
        """
        criteria = read_asked(query, self.registry.conditions)
        asked = names_asked(criteria)
        if not asked:
            return ()
        with self.owner.read() as uow:
            mine = accounts.every(uow, self.owner.owner)
            known = {field: names for field in asked if (names := self._names(uow, field, mine)) is not None}
        return tuple(hints(criteria, known, knows_me=all(one.addresses for one in mine)))

    def verify_index(self) -> IndexCheck:
        """Compare the search index with the texts of all mail: what it lost, and what it holds with other words.

        It reads all texts, which takes about as long as indexing; `rebuild_index` brings both together.
        """
        return IndexCare(self.owner).verify()

    def rebuild_index(self, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None) -> int:
        """Index all mail of the owner anew, and answer how many messages; searches answer meanwhile, only slower.

        What is cancelled goes on with the next sync. Raises ConfigError inside the host's transaction.
        """
        return IndexCare(self.owner).rebuild(progress, cancel)

    def _names(self, uow: UnitOfWork, field: str, mine: Sequence[Account]) -> tuple[str, ...] | None:
        """Answer the names there are; None before there can be any: accounts, and mailboxes before the first sync."""
        match field:
            case "in":
                there = mailboxes.names(uow, [one.id for one in mine]).get(None)
                # Of two that differ in case the last is named: a mailbox as the server writes it, before its role.
                return (*ROLE_NAMES, *_OTHER_ROLES, *sorted(there)) if there else None
            case "account":
                return tuple(name for one in mine for name in (one.name, str(one.id))) or None
            case "tag":
                return tuple(tags.names(uow))
            case "category":
                return (*self.registry.categories, *categories.of(uow))
        return None

    def _checked(self, one: SavedSearch) -> SavedSearch:
        try:
            read_asked(one.query, self.registry.conditions)
        except QueryError as exc:
            return replace(one, problem=str(exc))
        return one
