"""`ada.threads`: threads put right by hand; what the owner said stays, whatever arrives later, until it is undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.mime.identity import reference_hashes
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store.mail import messages, threads_by_hand
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes


@guarded
@dataclass(frozen=True, slots=True)
class ThreadService:
    """Threads of one owner; calls raise NotFoundError for unknown and foreign messages.

    Each call is a change that `ada.undo` takes back.
    """

    owner: OwnerStore

    def split(self, ids: Iterable[int]) -> int:
        """Let messages of one thread be a thread of their own, and answer its id; `merge` takes it back.

        Answers that arrive later follow the message they answer. Raises InvalidError for messages of several threads,
        and for a whole one.
        """
        with self.owner.begin() as uow:
            chosen = messages.summaries(uow, messages.require(uow, ids))
            if len({one.thread_id for one in chosen}) != 1:
                raise InvalidError("Name messages of one thread.", code="thread")
            every = _whole(uow, chosen[0].thread_id)
            if len(every) == len(chosen):
                raise InvalidError("A thread is split into two: leave a message out.", code="thread")
            own = {one.id: reference_hashes(one.message_id, "", ())[0] for one in every if one.message_id}
            split_off = [one.id for one in chosen]
            noted = threads_by_hand.split(uow, chosen[0].account_id, split_off, own)
            changes.new_change(uow, "thread_split", data={"threads": noted})
            return min(split_off)

    def merge(self, message_id: int, other_id: int) -> int:
        """Make the threads of two messages one, and answer its id. Raises InvalidError for two accounts' messages."""
        with self.owner.begin() as uow:
            one, other = (messages.summaries(uow, messages.require(uow, [id_]))[0] for id_ in (message_id, other_id))
            if one.account_id != other.account_id:
                raise InvalidError("A thread lies in one account.", code="thread")
            belong = _belong([*_whole(uow, one.thread_id), *_whole(uow, other.thread_id)])
            noted = threads_by_hand.merge(uow, one.account_id, one.id, other.id, belong=belong)
            if noted is not None:
                changes.new_change(uow, "thread_merge", data={"threads": noted})
            return messages.thread_of(uow, message_id)


def _belong(every: Sequence[MessageDetail]) -> bool:
    """Say whether messages are one thread by what they name alone, each or by way of others."""
    named = [set(reference_hashes(one.message_id, one.in_reply_to, one.references)) for one in every]
    reached = named.pop() if named else set()
    while near := [names for names in named if not names.isdisjoint(reached)]:
        reached = reached.union(*near)
        named = [names for names in named if names.isdisjoint(reached)]
    return not named


def _whole(uow: UnitOfWork, thread_id: int) -> list[MessageDetail]:
    return messages.details(uow, messages.thread_ids(uow, thread_id))
