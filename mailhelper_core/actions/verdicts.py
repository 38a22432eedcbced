"""What a plugin's call for an Effect came to: done, to be tried again, or never; and whom the report names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from mailhelper_core.actions.reasons import reason_for
from mailhelper_core.errors import (
    BudgetError,
    ConsentError,
    LoginError,
    MailHelperError,
    PluginError,
    ProviderError,
    ServerError,
)
from mailhelper_core.model.work.operation import Effect
from mailhelper_core.model.work.report import ErrorNote

# The plugin says that its service will never take this.
REFUSED = "effect_refused"
CANNOT_UNDO = "cannot_undo"
# What the owner can mend, within the days that an entry is tried for.
_MENDABLE = (LoginError, BudgetError, ConsentError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a call that failed is to end: `again`, but not before so many seconds, or never."""

    code: str
    again: bool = True
    wait_seconds: float = 0.0
    said: str = ""  # one sentence, without mail content


def is_final(error: MailHelperError) -> bool:
    """Say whether an error of a plugin's means that trying again cannot help."""
    return not error.transient and not isinstance(error, _MENDABLE)


def verdict_of(error: PluginError | ServerError | ProviderError) -> Verdict:
    """Read what the dispatcher raised for an Effect, or what the plugin said was final."""
    if isinstance(error, PluginError):
        return Verdict(error.code, error.code != CANNOT_UNDO, _wait(error.__cause__), str(error))
    return Verdict(REFUSED, again=False) if is_final(error) else Verdict("plugin", wait_seconds=_wait(error))


def note_of(plugin: str, effect: Effect, entry_id: int, verdict: Verdict) -> ErrorNote:
    """Answer the note of a report: it names the plugin's provider, where there is one, and the entry."""
    sentence = (verdict.said or reason_for(verdict.code)).rstrip(".")
    where = f"plugin:{plugin}/{effect.action}" if plugin else f"outbox:{entry_id}"
    said = f"{sentence} (entry {entry_id})."
    return ErrorNote(where, verdict.code, said, f"{plugin}/{effect.action}" if plugin else "")


def _wait(error: BaseException | None) -> float:
    seconds: object = error.retry_after if isinstance(error, ServerError | ProviderError) else None
    # Another's code: any object may stand there.
    return float(seconds) if isinstance(seconds, int | float) and isfinite(seconds) else 0.0
