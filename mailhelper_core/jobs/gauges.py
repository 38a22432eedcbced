"""What jobs tell the hook `metric`: each slice as it ends, and now and then how queues and accounts stand."""

from __future__ import annotations

from datetime import timedelta

from mailhelper_core.jobs.plan import Verdict
from mailhelper_core.model.ai.egress import EgressCounts
from mailhelper_core.model.work.news import Metric
from mailhelper_core.model.work.overview import AccountHealth, QueueState
from mailhelper_core.store.egress import ledger
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import overview, polls, watchers

# A slice lasts a minute and a batch: what gets no further for so long hangs, or goes round.
IDLE_SECONDS = 3600.0
# Accounts that get a line of their own: what a monitoring system draws; of more there is the number in each state.
MAX_ACCOUNTS = 1_000
DAY = timedelta(days=1)
# A tick comes every five seconds and takes the accounts that are due; one that waits so long says that nobody ticks.
LATE_POLL_SECONDS = 900.0


def gauges(store: Store) -> list[Metric]:
    """Measure queues, accounts and the day's calls to model providers."""
    found = [one for queue in overview.queues(store) for one in of_queue(queue)]
    found.append(_gauge("polls_late", polls.polls_late(store, late_seconds=LATE_POLL_SECONDS)[0]))
    found += of_watcher(watchers.last_sign(store))
    found += [_gauge("accounts", n, state=state) for state, n in overview.account_states(store).items()]
    every = overview.accounts(store, after=None, limit=MAX_ACCOUNTS, only_unwell=False)
    found += [one for account in every for one in of_account(account)]
    found += [_gauge("errors_day", one.jobs, kind=one.kind, code=one.code) for one in overview.errors(store)]
    with store.read() as connection:
        calls = ledger.counts(connection, store.clock() - DAY)
    return found + [one for count in calls for one in of_egress(count)]


def of_queue(queue: QueueState) -> list[Metric]:
    """Answer the gauges of one kind of job."""
    return [
        _gauge("jobs_due", queue.due, kind=queue.kind),
        _gauge("jobs_later", queue.later, kind=queue.kind),
        _gauge("jobs_running", queue.running, kind=queue.kind),
        _gauge("job_oldest_seconds", queue.oldest_seconds, kind=queue.kind),
        _gauge("jobs_failed_day", queue.failed + queue.quarantined, kind=queue.kind),
    ]


def of_watcher(last: watchers.LastSign | None) -> list[Metric]:
    """Answer how long ago the newest sign of a watcher is; nothing where none is missed."""
    return [] if last is None else [_gauge("watcher_silent_seconds", last.silent_seconds)]


def of_account(account: AccountHealth) -> list[Metric]:
    """Answer the gauges of one account; no lag where its server never answered."""
    name = str(account.account_id)
    lag = [] if account.lag_seconds is None else [_gauge("account_lag_seconds", account.lag_seconds, account=name)]
    return [*lag, _gauge("account_operations_waiting", account.waiting, account=name)]


def of_egress(count: EgressCounts) -> list[Metric]:
    """Answer the gauges of the day's calls to one provider."""
    labels = {"provider": count.provider, "purpose": count.purpose, "outcome": count.outcome}
    return [_gauge("provider_calls_day", count.calls, **labels), _gauge("provider_tokens_day", count.tokens, **labels)]


def of_slice(kind: str, verdict: Verdict, seconds: float) -> list[Metric]:
    """Answer what one slice of a job has to tell: how it ended, how long it took, and its error."""
    told = [
        Metric("job_slices", 1, labels=(("kind", kind), ("state", verdict.state))),
        Metric("job_slice_seconds", seconds, "seconds", (("kind", kind),)),
    ]
    if verdict.error_code:
        told.append(Metric("errors", 1, labels=(("kind", kind), ("code", verdict.error_code))))
    return told


def _gauge(name: str, value: float, **labels: str) -> Metric:
    return Metric(name, value, "gauge", tuple(labels.items()))
