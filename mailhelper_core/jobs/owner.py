"""`ada.jobs`: ask for work in the background, see how far it is, end it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from mailhelper_core.errors import InvalidError
from mailhelper_core.jobs import plan
from mailhelper_core.model.door import guarded
from mailhelper_core.model.work.job import LANES, Bell, Job, JobState
from mailhelper_core.model.work.report import Page
from mailhelper_core.store.engine import SUBMIT_WAIT_SECONDS
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import jobs

MAX_PAGE = 500
STATES: tuple[JobState, ...] = get_args(JobState)


@guarded
@dataclass(frozen=True, slots=True)
class OwnerJobs:
    """The jobs of one owner; `ring` is called after the commit."""

    owner: OwnerStore
    kinds: frozenset[str]
    ring: Callable[[Bell], None]

    def submit(self, kind: str, *, account_id: int | None = None) -> Job:
        """Ask for a job; while one of its kind is queued for the account, that one is answered.

        Joined to the host's transaction nobody is told before the next tick. Raises InvalidError for an unknown
        kind or a kind that needs an account, NotFoundError for an unknown account, BusyError when a transaction that
        has asked for the same, such as one of the host, stays open.
        """
        if kind not in self.kinds:
            known = ", ".join(sorted(self.kinds))
            raise InvalidError(f"There is no kind of job {kind!r}; there are {known}.", code="job_kind")
        if account_id is None and LANES[kind] == "server" and kind != "run":
            raise InvalidError(f"A job {kind!r} needs an account.", code="job_account")
        with self.owner.begin(wait_seconds=SUBMIT_WAIT_SECONDS) as uow:
            if account_id is not None:
                accounts.get(uow, self.owner.owner, account_id)
            resource = plan.resource(kind, uow.owner_id, account_id)
            job_id = jobs.submit(uow, kind, account_id, resource, is_rung=self.owner.connection is None)
            job = jobs.get(uow, job_id)
        if self.owner.connection is not None:
            return job
        self.ring(Bell(job_id, kind))
        return self.get(job_id)

    def get(self, job_id: int) -> Job:
        """Answer one job; raise NotFoundError."""
        with self.owner.read() as uow:
            return jobs.get(uow, job_id)

    def list(
        self, *, account_id: int | None = None, state: JobState | None = None, after: str | None = None, limit: int = 50
    ) -> Page[Job]:
        """Answer jobs, newest first; those that ended long ago are erased (`job_keep_seconds`).

        Raises NotFoundError for an unknown account, InvalidError for a state that there is not.
        """
        if state is not None and state not in STATES:
            raise InvalidError(f"There is no state {state!r} of jobs; there are {', '.join(STATES)}.", code="job_state")
        with self.owner.read() as uow:
            if account_id is not None:
                accounts.get(uow, self.owner.owner, account_id)
            return jobs.page(uow, account_id=account_id, state=state, after=after, limit=min(max(limit, 1), MAX_PAGE))

    def cancel(self, job_id: int) -> Job:
        """End a queued job; a running one ends after its batch, in about a second. What it did stays done."""
        with self.owner.begin() as uow:
            return jobs.cancel(uow, job_id)
