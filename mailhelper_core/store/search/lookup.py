"""What SQL for criteria must know beforehand: the owner's accounts and mailboxes, and whether the index is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, literal_column, not_, or_, select

from mailhelper_core.model.mail.words import fold_address, words
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, is_presence
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.search import search_index, text_query
from mailhelper_core.store.search.bounds import Bounds
from mailhelper_core.store.search.text_query import TextField, TextQuery
from mailhelper_core.store.unit_of_work import UnitOfWork

# Fields whose words and phrases the index answers exactly.
_INDEXED: dict[str, TextField] = {
    "any": "any",
    "subject": "subject",
    "from": "sender",
    "recipient": "recipients",
    "body": "body",
}
_MAILBOXES = Prepared(
    select(t.mailboxes.c.id, t.mailboxes.c.name, t.mailboxes.c.role)
    .join(t.accounts, t.accounts.c.id == t.mailboxes.c.account_id)
    .where(t.accounts.c.owner_id == bindparam("owner"))
)
# Lists of one owner that a query looks through, each one step into the index: some 20 ms.
MAX_LISTS = 5_000


def _lists() -> Select[Any]:
    """Ask for the values of a column by steps from one to the next, which read nothing in between."""
    m = t.messages.alias()
    listed = and_(m.c.owner_id == bindparam("owner"), m.c.list_id != literal_column("''"))
    steps = select(func.min(m.c.list_id).label("list_id")).where(listed).cte("lists", recursive=True)
    following = select(func.min(m.c.list_id)).where(listed, m.c.list_id > steps.c.list_id).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.list_id.is_not(None)))
    return select(steps.c.list_id).where(steps.c.list_id.is_not(None)).limit(MAX_LISTS + 1)


_LISTS = _lists()


@dataclass(frozen=True)
class Lookup:
    """One owner's names and ids in one transaction; each is read when first asked for."""

    uow: UnitOfWork
    now: datetime
    time_zone: tzinfo

    @property
    def dialect(self) -> str:
        """The database."""
        return self.uow.dialect

    @cached_property
    def account_names(self) -> dict[int, str]:
        """Names of accounts by id."""
        return accounts.names(self.uow)

    @cached_property
    def addresses(self) -> dict[int, list[str]]:
        """The own addresses of each account."""
        a = t.accounts.c
        rows = self.uow.execute(select(a.id, a.addresses).where(a.owner_id == self.uow.owner_id))
        return {row.id: sorted(map(fold_address, row.addresses.split())) for row in rows}

    @cached_property
    def mailboxes(self) -> dict[int, tuple[str, str]]:
        """Name and role of mailboxes by id."""
        rows = _MAILBOXES.rows(self.uow.connection, {"owner": self.uow.owner_id})
        return {id_: (name, role) for id_, name, role in rows}

    @cached_property
    def list_ids(self) -> list[str] | None:
        """The mailing lists that the owner's mail came by; None where there are too many to look through."""
        found: list[str] = list(self.uow.connection.scalars(_LISTS, {"owner": self.uow.owner_id}))
        return found if len(found) <= MAX_LISTS else None

    def text_query(self, criteria: Criteria) -> TextQuery | None:
        """Answer the one query of the index that these criteria are, None when it cannot answer all of them."""
        match criteria:
            case Is():
                return self._test(criteria)
            case AnyOf(parts) if parts:
                queries = [query for part in parts if (query := self.text_query(part))]
                return text_query.any_of(self.dialect, queries) if len(queries) == len(parts) else None
            case AllOf(parts):
                asked = [self.text_query(part) for part in parts if not isinstance(part, Not)]
                excluded = [self.text_query(part.part) for part in parts if isinstance(part, Not)]
                return self._without(asked, excluded)
            case _:
                return None

    def _without(self, asked: Sequence[TextQuery | None], excluded: Sequence[TextQuery | None]) -> TextQuery | None:
        wanted, unwanted = [q for q in asked if q], [q for q in excluded if q]
        if not wanted or len(wanted) < len(asked) or len(unwanted) < len(excluded):
            return None
        query = text_query.all_of(self.dialect, wanted)
        return text_query.without(self.dialect, query, text_query.any_of(self.dialect, unwanted)) if unwanted else query

    def _test(self, leaf: Is) -> TextQuery | None:
        field = _INDEXED.get(leaf.field)
        is_me = leaf.value == "me" and not leaf.prefix and leaf.field in ("from", "recipient")
        if field is None or leaf.operator != ":" or is_presence(leaf) or is_me:
            return None
        return text_query.phrase(self.dialect, field, words(leaf.value), prefix=leaf.prefix)

    def indexed(self, query: TextQuery) -> Bounds:
        """Answer the bounds of a query of the index; a message that waits for it is possible, and never certain."""
        found = search_index.is_found(self.uow, query)
        if not self._has_waiting:
            return found
        p = t.pending.c
        waits = t.messages.c.id.in_(
            select(p.message_id).where(p.stage == "index", p.account_id.in_(list(self.account_names)))
        )
        return Bounds(found.certainly & not_(waits), or_(found.possibly, waits))

    @cached_property
    def _has_waiting(self) -> bool:
        p = t.pending.c
        waiting = exists().where(p.stage == "index", p.account_id.in_(list(self.account_names)))
        return bool(self.uow.connection.scalar(select(waiting)))
