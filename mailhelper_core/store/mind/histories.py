"""What lies between the owner and the senders of messages: read for a batch, each as it was before its message came.

Nothing that happens later changes it, so a message that is processed again is judged by the same history. What happened
before and is stored later does: a first sync in parts stores the newest mail first, so what was processed meanwhile is
judged again once all is stored (`forget_early`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, exists, func, select

from mailhelper_core.model.mail.history import SenderHistory
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among
from mailhelper_core.store.bulk import chunks, select_among
from mailhelper_core.store.mail.written import hash_of
from mailhelper_core.store.mind import examples
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, to_micros
from mailhelper_core.store.work import pending

# A sender's mails that are looked at, newest first, and how far back: what was usual years ago says little.
NEWEST_MAILS = 20
YEAR = timedelta(days=365)

# The mails of the same sender that came before.
_EARLIER = f"""
SELECT e.id, e.received_at FROM {{schema}}mailhelper_messages e
WHERE e.owner_id = m.owner_id AND e.from_addr = m.from_addr AND e.from_addr <> ''
  AND e.received_at < m.received_at AND e.received_at >= m.received_at - {int(YEAR.total_seconds())}000000
ORDER BY e.received_at DESC, e.id DESC LIMIT {NEWEST_MAILS}
"""  # noqa: S608 - numbers of our own
_HINTED = """
SELECT COUNT(DISTINCT c.message_id) FROM ({earlier}) n
JOIN {{schema}}mailhelper_corrections c ON c.message_id = n.id
WHERE c.signal = '{signal}' AND c.undone_at IS NULL AND c.created_at < m.received_at
"""
_RECEIVED = f"""SELECT m.id,
  (SELECT COUNT(*) FROM ({_EARLIER}) n), (SELECT MIN(n.received_at) FROM ({_EARLIER}) n),
  ({_HINTED.format(earlier=_EARLIER, signal="reply")}),
  ({_HINTED.format(earlier=_EARLIER, signal="delete_unread")})
FROM {{schema}}mailhelper_messages m WHERE m.owner_id + 0 = ? AND m.id IN ({{values}})
"""  # noqa: S608 - names of our own
_w, _a, _b, _m = t.written_to.c, t.accounts.c, t.mailboxes.c, t.messages.c
_ACCOUNTS = Prepared(
    select(_a.id, _a.addresses, exists().where(_b.account_id == _a.id, _b.role == "sent", _b.gone_at.is_(None)))
    .where(_a.owner_id == bindparam("owner", type_=BigInt))
    .order_by(_a.id)
)
_WRITTEN = Prepared(
    select(_w.account_id, _w.sent, _w.address, _w.received_at, _w.answers).where(
        among(_w.account_id, "accounts"),
        among(_w.address, "addresses"),
        _w.received_at.between(bindparam("since", type_=BigInt), bindparam("until", type_=BigInt)),
    )
)
# Of each thread the first that was written says whether something was before: a thread may have 30,000.
_IN_THREADS = Prepared(
    select(_w.account_id, _w.sent, _m.thread_id, func.min(_w.received_at))
    .join(t.messages, _m.id == _w.message_id)
    .where(among(_m.thread_id, "threads"), _m.owner_id + 0 == bindparam("owner", type_=BigInt))
    .group_by(_w.account_id, _w.sent, _m.thread_id)
)


@dataclass(frozen=True, slots=True)
class _Mailboxes:
    """The owner's accounts, their addresses, and the accounts that have a mailbox for sent mail."""

    accounts: Sequence[int]
    own: frozenset[str]
    with_sent: frozenset[int]

    def is_own_mail(self, account_id: int, is_sent: object) -> bool:
        """Say whether what is noted as written was, as far as can be known."""
        return bool(is_sent) or account_id not in self.with_sent


@dataclass(frozen=True, slots=True)
class _Mail:
    at: int
    answers: bool


