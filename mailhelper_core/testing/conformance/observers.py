"""Does an observer hear what it is told? Each is told all that its hook can tell, as one batch and as none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from mailhelper_core.model.extension import Registry
from mailhelper_core.model.work.news import (
    HOOK_OF,
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    News,
    OperationDelivered,
    RuleMatched,
)
from mailhelper_core.testing.conformance.patience import promptly
from mailhelper_core.testing.conformance.samples import in_time

_ALL: tuple[News, ...] = (
    MessageStored("ada", 1, 1),
    MessageProcessed("ada", 1, 1, 0.01, "finance", 2, 3),
    MessageProcessed("ada", 1, 2),  # nobody was sure
    RuleMatched("ada", 1, 1, 1, 1),
    RuleMatched("ada", 1, 2, 1, 2, proposed=True),
    OperationDelivered("ada", 1, 1, 1, "add_keyword"),
    OperationDelivered("ada", 1, 1, 1, "effect"),
    JobFinished("ada", 1, 1, "run", "done", "", 1.5),
    JobFinished("ada", None, 2, "maintenance", "failed", "crashed", 0.5),
    Metric("job_slices", 1, "count", (("kind", "run"), ("state", "done"))),
    Metric("job_slice_seconds", 0.5, "seconds", (("kind", "run"),)),
    Metric("polls_late", 3, "gauge"),
    Metric("a-name-of-a-later-version", 1.0, "count", (("label", ""),)),
)
NEWS: Mapping[str, tuple[News, ...]] = MappingProxyType(
    {hook: tuple(one for one in _ALL if HOOK_OF[type(one)] == hook) for hook in HOOK_OF.values()}
)


def observers_keep(registry: Registry, plugin: str) -> None:
    """Tell a plugin's observers, in time: whoever commits waits for them. What they raise is let pass."""
    mine = ((hook, one) for hook, observers in registry.observers.items() for one in observers)
    for hook, observer in mine:
        if observer.plugin == plugin:
            for news in ((), NEWS[hook]):
                in_time(len(news), partial(promptly, f"{hook}()", partial(observer.tell, news)))
