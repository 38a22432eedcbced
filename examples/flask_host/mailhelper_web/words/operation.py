"""What administrators read: measured values, what plugins add, and how long something waited, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from flask_babel import format_timedelta, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import Metric
from mailhelper_web.words.health import purpose_name
from mailhelper_web.words.trouble import call_outcome
from mailhelper_web.words.wording import account_state, advice, job_kind

METRICS: Mapping[str, LazyString] = MappingProxyType(
    {
        "jobs_due": lazy_gettext("jobs that wait for a worker"),
        "jobs_later": lazy_gettext("jobs that wait for their time"),
        "jobs_running": lazy_gettext("jobs at work"),
        "job_oldest_seconds": lazy_gettext("seconds that the oldest of them has waited"),
        "jobs_failed_day": lazy_gettext("jobs that failed in the last day"),
        "errors_day": lazy_gettext("errors of the last day"),
        "polls_late": lazy_gettext("mail accounts that nobody looked at in time"),
        "watcher_silent_seconds": lazy_gettext("seconds since somebody last listened for new mail"),
        "accounts": lazy_gettext("mail accounts in this state"),
        "account_lag_seconds": lazy_gettext("seconds since the mail server last answered"),
        "account_operations_waiting": lazy_gettext("changes that the mail server has not got yet"),
        "provider_calls_day": lazy_gettext("calls of a model provider in the last day"),
        "provider_tokens_day": lazy_gettext("tokens for a model provider in the last day"),
    }
)
_LABELS: Mapping[str, LazyString] = MappingProxyType(
    {
        "kind": lazy_gettext("job"),
        "code": lazy_gettext("error"),
        "state": lazy_gettext("state"),
        "account": lazy_gettext("account number"),
        "provider": lazy_gettext("provider"),
        "purpose": lazy_gettext("for"),
        "outcome": lazy_gettext("outcome"),
    }
)
_VALUES = {
    "kind": job_kind,
    "code": advice,
    "state": account_state,
    "purpose": purpose_name,
    "outcome": call_outcome,
}
ADDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "sources": lazy_gettext("mail from"),
        "classifiers": lazy_gettext("sorts mail"),
        "suggesters": lazy_gettext("suggests tags"),
        "actions": lazy_gettext("deeds of rules"),
        "conditions": lazy_gettext("conditions of searches and rules"),
        "rules": lazy_gettext("ready-made rules"),
        "contents": lazy_gettext("keeps contents in"),
        "events": lazy_gettext("hears of"),
        "recognizers": lazy_gettext("finds personal data"),
        "embedders": lazy_gettext("search by meaning"),
        "providers": lazy_gettext("model providers"),
        "settings": lazy_gettext("settings"),
        "tables": lazy_gettext("tables of its own"),
    }
)


def metric_words(metric: Metric) -> str:
    """Answer what was measured; of what nobody planned the name."""
    return str(METRICS.get(metric.name, metric.name))


def metric_labels(metric: Metric) -> tuple[str, ...]:
    """Answer what it was measured of."""
    return tuple(
        f"{_LABELS.get(name, name)}: {_VALUES[name](value) if name in _VALUES else value}"
        for name, value in metric.labels
    )


def adds(provides: Sequence[str]) -> tuple[str, ...]:
    """Answer what a plugin adds, kind by kind, with the names of it."""
    by_kind: dict[str, list[str]] = {}
    for kind, _, name in (one.partition(":") for one in provides):
        by_kind.setdefault(kind, []).append(name)
    return tuple(f"{ADDS.get(kind, kind)}: {', '.join(names)}" for kind, names in by_kind.items())


def lasted(seconds: float) -> str:
    """Answer a time that passed, in the unit that people think in."""
    return str(format_timedelta(timedelta(seconds=round(seconds)), threshold=1.5)) if seconds >= 1 else "–"
