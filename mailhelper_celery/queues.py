"""Which task goes to which queue; without a choice all go to the host's default queue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelper_core import ConfigError

KINDS = (
    "sync", "process", "embed", "apply_rules", "deliver", "reprocess", "train", "draft_reply", "run", "index",
    "maintenance",
)  # fmt: skip
TICK, PING = "tick", "ping"
PREFIX = "mailhelper."

# A ready-made choice: mail in and out, thinking, and what waits for model providers.
QUEUES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("sync", "deliver", "run", TICK), "mail.sync"),
        **dict.fromkeys(("index", "process", "apply_rules", "reprocess", "train", "maintenance"), "mail.process"),
        **dict.fromkeys(("embed", "draft_reply"), "mail.models"),
    }
)


def checked(queues: object) -> dict[str, str]:
    """Answer queues by task, or raise ConfigError for tasks that there are not, and for what names no queue."""
    if not isinstance(queues, Mapping) or not all(isinstance(name, str) and name for name in queues.values()):
        raise ConfigError("queues= takes names of queues by task, such as {'sync': 'mail.sync'}.", code="queues")
    if unknown := sorted(queues.keys() - {*KINDS, TICK, PING}):
        known = ", ".join(sorted((*KINDS, TICK, PING)))
        raise ConfigError(f"There is no task {', '.join(unknown)}; there are {known}.", code="queues")
    return dict(queues)
