"""Faults F87 to F92: a database that fails costs no job an attempt, and what met a deadlock is repeated."""

from __future__ import annotations

import pytest

from mailhelper_core import BusyError, ConfigError, MailHelper, OwnerServices
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store.work import job_claims

pytestmark = pytest.mark.usefixtures("no_waits")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F87"),
        pytest.param(BusyError(code="deadlock"), id="F88"),
        pytest.param(BusyError(code="database_locked"), id="F89"),
        pytest.param(ConfigError(code="disk_full", transient=True), id="F90"),
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F92"),
    ],
)
def test_f87_to_f92_a_database_that_fails_costs_no_attempt(
    helper: MailHelper, ada: OwnerServices, error: ConfigError
) -> None:
    failing = [True] * 5

    def work(one: Slice) -> Counts:
        if failing:
            failing.pop()
            raise type(error)(code=error.code, transient=True, retry_after=0.0)
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    states = [found.state if (found := helper.jobs.run()) else "" for _ in range(6)]

    assert states == ["queued"] * 5 + ["done"]
    assert ada.jobs.get(job.id).attempts == 0


def test_f88_a_claim_that_met_a_deadlock_is_repeated(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    real, failures = job_claims.claim, [1, 2, 3]

    def claim_after_deadlocks(*args: object, **named: object) -> object:
        if failures:
            failures.pop()
            raise BusyError(code="deadlock")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(job_claims, "claim", claim_after_deadlocks)
    done = helper.jobs.run()

    assert done is not None
    assert done.state == "done"


def test_f91_a_database_that_cannot_be_written_fails_the_job_with_its_code(
    helper: MailHelper, ada: OwnerServices
) -> None:
    helper.jobs.works = {"process": lambda one: (_ for _ in ()).throw(ConfigError(code="read_only"))}
    ada.jobs.submit("process")

    done = helper.jobs.run()

    assert done is not None
    assert (done.state, done.error_code) == ("failed", "read_only")
