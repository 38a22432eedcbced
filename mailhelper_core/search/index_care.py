"""Whether the search index says what the texts say, and how it is made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.work.report import IndexCheck, IsCancelled, OnProgress, Progress
from mailhelper_core.search.indexing import index_some
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.search import index_check, search_index
from mailhelper_core.store.unit_of_work import OwnerStore


@dataclass(frozen=True, slots=True)
class IndexCare:
    """The search index of one owner's mail."""

    owner: OwnerStore

    def verify(self) -> IndexCheck:
        """Compare the index with the texts; nothing changes."""
        with self.owner.read() as uow:
            held = index_check.indexed(uow)
            stale = sum(1 for _ in index_check.stale(uow, held))
            return IndexCheck(len(held), index_check.missing(uow), stale)

    def rebuild(self, progress: OnProgress | None, cancel: IsCancelled | None) -> int:
        """Index all messages anew, in small transactions; answer how many."""
        self.owner.require_own_transaction("index")
        with self.owner.read() as uow:
            held = index_check.indexed(uow)
            stale = sorted(index_check.stale(uow, held))
        for chunk in chunks(stale):
            self._forget(chunk, by_text=False)
        with self.owner.read() as uow:
            left = index_check.indexed(uow)
        for chunk in chunks(left):
            if cancel and cancel():
                return 0
            self._forget(chunk, by_text=True)
        with self.owner.begin() as uow:
            index_check.verify(uow)
        return self._index(len(held), progress, cancel)

    def _forget(self, ids: Sequence[int], *, by_text: bool) -> None:
        with self.owner.begin() as uow:
            (search_index.remove if by_text else index_check.forget)(uow, ids)
            index_check.let_wait(uow, ids)

    def _index(self, total: int, progress: OnProgress | None, cancel: IsCancelled | None) -> int:
        with self.owner.read() as uow:
            account_ids = [one.id for one in accounts.every(uow, self.owner.owner)]
        done = 0
        for account_id in account_ids:
            while not (cancel and cancel()) and (indexed := index_some(self.owner, account_id)):
                done += indexed
                if progress:
                    progress(Progress("index", done, max(total, done)))
        return done