def with_histories(uow: UnitOfWork, found: Sequence[MessageDetail]) -> list[MessageDetail]:
    """Answer messages with the history of their senders; the owner's own mails have none."""
    boxes = _mailboxes(uow)
    asked = [one for one in found if one.from_.addr_spec and one.from_.addr_spec.lower() not in boxes.own]
    if not asked:
        return list(found)
    written, in_threads = _written(uow, boxes, asked), _in_threads(uow, boxes, asked)
    received = _received(uow, [one.id for one in asked])
    made = {
        one.id: _history(one, written[hash_of(one.from_.addr_spec)], in_threads[one.thread_id], received[one.id])
        for one in asked
        if one.id in received
    }
    return [replace(one, history=made[one.id]) if one.id in made else one for one in found]


def forget_early(uow: UnitOfWork, account_id: int, *, after: int, limit: int) -> list[int]:
    """Let messages with ids above `after` that were processed be processed again, and be read again by the learner.

    Answers which; fewer than `limit` are the last. What is being processed waits still, so `is_early` finds it.
    """
    uow.execute(select(_a.id).where(_a.id == account_id).with_for_update(key_share=True))
    m, p = t.messages.c, t.pending.c
    waits = exists().where(p.stage == "process", p.account_id == account_id, p.message_id == m.id)
    mine = (m.account_id == account_id, m.owner_id + 0 == uow.owner_id, m.id > after)
    ids = list(uow.connection.scalars(select(m.id).where(*mine, ~waits).order_by(m.id).limit(limit)))
    pending.add(uow, "process", account_id, ids)
    examples.drop_features(uow, ids)
    return ids


def is_early(uow: UnitOfWork, account_id: int, *, hold: bool = False) -> bool:
    """Say whether all of an account was never stored yet; hold: who completes it waits until this transaction ends."""
    complete_at = select(_a.complete_at).where(_a.id == account_id)
    return uow.connection.scalar(complete_at.with_for_update(read=True) if hold else complete_at) is None


def _history(
    message: MessageDetail, mails: Iterable[_Mail], in_thread: Iterable[int], received: tuple[int, int | None, int, int]
) -> SenderHistory:
    count, oldest, hinted, deleted = received
    at = to_micros(message.received_at)
    since = oldest if count == NEWEST_MAILS and oldest else to_micros(message.received_at - YEAR)
    mine = [mail for mail in mails if since <= mail.at < at]
    last = max((mail.at for mail in mine), default=None)
    return SenderHistory(
        received=count,
        written=len(mine),
        answered=max(hinted, sum(mail.answers for mail in mine)),
        deleted_unread=deleted,
        last_written_at=from_micros(last) if last is not None else None,
        wrote_in_thread=any(one < at for one in in_thread),
    )


def _mailboxes(uow: UnitOfWork) -> _Mailboxes:
    rows = _ACCOUNTS.rows(uow.connection, {"owner": uow.owner_id})
    own = frozenset(address for _, addresses, _ in rows for address in addresses.split())
    return _Mailboxes([id_ for id_, _, _ in rows], own, frozenset(id_ for id_, _, has_sent in rows if has_sent))


def _written(uow: UnitOfWork, boxes: _Mailboxes, asked: Sequence[MessageDetail]) -> Mapping[int, list[_Mail]]:
    found: dict[int, list[_Mail]] = defaultdict(list)
    came = [one.received_at for one in asked]
    window = {"since": to_micros(min(came) - YEAR), "until": to_micros(max(came))}
    for chunk in chunks(sorted({hash_of(one.from_.addr_spec) for one in asked})):
        values = {"accounts": boxes.accounts, "addresses": chunk, **window}
        for account_id, is_sent, address, at, answers in _WRITTEN.rows(uow.connection, values):
            if boxes.is_own_mail(account_id, is_sent):
                found[address].append(_Mail(at, bool(answers)))
    return found


def _in_threads(uow: UnitOfWork, boxes: _Mailboxes, asked: Sequence[MessageDetail]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for chunk in chunks(sorted({one.thread_id for one in asked})):
        values = {"threads": chunk, "owner": uow.owner_id}
        for account_id, is_sent, thread_id, at in _IN_THREADS.rows(uow.connection, values):
            if boxes.is_own_mail(account_id, is_sent):
                found[thread_id].append(at)
    return found


def _received(uow: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[int, int | None, int, int]]:
    rows = select_among(uow.connection, _RECEIVED, fixed=(uow.owner_id,), values=sorted(ids))
    return {id_: (count, oldest, hinted, deleted) for id_, count, oldest, hinted, deleted in rows}
