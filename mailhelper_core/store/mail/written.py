"""To whom the owner's own mails went: noted when they are stored, so that the history of a sender is a look away.

Anybody can write the owner's address into a mail. So a mail is noted as sent only where it lies in a mailbox for sent
mail; one with the owner's address elsewhere counts only in accounts that have no such mailbox. What failed a check of
its sender, and what a program sent, is not noted at all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value, chunks, insert_rows
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.unit_of_work import UnitOfWork

# Of a mail to more people than this, the others hear nothing that is said to them.
MAX_RECIPIENTS = 30
# Where no mail lies that was sent.
_NOT_SENT = ("drafts", "junk", "trash")
_COLUMNS = ("account_id", "address", "message_id", "received_at", "answers", "sent")
_CHECKS = ("spf", "dkim", "dmarc")

_m, _a, _w = t.messages.c, t.accounts.c, t.written_to.c

# Every batch of new mail asks it.
_ADDRESSES = Prepared(select(_a.addresses).where(_a.id == bindparam("account")))


class Written(NamedTuple):
    """What is read of a mail that may be the owner's; addresses and facts are JSON, as they are stored."""

    from_addr: str
    addresses: str
    facts: str
    received_at: int


def hash_of(address: str) -> int:
    """Answer the number of an addr-spec, the same however it is written."""
    data = address.lower().encode("utf-8", "replace")
    return int.from_bytes(blake2b(data, digest_size=8, person=b"address").digest(), "big", signed=True)


def note(uow: UnitOfWork, mailbox: HeldMailbox, new: Mapping[int, Written]) -> None:
    """Note to whom mails went that are stored just now, where they are the owner's."""
    if mailbox.role in _NOT_SENT:
        return
    own, is_sent = _own(uow.connection, mailbox.account_id), mailbox.role == "sent"
    mine = {id_: one for id_, one in new.items() if is_sent or one.from_addr.lower() in own}
    _insert(uow.connection, mailbox.account_id, mine, own, is_sent=is_sent)


def adopt(uow: UnitOfWork, mailbox: HeldMailbox, ids: Collection[int]) -> None:
    """Note that stored mails lie in a mailbox now: those in one for sent mail were sent."""
    if mailbox.role == "sent":
        _note_sent(uow.connection, mailbox.account_id, sorted(set(ids)))


def _note_sent(connection: Connection, account_id: int, ids: Sequence[int]) -> None:
    own = _own(connection, account_id)
    for chunk in chunks(ids):
        known = update(t.written_to).where(_w.message_id.in_(chunk), _w.sent.is_(False))
        connection.execute(known.values(sent=True))
        _insert(connection, account_id, _stored(connection, chunk), own, is_sent=True)


def _stored(connection: Connection, ids: Sequence[int]) -> dict[int, Written]:
    rows = connection.execute(select(_m.id, _m.from_addr, _m.addresses, _m.facts, _m.received_at).where(_m.id.in_(ids)))
    return {id_: Written(*row) for id_, *row in rows}


def _own(connection: Connection, account_id: int) -> frozenset[str]:
    found = _ADDRESSES.rows(connection, {"account": account_id})
    return frozenset(found[0][0].split() if found else ())


def _insert(
    connection: Connection, account_id: int, mails: Mapping[int, Written], own: Collection[str], *, is_sent: bool
) -> None:
    rows: list[tuple[Value, ...]] = [
        (account_id, address, id_, one.received_at, answers, is_sent)
        for id_, one in mails.items()
        for address, answers in recipients(one, own).items()
    ]
    insert_rows(connection, t.written_to, _COLUMNS, rows, or_ignore=True, is_clean=True)


def recipients(mail: Written, own: Collection[str]) -> dict[int, bool]:
    """Answer to whom a mail of the owner's went, by number, and whether it answers them; pure.

    Empty for what failed a check of its sender, what a program sent, and what went to many.
    """
    facts, groups = json.loads(mail.facts), json.loads(mail.addresses)
    if facts.get("auto_submitted", "no") != "no" or any("fail" in facts.get(check, "") for check in _CHECKS):
        return {}
    to, others = _specs(groups.get("to", ())), _specs([*groups.get("cc", ()), *groups.get("bcc", ())])
    found = [address for address in dict.fromkeys((*to, *others)) if address not in own]
    if len(found) > MAX_RECIPIENTS:
        return {}
    is_answer = bool(facts.get("in_reply_to") or facts.get("references"))
    return {hash_of(address): is_answer and address in to for address in found}


def _specs(group: Iterable[Sequence[str]]) -> list[str]:
    return [spec.lower() for _, spec in group if "@" in spec]
