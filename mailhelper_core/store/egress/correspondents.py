"""Whom the owner writes to, and the owner, as header fields name them: people whose names stand in other mail too."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import Subquery, func, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import UnitOfWork

# The newest mails of an account that are looked through, and the names that are taken from them: some milliseconds.
NEWEST_MAILS = 5_000
MAX_NAMES = 2_000
# Of these it is read how they call the owner: each would cost as much as one that the owner wrote.
NEWEST_CALLS = 200
# More are a sentence.
_MAX_WORDS = 4
_RECIPIENTS = ("to", "cc", "bcc")


def names(uow: UnitOfWork, account_id: int) -> frozenset[str]:
    """Answer the display names of the owner and of those to whom the owner wrote of late, bare addresses left out."""
    m = t.messages.c
    account = accounts.get(uow, uow.owner, account_id)
    own = {address.lower() for address in (*account.addresses, account.username) if "@" in address}
    newest = (
        select(m.from_name, m.from_addr, m.addresses)
        .where(m.owner_id == uow.owner_id, m.account_id == account_id)
        .order_by(m.sort_at.desc(), m.id.desc())
        .limit(NEWEST_MAILS)
        .subquery()
    )
    written = select(newest.c.from_name, newest.c.addresses).where(func.lower(newest.c.from_addr).in_(sorted(own)))
    found: set[str] = set(_called(uow, newest, own))
    for from_name, addresses in uow.execute(written):
        found.add(from_name)
        found |= {name for name, _ in _recipients(addresses)}
        if len(found) >= MAX_NAMES:
            break
    return frozenset(found - {""})


def _called(uow: UnitOfWork, newest: Subquery, own: Collection[str]) -> Iterator[str]:
    """Yield what at least two others call the owner in their newest mails: one alone could have any word hidden."""
    callers: defaultdict[str, set[str]] = defaultdict(set)
    for sender, addresses in uow.execute(select(newest.c.from_addr, newest.c.addresses).limit(NEWEST_CALLS)):
        for name, address in _recipients(addresses):
            if address.lower() in own and len(name.split()) <= _MAX_WORDS:
                callers[name].add(sender.lower())
    yield from (name for name, senders in callers.items() if len(senders) > 1)


def _recipients(addresses: str) -> list[tuple[str, str]]:
    try:
        said = json.loads(addresses)
    except ValueError:  # a damaged row names nobody
        return []
    return [(name, address) for kind in _RECIPIENTS for name, address in said.get(kind, ())]
