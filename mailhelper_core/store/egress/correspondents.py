"""Whom the owner writes to, as the header fields of sent mail name them: people whose names stand in other mail too."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import UnitOfWork

# The newest mails of an account that are looked through, and the names that are taken from them: some milliseconds.
NEWEST_MAILS = 5_000
MAX_NAMES = 2_000
_RECIPIENTS = ("to", "cc", "bcc")


def names(uow: UnitOfWork, account_id: int) -> frozenset[str]:
    """Answer the display names of those to whom the owner wrote of late from an account, bare addresses left out."""
    m = t.messages.c
    account = accounts.get(uow, uow.owner, account_id)
    own = {address.lower() for address in (*account.addresses, account.username) if "@" in address}
    newest = (
        select(m.from_addr, m.addresses)
        .where(m.owner_id == uow.owner_id, m.account_id == account_id)
        .order_by(m.sort_at.desc(), m.id.desc())
        .limit(NEWEST_MAILS)
        .subquery()
    )
    written = select(newest.c.addresses).where(func.lower(newest.c.from_addr).in_(sorted(own)))
    found: dict[str, None] = {}
    for addresses in uow.connection.scalars(written):
        said = json.loads(addresses)
        found |= {name: None for kind in _RECIPIENTS for name, _ in said.get(kind, ()) if name}
        if len(found) >= MAX_NAMES:
            break
    return frozenset(found)
