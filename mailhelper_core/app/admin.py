"""`helper.admin`: all owners at a glance, for administrators and monitoring; counts and states, never mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.gauges import IDLE_SECONDS, LATE_POLL_SECONDS, gauges
from mailhelper_core.model.ai.egress import EgressCounts
from mailhelper_core.model.door import guarded
from mailhelper_core.model.work.health import Health, HealthItem
from mailhelper_core.model.work.news import Metric
from mailhelper_core.model.work.overview import AccountHealth, ErrorCount, QueueState
from mailhelper_core.model.work.report import Page
from mailhelper_core.store import health
from mailhelper_core.store.egress import ledger
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_rounds, overview, polls, watchers

MAX_PAGE = 1_000
# A job that is due for so long lacks a worker, or nobody ticks.
LATE_SECONDS = 600.0


@guarded
@dataclass(frozen=True, slots=True)
class AdminServices:
    """Looks across owners; whoever calls them has asked who may."""

    store: Store

    def queues(self) -> tuple[QueueState, ...]:
        """Answer for each kind of job how many are due, wait, are at work, and how they ended in the last day."""
        return tuple(overview.queues(self.store))

    def errors(self) -> tuple[ErrorCount, ...]:
        """Answer by code why jobs of the last day failed, or wait."""
        return tuple(overview.errors(self.store))

    def accounts(self, *, after: str | None = None, limit: int = 100, only_unwell: bool = False) -> Page[AccountHealth]:
        """Answer how the accounts of all owners stand, oldest first."""
        chosen = min(max(limit, 1), MAX_PAGE)
        return overview.accounts(self.store, after=after, limit=chosen, only_unwell=only_unwell)

    def account_states(self) -> dict[str, int]:
        """Answer how many accounts are in each state."""
        return overview.account_states(self.store)

    def egress(self, *, days: int = 30) -> tuple[EgressCounts, ...]:
        """Count the calls of model providers in the last days, by provider, purpose and outcome."""
        with self.store.read() as connection:
            return ledger.counts(connection, self.store.clock() - timedelta(days=days))

    def metrics(self) -> tuple[Metric, ...]:
        """Answer the gauges that ticks tell the hook `metric` about once a minute; docs/howto/operate.md names them."""
        return tuple(gauges(self.store))


def look(store: Store, schema: str | None) -> Health:
    """Answer whether work is done: the database, the queues, the accounts. A few indexed counts, for every minute."""
    database = health.database(store, schema)
    if not database.ok:
        return Health((database,))
    try:
        items = [_jobs(store), _polls(store), _accounts(store)]
        items += _providers(overview.ended_workers(store))
        items += filter(None, [_watcher(store), health.clock(store)])
    except MailHelperError as exc:
        return Health((database, HealthItem("jobs", ok=False, found=exc.code, advice=str(exc))))
    return Health((database, *items))


def _jobs(store: Store) -> HealthItem:
    queues, idle = overview.queues(store), job_rounds.count_idle(store, IDLE_SECONDS)
    due, running = sum(one.due for one in queues), sum(one.running for one in queues)
    oldest = max((one.oldest_seconds for one in queues), default=0.0)
    poison = sum(one.quarantined for one in queues)
    found = f"{due} due, {running} at work, the oldest has waited {oldest:.0f} s, {poison} quarantined today"
    is_late = oldest > LATE_SECONDS
    advice = "Start workers and a beat: jobs wait too long." if is_late else ""
    if idle:
        found = f"{found}, {idle} without progress for an hour"
    if idle and not is_late:
        advice = "Look at `helper.jobs.stuck()`: these beat and get nowhere; end their workers if they hang."
    elif poison and not is_late:
        advice = "Look at `helper.jobs.stuck()`: these ended their workers."
    return HealthItem("jobs", ok=not is_late, found=found, advice=advice)


def _polls(store: Store) -> HealthItem:
    """Tell by the accounts whether somebody ticks: no other trace is left of ticks, and none of their absence."""
    number, oldest = polls.polls_late(store, late_seconds=LATE_POLL_SECONDS)
    if not number:
        return HealthItem("polls", ok=True, found="none is late")
    found = f"{number} late, the oldest has been due for {oldest:.0f} s"
    advice = "Nobody ticks, or all workers are busy: start a beat (or `helper.jobs.start()`), or more workers."
    return HealthItem("polls", ok=False, found=found, advice=advice)


def _watcher(store: Store) -> HealthItem | None:
    """Tell of a watcher that is gone and has not said so; None where none ever was, or all have ended in order."""
    last = watchers.last_sign(store)
    if last is None:
        return None
    if last.silent_seconds <= watchers.ALIVE_SECONDS:
        return HealthItem("watcher", ok=True, found=f"listens on {last.host}")
    found = f"the last one, on {last.host}, gave no sign for {last.silent_seconds:.0f} s"
    advice = (
        "Start `mailhelper watch` again: new mail comes by polls alone. If none is wanted any more, start it once and "
        "end it by Ctrl-C or SIGTERM, or wait: after a week it is not missed."
    )
    return HealthItem("watcher", ok=False, found=found, advice=advice)


def _providers(ended: dict[str, int]) -> list[HealthItem]:
    """Name the providers of plugins that ended workers."""
    return [
        HealthItem(
            f"provider {item}",
            ok=True,
            found=f"ended the workers of {number} job{'' if number == 1 else 's'} today",
            advice="Update its plugin or leave it out: each new job tries it anew, then goes on without it if it can.",
        )
        for item, number in sorted(ended.items())
    ]


def _accounts(store: Store) -> HealthItem:
    """Say whether most owners can be served; servers that are away are their owners' affair, a network is ours."""
    states = overview.account_states(store)
    found = ", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "none"
    if "unreachable" not in states:
        return HealthItem("accounts", ok=True, found=found)
    away, total = overview.cut_off(store)
    if total == 1:  # nobody to compare with: then by servers
        away, total = overview.cut_off(store, by_server=True)
    is_ours = away * 2 > total > 1
    advice = "`helper.admin.accounts(only_unwell=True)` names those that cannot be reached."
    if is_ours:
        advice = "Most servers cannot be reached: look at this machine's network."
    return HealthItem("accounts", ok=not is_ours, found=found, advice=advice)
